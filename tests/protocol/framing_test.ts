import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import fc from "fast-check";
import { BadFrameError, FrameTooLargeError } from "../../lib/protocol/errors.ts";
import { type Frame, frames, LINES_AT_ONCE } from "../../lib/protocol/framing.ts";
import { MAX_FRAME_BYTES } from "../../lib/protocol/limits.ts";
import {
  anyLines,
  arriving,
  bytesOf,
  every,
  MIXED,
  MIXED_LINES,
  shown,
  splitByHand,
} from "./arriving.ts";

const encoder = new TextEncoder();

async function cut(chunks: AsyncIterable<Uint8Array>): Promise<string[]> {
  const all: string[] = [];
  for await (const batch of frames(chunks)) all.push(...batch.map(shown));
  return all;
}

Deno.test("frames() cuts bytes that come at once", async () => {
  assertEquals(splitByHand(MIXED), MIXED_LINES);
  assertEquals(await cut(arriving(MIXED)), MIXED_LINES);
});

Deno.test("frames() cuts bytes that come one by one", async () => {
  assertEquals(await cut(arriving(MIXED, every(1, MIXED.length))), MIXED_LINES);
});

Deno.test("frames() cuts the same wherever bytes are cut, at each place and each pair of places", async () => {
  for (let first = 0; first <= MIXED.length; first++) {
    for (let second = first; second <= MIXED.length; second++) {
      assertEquals(await cut(arriving(MIXED, [first, second])), MIXED_LINES, `${first} ${second}`);
    }
  }
});

Deno.test("frames() cuts any bytes, cut anywhere, as they are split by hand", async () => {
  const cuts = fc.array(fc.nat(), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(anyLines, cuts, async (bytes, places) => {
      const offsets = places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b);
      assertEquals(await cut(arriving(bytes, offsets)), splitByHand(bytes));
    }),
    { numRuns: 300 },
  );
});

Deno.test("frames() gives what arrived together together, and reads on when asked for more", async () => {
  let asked = 0;
  async function* counted() {
    for (const text of ["a\nb\nc", "d\n", "\n\r\n", "e", "\nf\n", "g"]) {
      asked++;
      yield await Promise.resolve(encoder.encode(text));
    }
  }
  const seen: [asked: number, batch: string[]][] = [];
  for await (const batch of frames(counted())) seen.push([asked, batch.map(shown)]);
  assertEquals(seen, [[1, ["a", "b"]], [2, ["cd"]], [5, ["e", "f"]]]);
  assertEquals(asked, 6);
});

Deno.test("frames() cuts a chunk of many lines into batches between which others have a turn", async () => {
  const texts = Array.from({ length: 1_000 }, (_, i) => i % 3 === 0 ? "" : String(i));
  const bytes = bytesOf(`begun${texts.join("\n")}\nunended`);
  const batches: string[][] = [];
  for await (const batch of frames(arriving(bytes, [3]))) batches.push(batch.map(shown));
  assertEquals(
    batches.flat(),
    `begun${texts.join("\n")}`.split("\n").filter((text) => text !== ""),
  );
  assert(batches.every(({ length }) => length <= LINES_AT_ONCE));
  assertEquals(batches.length, Math.ceil(1_000 / LINES_AT_ONCE));

  let empty = 0;
  for await (const batch of frames(arriving(bytesOf("\n".repeat(1_000))))) {
    empty += batch.length + 1;
  }
  assertEquals(empty, Math.ceil(1_000 / LINES_AT_ONCE));
});

Deno.test("frames() takes a ReadableStream, and cancels it when its reader leaves", async () => {
  let cancelled = false;
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(encoder.encode("a\n")),
    cancel: () => {
      cancelled = true;
    },
  });
  for await (const batch of frames(stream)) {
    assertEquals(batch, ["a"]);
    break;
  }
  assert(cancelled);
});

Deno.test("frames() throws what its source throws, after the frames before it", async () => {
  async function* failing() {
    yield await Promise.resolve(encoder.encode("a\nb"));
    throw new RangeError("reset");
  }
  const seen: string[] = [];
  await assertRejects(
    async () => {
      for await (const batch of frames(failing())) seen.push(...batch.map(shown));
    },
    RangeError,
    "reset",
  );
  assertEquals(seen, ["a"]);
});

Deno.test("frames() skips lines with no byte, and no others", async () => {
  assertEquals(await cut(arriving(bytesOf("\n\r\n\n\n a\n \n\r\r\n\t\r\n\r\n"))), [
    " a",
    " ",
    "\r",
    "\t",
  ]);
});

