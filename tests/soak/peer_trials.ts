/**
 * What is measured of each of them, in the same way.
 *
 * @module
 */

import { pause, writeAll } from "../campaign/load/orders.ts";
import { within } from "../e2e/waiting.ts";
import { eventOf, type Peer, type PeerConnection } from "../peers/peer.ts";
import { heard, RunningPeer } from "../peers/running_peer.ts";

const MB = 1024 * 1024;
const IDLE = 1_000;

const TYPE = "load";

/** 80 MB of events. */
const EVENT = eventOf(TYPE, `"${"x".repeat(9_950)}"`);
const EVENTS = 8_000;

/** Bytes of a line that has no end, at most. */
const LINE_BYTES = 64 * MB;

const FEW_DESCRIPTORS = "ulimit -n 64";
const CROWD = 200;

/** Milliseconds in which one has to hear something. */
const WORD_MS = 5_000;

/** Milliseconds for 80 MB. */
const PATIENCE_MS = 60_000;

/** Memory at the start, and of each idle subscriber. */
export async function idle(peer: Peer): Promise<string> {
  await using running = await RunningPeer.start(peer);
  const start = running.memory;
  const connections: PeerConnection[] = [];
  for (let i = 0; i < IDLE; i++) connections.push(await running.subscribe(i, TYPE));
  const each = (running.memory - start) / IDLE;
  for (const connection of connections) connection.close();
  return `${mib(start)} MiB; +${(each / 1024).toFixed(1)} KiB`;
}

/** What 80 MB with one stuck reader do, to whom. */
export interface Stuck {
  readonly peak: string;
  readonly publisher: string;
  readonly reader: string;
}

/** One subscriber reads nothing while 80 MB are published, one beside it reads everything. */
export async function stuck(peer: Peer): Promise<Stuck> {
  const without = await flood(peer, false);
  const beside = await flood(peer, true);
  return {
    peak: `+${mib(beside.grown)} MiB`,
    publisher: `${seconds(beside.whole)}; ${seconds(beside.longestSend)} ` +
      `(without it ${seconds(without.whole)}; ${seconds(without.longestSend)})`,
    reader: `${beside.got >= beside.expected ? "all" : `${beside.got} of ${beside.expected}`}; ` +
      `${seconds(beside.longestGap)}`,
  };
}

async function flood(peer: Peer, hasStuck: boolean) {
  await using running = await RunningPeer.start(peer);
  const stuck = hasStuck ? await running.subscribe(0, TYPE) : undefined;
  const reader = await running.subscribe(1, TYPE);
  const publisher = await running.publisher();
  let expected = 0;
  for (let i = 1; i <= EVENTS; i++) expected += peer.deliveredBytes(EVENT, TYPE, i);
  const before = running.memory;
  running.forgetPeak();

  const reading = readAll(reader, expected);
  const start = performance.now();
  const longestSend = await within("80 MB", publish(peer, publisher), PATIENCE_MS);
  const whole = performance.now() - start;
  const { got, longestGap } = await reading;
  const grown = running.peak - before;
  for (const connection of [stuck, reader, publisher]) connection?.close();
  return { grown, whole, longestSend, got, expected, longestGap };
}

/** Publishes one by one, until all is dealt with; returns the milliseconds of the longest send. */
async function publish(peer: Peer, publisher: PeerConnection): Promise<number> {
  const event = peer.publication(EVENT);
  const answered = heard(publisher, peer.answer);
  let longest = 0;
  for (let i = 0; i < EVENTS; i++) {
    const begun = performance.now();
    await writeAll(publisher, event);
    longest = Math.max(longest, performance.now() - begun);
  }
  await writeAll(publisher, peer.question);
  await answered;
  return longest;
}

/** Reads until it has so much, or nothing comes any more. */
async function readAll(reader: PeerConnection, expected: number) {
  const buffer = new Uint8Array(256 * 1024);
  let got = 0;
  let longestGap = 0;
  let last: number | undefined;
  while (got < expected) {
    const length = await Promise.race([reader.read(buffer), pause(2 * WORD_MS)]);
    if (!length) break;
    const now = performance.now();
    longestGap = Math.max(longestGap, now - (last ?? now));
    last = now;
    got += length;
  }
  return { got, longestGap };
}

/** A line without end as the first words. */
export async function endlessLine(peer: Peer): Promise<string> {
  await using running = await RunningPeer.start(peer);
  using connection = await running.connect();
  const before = running.memory;
  running.forgetPeak();
  // Otherwise what it says may keep it from reading on.
  const answers = readAll(connection, Infinity).catch(() => {});
  const chunk = new Uint8Array(64 * 1024).fill(0x78);
  let sent = 0;
  let isOpen = true;
  while (isOpen && sent < LINE_BYTES) {
    const write = writeAll(connection, chunk).then(() => true, () => false);
    isOpen = await within("a piece of a line", write, WORD_MS).catch(() => false);
    sent += chunk.length;
  }
  const grown = running.peak - before;
  await answers;
  const end = isOpen ? "open" : "closed";
  return `${end} at ${(sent / MB).toFixed(1)} MiB; +${mib(grown)} MiB`;
}

/** Two hundred at one that may have 64 descriptors. */
export async function fewDescriptors(peer: Peer): Promise<string> {
  await using running = await RunningPeer.start(peer, FEW_DESCRIPTORS);
  const connections: PeerConnection[] = [];
  const fates = await Promise.all(
    Array.from({ length: CROWD }, (_, number) => fate(running, number, connections)),
  );
  for (const connection of connections) connection.close();
  const count = (which: string) => fates.filter((fate) => fate === which).length;
  return ["served", "told why", "closed without a word", "left in silence"]
    .map((which) => `${count(which)} ${which}`).join(", ");
}

async function fate(
  running: RunningPeer,
  number: number,
  connections: PeerConnection[],
): Promise<string> {
  const { subscription, subscribed } = running.peer;
  let words = "";
  try {
    const connection = await running.connect();
    connections.push(connection);
    const buffer = new Uint8Array(64 * 1024);
    await writeAll(connection, subscription(number, TYPE)).catch(() => {});
    const late = pause(WORD_MS).then(() => undefined);
    while (!words.includes(subscribed)) {
      const length = await Promise.race([connection.read(buffer), late]);
      if (length === undefined) return words === "" ? "left in silence" : "told why";
      if (length === null) break;
      words += new TextDecoder("latin1").decode(buffer.subarray(0, length));
    }
    if (words.includes(subscribed)) return "served";
  } catch {
    // Reset.
  }
  return words === "" ? "closed without a word" : "told why";
}

function mib(bytes: number): string {
  return (bytes / MB).toFixed(1);
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}
