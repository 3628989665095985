/**
 * Listening to folders in a thread of its own: to begin with many of them takes seconds in which that
 * thread does nothing else, and a pipe among the files can stop it for ever.
 *
 * @module
 */

/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />

import { systemReason } from "../../platform/system_reason.ts";
import { nextTurn } from "../../platform/turn.ts";
import type { Errand, Hearsay } from "./file_events.ts";

/**
 * Events that an older runtime holds; what comes while it holds so many is lost without a word. A newer
 * one holds more, and says so, but where it lost any there were so many waiting, too.
 */
const QUEUE = 16;

function post(hearsay: Hearsay): void {
  self.postMessage(hearsay);
}

async function hear(watcher: Deno.FsWatcher): Promise<void> {
  const events = watcher[Symbol.asyncIterator]();
  for (let waiting = 0;;) {
    const next = events.next().catch((error: unknown) => ({ error }));
    if (!await isThere(next)) waiting = 0;
    const heard = await next;
    if (++waiting >= QUEUE) post({ lapse: undefined });
    if ("error" in heard) post({ lapse: systemReason(heard.error) });
    else if (heard.done) return;
    // That a file was closed, say: what was done to it before was said before.
    else if (heard.value.kind !== "access") post({ paths: heard.value.paths });
  }
}

/** Whether something that was asked for had come already. */
async function isThere(promise: Promise<unknown>): Promise<boolean> {
  let isThere = false;
  void promise.then(() => isThere = true);
  await nextTurn();
  await nextTurn();
  return isThere;
}

function end(): void {
  post({ ended: true });
  self.close();
}

self.addEventListener("message", ({ data }: MessageEvent<Errand>) => {
  if ("end" in data) return end();
  const { deep, flat } = data;
  try {
    if (deep.length > 0) void hear(Deno.watchFs([...deep], { recursive: true }));
    if (flat.length > 0) void hear(Deno.watchFs([...flat], { recursive: false }));
    post({ listens: true });
  } catch (error) {
    post({ refusal: String(error), reason: systemReason(error) });
  }
});