Deno.test("frames() takes what follows the last line end for no frame", async () => {
  for (const tail of ["", "b", '{"type":"bye"}', "b\r", "\r", " ", "\ufeff"]) {
    assertEquals(await cut(arriving(bytesOf("a\n", tail))), ["a"], JSON.stringify(tail));
    assertEquals(await cut(arriving(bytesOf(tail))), []);
  }
  assertEquals(await cut(arriving(bytesOf("a\n", [0xff]))), ["a"]);
  assertEquals(await cut(arriving(new Uint8Array())), []);
});

Deno.test("frames() takes one carriage return before the line feed as part of the line's end", async () => {
  assertEquals(
    await cut(arriving(bytesOf("a\r\nb\r\r\n\rc\nd\re\n"))),
    ["a", "b\r", "\rc", "d\re"],
  );
});

Deno.test("frames() keeps U+FEFF wherever a chunk begins", async () => {
  const lines = ['{"a":"\ufeff"}', "\ufeff{}", "\ufeff\ufeff", "a\ufeff", "\ufeff"];
  const bytes = bytesOf(lines.map((line) => `${line}\n`).join(""));
  for (let at = 0; at <= bytes.length; at++) {
    assertEquals(await cut(arriving(bytes, [at])), lines, `cut at ${at}`);
  }
  assertEquals(await cut(arriving(bytes, every(1, bytes.length))), lines);
});

Deno.test("frames() refuses a line that is not UTF-8 alone, the lines around it stand", async () => {
  const wrong: Record<string, number[]> = {
    "a continuation alone": [0x80],
    "the last continuation alone": [0xbf],
    "overlong NUL": [0xc0, 0x80],
    "overlong in two": [0xc1, 0xbf],
    "overlong in three": [0xe0, 0x80, 0xaf],
    "overlong in four": [0xf0, 0x80, 0x80, 0xaf],
    "an overlong line feed": [0xc0, 0x8a],
    "a high surrogate": [0xed, 0xa0, 0x80],
    "a low surrogate": [0xed, 0xbf, 0xbf],
    "a pair of surrogates": [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80],
    "above U+10FFFF": [0xf4, 0x90, 0x80, 0x80],
    "far above": [0xf5, 0x80, 0x80, 0x80],
    "in five": [0xf8, 0x88, 0x80, 0x80, 0x80],
    "0xFE": [0xfe],
    "0xFF": [0xff],
    "cut after one of two": [0xc3],
    "cut after one of three": [0xe2],
    "cut after two of three": [0xe2, 0x82],
    "cut after three of four": [0xf0, 0x9f, 0x98],
    "cut before a carriage return": [0xe2, 0x82, 0x0d],
    "broken by another character": [0xe2, 0x28, 0xa1],
  };
  for (const [name, bytes] of Object.entries(wrong)) {
    for (const [before, after] of [["", ""], ['{"a":"', ""], ["", '"}'], ["\ufeffé", "😀"]]) {
      const line = bytesOf(
        "good\n\ufeffé\n",
        before ?? "",
        bytes,
        after ?? "",
        "\n\ufeff😀\r\n",
        "end\n",
      );
      const expected = ["good", "\ufeffé", "<not UTF-8>", "\ufeff😀", "end"];
      assertEquals(await cut(arriving(line)), expected, name);
      for (let at = 1; at < line.length; at++) {
        assertEquals(await cut(arriving(line, [at])), expected, `${name}, cut at ${at}`);
      }
    }
  }
});

Deno.test("frames() does not join a character across a line end", async () => {
  const bytes = bytesOf("a", [0xe2], "\n", [0x82, 0xac], "\n€\n");
  assertEquals(await cut(arriving(bytes)), ["<not UTF-8>", "<not UTF-8>", "€"]);
});

Deno.test("frames() tells a bad line from every good one", async () => {
  // A lone surrogate is no text: in UTF-8 it cannot come.
  const bytes = bytesOf("\ufffd\n", [0xff], "\n<not UTF-8>\n\\udc00\n");
  const all: Frame[] = [];
  for await (const batch of frames(arriving(bytes))) all.push(...batch);
  const [replacement, bad, literal, escaped] = all;
  assertEquals([replacement, literal, escaped], ["\ufffd", "<not UTF-8>", "\\udc00"]);
  assertInstanceOf(bad, BadFrameError);
  assertEquals(bad.code, "bad_frame");
  assertEquals(bad.frameType, undefined);
});

