/**
 * A process of the load: peers that are out to do harm, each kind again and again.
 *
 * @module
 */

import { BAD_FRAMES } from "../../e2e/bad_input.ts";
import { answer, options, orders, pause, writeAll } from "./orders.ts";

/** What it is started with. It begins at once. */
export interface MischiefOptions {
  readonly socket: string;
  /** How many of each kind there are at a time. */
  readonly kinds: Readonly<Partial<Record<Mischief, number>>>;
  /** Milliseconds from the end of one to the beginning of the next. */
  readonly pause: number;
  /** With which of the wrong frames and shapes they begin. */
  readonly seed: number;
}

/** What a peer does until the hub ends its connection. */
export type Mischief =
  /** Nothing at all. */
  | "silent"
  /** A line without an end. */
  | "endless line"
  /** Every wrong frame, as the first and as the second after an event. */
  | "bad frame"
  /** A megabyte of brackets, of keys, of digits and the like. */
  | "deep or wide"
  /** A publisher that asks for answers without end and reads none. */
  | "deaf publisher"
  /** An event, then a line of 1 MiB less one byte, held open. */
  | "held line";

/** How often the hub has brought each kind to its end, and with what word. */
export type MischiefReport = Readonly<Record<string, number>>;

const MOST = 1_048_576;
/** Room for what stands before a payload of nearly {@linkcode MOST}. */
const HEAD = 200;
const EVENT = '{"type":"event","event_type":"mischief.event"';

const encoder = new TextEncoder();

const SHAPES = [
  "[".repeat(MOST - HEAD),
  `[${"{},".repeat((MOST - HEAD) / 3)}1]`,
  '{"a":'.repeat((MOST - HEAD) / 5),
  `{${Array.from({ length: 95_000 }, (_, at) => `"${at}":1`).join(",")}}`,
  "1".repeat(MOST - HEAD),
  `"${"\\u0000".repeat((MOST - HEAD) / 6)}"`,
].flatMap((payload) => [`${EVENT},"payload":${payload}}\n`, `${payload}\n`])
  .map((text) => encoder.encode(text));

/** Milliseconds after which a deaf publisher has been closed, whether it sees that or not. */
const DEAF_MS = 7_000;

const BLANKS = new Uint8Array(64 * 1024).fill(0x20);
const ONE_EVENT = encoder.encode(`${EVENT},"payload":1}\n`);
const HELD = encoder.encode(`${EVENT},"payload":"`.padEnd(MOST - 1, "x"));
const FLUSHES = encoder.encode('{"type":"flush","id":1}\n'.repeat(2_000));

/** Does it on a new connection; returns the hub's last word. */
type Deed = (connection: Deno.UnixConn, round: number) => Promise<string>;

const DEEDS: Readonly<Record<Mischief, Deed>> = {
  "silent": lastWord,
  "endless line": async (connection) => {
    while (await isTaken(connection, BLANKS));
    return await lastWord(connection);
  },
  "bad frame": async (connection, round) => {
    const frame = BAD_FRAMES[(round >>> 1) % BAD_FRAMES.length];
    if (round % 2 === 1) await isTaken(connection, ONE_EVENT);
    if (frame) await isTaken(connection, frame.bytes);
    return await lastWordAfterAll(connection);
  },
  "deep or wide": async (connection, round) => {
    const shape = SHAPES[round % SHAPES.length];
    if (shape) await isTaken(connection, shape);
    return await lastWordAfterAll(connection);
  },
  "deaf publisher": async (connection) => {
    // The system may hold the connection of one that was closed for as long as it is there itself.
    const end = new Promise<false>((resolve) => setTimeout(resolve, DEAF_MS, false));
    while (await Promise.race([isTaken(connection, FLUSHES), end]));
    return "closed";
  },
  "held line": async (connection) => {
    if (await isTaken(connection, ONE_EVENT)) await isTaken(connection, HELD);
    return await lastWord(connection);
  },
};

/** Writes all of it; says whether the hub was there to take it. */
async function isTaken(connection: Deno.UnixConn, bytes: Uint8Array): Promise<boolean> {
  try {
    await writeAll(connection, bytes);
    return true;
  } catch {
    return false;
  }
}

/** As below, of a hub that may have found nothing wrong: then it closes when nothing more is sent. */
async function lastWordAfterAll(connection: Deno.UnixConn): Promise<string> {
  await connection.closeWrite().catch(() => {});
  return await lastWord(connection);
}

/** The code of the error with which the hub ended it. */
async function lastWord(connection: Deno.UnixConn): Promise<string> {
  const buffer = new Uint8Array(4096);
  let text = "";
  try {
    for (let length; (length = await connection.read(buffer)) !== null;) {
      text += new TextDecoder().decode(buffer.subarray(0, length));
    }
  } catch {
    // Reset: something of ours was unread.
  }
  return /"(?:reject_)?code":"(\w+)"/.exec(text)?.[1] ?? "closed";
}

/** Goes on for ever. */
async function goOn(
  kind: Mischief,
  { socket, pause: between, seed }: MischiefOptions,
  count: (name: string) => void,
): Promise<void> {
  for (let round = seed >>> 0;; round++) {
    try {
      using connection = await Deno.connect({ transport: "unix", path: socket });
      count(`${kind}: ${await DEEDS[kind](connection, round)}`);
    } catch (error) {
      if (!(error instanceof Deno.errors.WouldBlock)) count(`${kind}: ${error}`);
    }
    await pause(between);
  }
}

if (import.meta.main) {
  const told = options<MischiefOptions>();
  const counts: Record<string, number> = {};
  const count = (name: string) => counts[name] = (counts[name] ?? 0) + 1;
  for (const [kind, many] of Object.entries(told.kinds)) {
    for (let i = 0; i < many; i++) {
      // Spread over a pause, as they are once they have come again.
      void pause(told.pause * i / many).then(() => goOn(kind as Mischief, told, count));
    }
  }
  for await (const _ of orders<"report">()) answer(counts);
  Deno.exit();
}
