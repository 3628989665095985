import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import type { EventSourceMessage } from "eventsource-parser";
import { EventSourceParserStream } from "eventsource-parser/stream";
import fc from "fast-check";
import { EventParser } from "../../../lib/source/sse/event_parser.ts";

const LIMIT = 1_048_576;

/** What was read of a stream. */
interface Read {
  readonly events: EventSourceMessage[];
  readonly retries: number[];
  readonly lastId: string | undefined;
}

/** Reads a stream that comes in pieces, all in the same buffer. */
function read(pieces: readonly string[]): Read & { readonly tooLong: number } {
  const retries: number[] = [];
  let tooLong = 0;
  const parser = new EventParser({
    onRetry: (milliseconds) => retries.push(milliseconds),
    onTooLong: () => tooLong++,
  });
  const buffer = Buffer.alloc(Math.max(0, ...pieces.map((piece) => piece.length)));
  const events = pieces.flatMap((piece) => {
    return parser.take(buffer.subarray(0, buffer.write(piece, "latin1")));
  });
  return { events, retries, lastId: parser.lastId, tooLong };
}

/** What `eventsource-parser` makes of it. */
async function readByOther(pieces: readonly string[]): Promise<Read> {
  const retries: number[] = [];
  let lastId: string | undefined;
  const parser = new EventSourceParserStream({
    onRetry: (milliseconds) => retries.push(milliseconds),
    onId: (id) => lastId = id,
  });
  const messages = await Array.fromAsync(ReadableStream.from(pieces).pipeThrough(parser));
  const events = messages.map(({ id, event, data }) => ({ id, event, data }));
  return { events, retries, lastId };
}

function cut(text: string, places: readonly number[]): string[] {
  const at = [0, ...places.map((place) => place % (text.length + 1)), text.length];
  at.sort((a, b) => a - b);
  return at.map((from, index) => text.slice(from, at[index + 1] ?? from)).filter(Boolean);
}

Deno.test("event parser: any stream in any pieces is what others read of it", async () => {
  const word = fc.constantFrom(
    ...["data", "event", "id", "retry", "datas", "Data", "", "\xef\xbb\xbf", "\xef\xbb", "é"],
    ...[":", ": ", " ", "\n", "\r", "\r\n", "\n\n", "1", "250", "x y", "\0", "\n\ndata: 1\n\n"],
  );
  const text = fc.array(word, { maxLength: 40 }).map((words) => words.join(""));
  const places = fc.array(fc.nat(), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(text, places, async (text, places) => {
      const { tooLong, ...got } = read(cut(text, places));
      assertEquals(got, await readByOther([text]));
      assertEquals(tooLong, 0);
    }),
    { numRuns: 1_000 },
  );
});

Deno.test("event parser: what an event may have at most, and what is one byte more", () => {
  const cases: [stream: string, length: number | undefined][] = [
    [`data: ${"x".repeat(LIMIT)}\n\n`, LIMIT],
    [`data:${"x".repeat(LIMIT)}\r\n\r\n`, LIMIT],
    [`\xef\xbb\xbfdata: ${"x".repeat(LIMIT)}\n\n`, LIMIT],
    [`data:${"x".repeat(LIMIT - 2)}\ndata\ndata\n\n`, LIMIT],
    [`data: ${"x".repeat(LIMIT + 1)}\n\n`, undefined],
    [`data:${"x".repeat(LIMIT - 2)}\ndata\ndata\ndata\n\n`, undefined],
    [`${`data: ${"x".repeat(1023)}\n`.repeat(1024)}data\n\n`, LIMIT],
    [`${`data: ${"x".repeat(1023)}\n`.repeat(1024)}data\ndata\n\n`, undefined],
    [`data: x\n: ${"c".repeat(2 * LIMIT)}\n${"u".repeat(2 * LIMIT)}\n\n`, 1],
  ];
  for (const [stream, length] of cases) {
    for (const size of [65_536, 10 * LIMIT]) {
      const pieces: string[] = [];
      for (let at = 0; at < stream.length; at += size) pieces.push(stream.slice(at, at + size));
      const { events, tooLong } = read([...pieces, "event: next\ndata: 2\n\n"]);
      assertEquals(events.at(-1), { id: undefined, event: "next", data: "2" });
      assertEquals(events.slice(0, -1).map(({ data }) => data.length), [length ?? []].flat());
      assertEquals(tooLong, length === undefined ? 1 : 0);
    }
  }
});

Deno.test("event parser: of what is too long only the id is kept, and it is said at once", () => {
  const long = `data: ${"x".repeat(2 * LIMIT)}`;
  const before = "id: a\nevent: e\ndata: 1\n\nid: b\n";
  assertEquals(read([before]).lastId, "a");
  assertEquals([read([before, long]).lastId, read([before, long]).tooLong], ["b", 1]);
  assertEquals(read([long, "\nid: b", "\ndata: 2\n"]).lastId, undefined);
  const { events, lastId, tooLong } = read([before, long, "\nid: c\nevent: e\ndata: 2\n\n", "\n"]);
  assertEquals(events.map(({ data }) => data), ["1"]);
  assertEquals([lastId, tooLong], ["c", 1]);
});

Deno.test("event parser: what never ends takes up no memory", () => {
  const mebibyte = "x".repeat(LIMIT);
  for (const begin of ["data: ", "event: ", "id: ", "retry: ", ": ", "other: ", ""]) {
    const parser = new EventParser({ onRetry: () => {}, onTooLong: () => {} });
    parser.take(Buffer.from(begin));
    const piece = Buffer.from(mebibyte);
    const { external } = Deno.memoryUsage();
    for (let taken = 0; taken < 64; taken++) parser.take(piece);
    const grown = (Deno.memoryUsage().external - external) / LIMIT;
    assertEquals(Math.max(0, Math.floor(grown / 8)), 0, `${grown} MiB for ${begin}`);
    // What is held of a line makes its event too long, of whichever field it is.
    const isHeld = /^(?:data|event|id|retry)/.test(begin);
    assertEquals(parser.take(Buffer.from("\ndata: 1\n\n")).length, isHeld ? 0 : 1);
  }
});
