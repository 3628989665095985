import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import fc from "fast-check";
import { FrameTooLargeError } from "../../lib/protocol/errors.ts";
import { frames, LINES_AT_ONCE } from "../../lib/protocol/framing.ts";
import { MAX_FRAME_BYTES } from "../../lib/protocol/limits.ts";
import { Lines } from "../../lib/protocol/lines.ts";
import { anyLines, arriving, bytesOf, every, MIXED, MIXED_LINES, shown } from "./arriving.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The current line. */
function shownLine(lines: Lines): string {
  if (lines.fault) return shown(lines.fault);
  assertEquals(decoder.decode(lines.bytes.subarray(lines.start, lines.end)), lines.text);
  return lines.text;
}

/** Takes lines together from the chunk with this number on, from 0. */
async function cut(chunks: AsyncIterable<Uint8Array>, from = 0): Promise<string[]> {
  const all: string[] = [];
  let asked = 0;
  for await (const batch of frames(chunks, { together: () => asked++ >= from })) {
    if (batch instanceof Lines) { while (batch.next()) all.push(shownLine(batch)); }
    else all.push(...batch.map(shown));
  }
  return all;
}

async function cutByStream(chunks: AsyncIterable<Uint8Array>): Promise<string[]> {
  const all: string[] = [];
  for await (const batch of frames(chunks)) all.push(...batch.map(shown));
  return all;
}

Deno.test("Lines are cut the same wherever bytes are cut, at each place and each pair of places", async () => {
  for (let first = 0; first <= MIXED.length; first++) {
    for (let second = first; second <= MIXED.length; second++) {
      assertEquals(await cut(arriving(MIXED, [first, second])), MIXED_LINES, `${first} ${second}`);
    }
  }
});

Deno.test("Lines are those of a TextLineStream, of any bytes, cut anywhere, from any chunk on", async () => {
  const cuts = fc.array(fc.nat(), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(anyLines, cuts, fc.nat({ max: 6 }), async (bytes, places, from) => {
      const offsets = places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b);
      assertEquals(
        await cut(arriving(bytes, offsets), from),
        await cutByStream(arriving(bytes, offsets)),
      );
    }),
    { numRuns: 1_000 },
  );
});

Deno.test("Lines may be as long as a frame, and no longer, wherever they are cut", async () => {
  for (const over of [0, 1]) {
    const bytes = bytesOf("a\n", "x".repeat(MAX_FRAME_BYTES - 1 + over), "\nb\n");
    for (const size of [1_000, 65_536, 700_000, bytes.length]) {
      const cuts = every(size, bytes.length);
      const lines = await cut(arriving(bytes, cuts));
      const byStream = await cutByStream(arriving(bytes, cuts));
      assertEquals(lines.map(({ length }) => length), byStream.map(({ length }) => length));
      assertEquals(lines.length, 3 - over);
    }
  }
});

Deno.test("Lines without an end are refused as soon as they are too long", async () => {
  const bytes = bytesOf("x".repeat(2 * MAX_FRAME_BYTES));
  let chunks = 0;
  const counted = async function* () {
    for await (const chunk of arriving(bytes, every(65_536, bytes.length))) {
      chunks++;
      yield chunk;
    }
  };
  const [only, ...others] = await cut(counted());
  assertEquals([only, others], [shown(new FrameTooLargeError(MAX_FRAME_BYTES)), []]);
  assertEquals(chunks, MAX_FRAME_BYTES / 65_536);
});

Deno.test("Lines come in portions, between which others have a turn", async () => {
  const bytes = bytesOf("\n".repeat(500), "a\n".repeat(500));
  const portions: number[] = [];
  for await (const batch of frames(arriving(bytes), { together: () => true })) {
    assertInstanceOf(batch, Lines);
    let count = 0;
    while (batch.next()) count++;
    portions.push(count);
  }
  assertEquals(portions.reduce((sum, count) => sum + count), 500);
  assertEquals(portions.length, Math.ceil(1_000 / LINES_AT_ONCE));
  assert(Math.max(...portions) <= LINES_AT_ONCE);
});
