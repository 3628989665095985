/**
 * The thread of a `Pulse`.
 *
 * @module
 */

/// <reference lib="deno.worker" />

import type { Beats } from "./pulse.ts";

/** Milliseconds between two questions. */
const PAUSE_MS = 1;

const question = new TextEncoder().encode('{"type":"flush","id":1}\n');
const LINE_FEED = 0x0a;
let waits: number[] = [];
let isAsked = false;

async function beat(path: string): Promise<never> {
  const connection = await Deno.connect({ transport: "unix", path });
  const buffer = new Uint8Array(1024);
  for (;;) {
    const start = performance.now();
    await connection.write(question);
    let last = 0;
    while (last !== LINE_FEED) {
      const length = await connection.read(buffer);
      if (length === null) throw new Error("the hub closed");
      last = buffer[length - 1] ?? 0;
    }
    waits.push(performance.now() - start);
    if (isAsked) answer();
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

function answer(): void {
  isAsked = false;
  const beats: Beats = { waits: waits.sort((a, b) => a - b) };
  waits = [];
  self.postMessage(beats);
}

self.onmessage = ({ data }: MessageEvent<{ socket: string } | "beats">) => {
  if (data === "beats") isAsked = true;
  else void beat(data.socket);
};
