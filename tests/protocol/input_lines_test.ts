import { assertEquals, assertRejects } from "@std/assert";
import { BusError } from "../../lib/protocol/errors.ts";
import { type InputLine, readLines } from "../../lib/protocol/input_lines.ts";
import { MAX_FRAME_BYTES } from "../../lib/protocol/limits.ts";
import { bytesOf, chunksOf } from "./chunks.ts";

/** What was read before the end, and the error's sentence where there was one. */
async function linesOf(pieces: readonly Uint8Array[]): Promise<[InputLine[], string | undefined]> {
  const lines: InputLine[] = [];
  try {
    for await (const batch of readLines(chunksOf(pieces))) lines.push(...batch);
  } catch (error) {
    if (!(error instanceof BusError) || error.code !== "bad_input") throw error;
    return [lines, error.message];
  }
  return [lines, undefined];
}

const INPUT = '\uFEFF{"a":"é"}\r\n\n  \t\n[1,\uFEFF2]\n"\u{1F600}"';
const LINES = [
  { number: 1, text: '{"a":"é"}' },
  { number: 4, text: "[1,\uFEFF2]" },
  { number: 5, text: '"\u{1F600}"' },
];

Deno.test("readLines() gives the same lines wherever the bytes are split", async () => {
  const bytes = bytesOf(INPUT);
  assertEquals(await linesOf([bytes]), [LINES, undefined]);
  for (let at = 0; at <= bytes.length; at++) {
    assertEquals(await linesOf([bytes.slice(0, at), bytes.slice(at)]), [LINES, undefined]);
  }
  assertEquals(await linesOf(Array.from(bytes, (byte) => Uint8Array.of(byte))), [LINES, undefined]);
});

Deno.test("readLines() gives the lines that arrived together together, and does not wait for more", async () => {
  const reading = readLines(chunksOf([bytesOf("1\n2\n3"), bytesOf("4\n")]));
  const texts = async () => {
    const { value } = await reading.next();
    return value && value.map(({ text }) => text);
  };
  assertEquals([await texts(), await texts(), await texts()], [["1", "2"], ["34"], undefined]);
});

Deno.test("readLines() reads nothing where there is nothing", async () => {
  assertEquals(await linesOf([]), [[], undefined]);
  assertEquals(await linesOf([bytesOf("\uFEFF")]), [[], undefined]);
  assertEquals(await linesOf([bytesOf("\n \n\t\r\n")]), [[], undefined]);
});

Deno.test("readLines() names the line that is not UTF-8, after those before it", async () => {
  const good = bytesOf("1\n\n");
  for (const bad of [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80], [0xf5, 0x80, 0x80, 0x80]]) {
    const expected: [InputLine[], string] = [[{ number: 1, text: "1" }], "line 3 is not UTF-8"];
    assertEquals(await linesOf([good, Uint8Array.from([...bad, 0x0a]), bytesOf("4\n")]), expected);
    assertEquals(await linesOf([Uint8Array.from([...good, ...bad])]), expected);
  }
});

Deno.test("readLines() takes a line of the frame limit and names a longer one before its end", async () => {
  const longest = new Uint8Array(MAX_FRAME_BYTES).fill(0x31);
  const end = bytesOf("\n");
  const [[line], problem] = await linesOf([longest, end]);
  assertEquals([line?.text.length, problem], [MAX_FRAME_BYTES, undefined]);
  const tooLong = "line 2 is longer than 1048576 bytes";
  const first = [{ number: 1, text: "1" }];
  assertEquals(await linesOf([bytesOf("1\n"), longest, bytesOf("1\n2\n")]), [first, tooLong]);
  let asked = 0;
  async function* endless() {
    yield bytesOf("1\n");
    for (; asked < 100; asked++) yield new Uint8Array(64 * 1024).fill(0x31);
  }
  await assertRejects(async () => {
    for await (const _ of readLines(endless())) { /* until it is refused */ }
  }, BusError);
  assertEquals(asked, 16);
});

Deno.test("readLines() leaves out what is no line where it is to go on, and tells of it", async () => {
  const faults: string[] = [];
  const texts: string[] = [];
  const long = new Uint8Array(MAX_FRAME_BYTES).fill(0x31);
  const pieces = [
    bytesOf("1\n"),
    long,
    long,
    bytesOf("1\n2\n"),
    Uint8Array.of(0xff, 0x0a),
    bytesOf("3"),
  ];
  for await (const batch of readLines(chunksOf(pieces), (fault) => faults.push(fault.message))) {
    texts.push(...batch.map(({ number, text }) => `${number}: ${text}`));
  }
  assertEquals(texts, ["1: 1", "3: 2", "5: 3"]);
  assertEquals(faults, ["line 2 is longer than 1048576 bytes", "line 4 is not UTF-8"]);
});
