/**
 * The thread of a `StallMeter`.
 *
 * @module
 */

/// <reference lib="deno.worker" />

import type { Stalls } from "./stall.ts";

/** Milliseconds between two questions. */
const PAUSE_MS = 50;

const question = new TextEncoder().encode('{"type":"status_query"}\n');
const waits: number[] = [];
const failures: string[] = [];
let isOver = false;

async function ask(path: string): Promise<void> {
  const start = performance.now();
  using connection = await Deno.connect({ transport: "unix", path });
  await connection.write(question);
  let last = 0;
  const buffer = new Uint8Array(64 * 1024);
  for (;;) {
    const length = await connection.read(buffer);
    if (length === null) break;
    last = buffer[length - 1] ?? 0;
  }
  if (last === 0x0a) waits.push(performance.now() - start);
  else failures.push("no whole answer");
}

async function askOn(path: string): Promise<void> {
  while (!isOver) {
    await ask(path).catch((error) => failures.push(String(error)));
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  waits.sort((a, b) => a - b);
  const stalls: Stalls = {
    answers: waits.length,
    longest: waits.at(-1) ?? 0,
    p99: waits[Math.floor(waits.length * 0.99)] ?? 0,
    failures: failures.slice(0, 10),
  };
  self.postMessage(stalls);
}

self.onmessage = ({ data }: MessageEvent<{ socket: string } | "end">) => {
  if (data === "end") isOver = true;
  else void askOn(data.socket);
};