Deno.test("frames() takes a line of the limit and refuses one byte more, however it is cut", async () => {
  const before = "before\n";
  const after = "after\n";
  for (const end of ["\n", "\r\n"]) {
    for (const extra of [-1, 0, 1]) {
      const length = MAX_FRAME_BYTES + extra;
      const line = `é${"a".repeat(length - end.length - 2)}`;
      const bytes = bytesOf(before + line + end + after);
      assertEquals(bytes.length, before.length + length + after.length);
      const start = before.length;
      const ends = start + length;
      const cuttings = [
        [],
        every(end === "\n" ? 65_536 : 100_003, bytes.length),
        every(MAX_FRAME_BYTES + extra, bytes.length),
        [start],
        [start, ends - 1],
        [start, ends - 2],
        [start, ends - 1, ends],
        [start + 1, ends + 1],
        [ends],
        [ends - 1],
      ];
      const expected = extra > 0
        ? ["before", "<longer than 1048576 bytes>"]
        : ["before", line, "after"];
      for (const cuts of cuttings) {
        const lines = await cut(arriving(bytes, cuts));
        // Not compared as a whole: a difference of a megabyte would be printed.
        assertEquals(lines.length, expected.length, `${extra} ${end.length} ${cuts.slice(0, 3)}`);
        assert(
          lines.every((line, i) => line === expected[i]),
          `${extra} ${end.length} ${cuts.slice(0, 3)}`,
        );
      }
    }
  }
});

Deno.test("frames() refuses a line that has reached the limit without its end", async () => {
  const whole = new Uint8Array(MAX_FRAME_BYTES).fill(0x61);
  assertEquals(await cut(arriving(whole)), ["<longer than 1048576 bytes>"]);
  assertEquals(await cut(arriving(whole, [1])), ["<longer than 1048576 bytes>"]);
  assertEquals(await cut(arriving(whole.subarray(1))), []);
});

Deno.test("frames() ends with the first line that is too long, and reads no further", async () => {
  const tooLong = `${"a".repeat(MAX_FRAME_BYTES)}\n`;
  const bytes = bytesOf(`a\nb\n${tooLong}c\n${tooLong}`);
  const expected = ["a", "b", "<longer than 1048576 bytes>"];
  for (const cuts of [[], [4], every(65_536, bytes.length), every(MAX_FRAME_BYTES, bytes.length)]) {
    assertEquals(await cut(arriving(bytes, cuts)), expected);
  }
  let left = false;
  async function* watched() {
    try {
      yield* arriving(bytes, every(65_536, bytes.length));
    } finally {
      left = true;
    }
  }
  const all: Frame[] = [];
  for await (const batch of frames(watched())) all.push(...batch);
  assert(left);
  const error = all.at(-1);
  assertInstanceOf(error, FrameTooLargeError);
  assertEquals(error.limit, MAX_FRAME_BYTES);
});

Deno.test("frames() holds no more than the limit of an endless line, in chunks of any size", async () => {
  for (const size of [7, 1_000, 65_536, 100_003, MAX_FRAME_BYTES - 1, MAX_FRAME_BYTES, 3_000_000]) {
    let asked = 0;
    const chunk = new Uint8Array(size).fill(0x61);
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        asked++;
        controller.enqueue(chunk);
      },
    }, { highWaterMark: 0 });
    let most = 0;
    let last: number[] = [];
    const held = (unfinished: number, arrived: number) => {
      most = Math.max(most, unfinished);
      last = [unfinished, arrived];
    };
    const all: string[] = [];
    for await (const batch of frames(endless, { held })) all.push(...batch.map(shown));
    assertEquals(all, ["<longer than 1048576 bytes>"]);
    assert(most <= MAX_FRAME_BYTES, `held ${most} bytes of a line in chunks of ${size}`);
    assertEquals(asked, Math.ceil(MAX_FRAME_BYTES / size));
    assertEquals(last, [0, 0]);
  }
});

Deno.test("frames() says what it holds while it runs", async () => {
  const log: string[] = [];
  const held = (unfinished: number, arrived: number) => log.push(`${unfinished}+${arrived}`);
  for await (
    const batch of frames(arriving(bytesOf("ab", "c\nde\nf", "\r", "\n", "gh"), [2, 8, 9, 10]), {
      held,
    })
  ) {
    log.push(batch.map(shown).join(","));
  }
  assertEquals(log, ["2+0", "1+6", "abc,de", "1+0", "2+0", "0+1", "f", "0+0", "2+0"]);
});

Deno.test("frames() cuts a chunk that is longer than a frame may be", async () => {
  const line = `${"€".repeat(1_000)}\ufeff`;
  const count = 1_200;
  const bytes = bytesOf(`${line}\n`.repeat(count));
  assert(bytes.length > 3 * MAX_FRAME_BYTES);
  const lines = await cut(arriving(bytes));
  assertEquals(lines.length, count);
  assert(lines.every((other) => other === line));
});
