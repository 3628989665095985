import { assertEquals, assertRejects } from "@std/assert";
import { readText } from "../../lib/cli/input.ts";
import { BusError } from "../../lib/protocol/errors.ts";
import { MAX_FRAME_BYTES } from "../../lib/protocol/limits.ts";
import { bytesOf, chunksOf } from "../protocol/chunks.ts";

async function textOf(...texts: string[]): Promise<string> {
  return await readText(chunksOf(texts.map(bytesOf)));
}

async function refusalOf(...pieces: Uint8Array[]): Promise<string> {
  const error = await assertRejects(() => readText(chunksOf(pieces)), BusError);
  assertEquals(error.code, "bad_input");
  return error.message;
}

Deno.test("readText() takes a text over several lines as it is, but for a mark at its start", async () => {
  const text = '{\r\n "a": 12345678901234567890,\n "a": 1.0 }\n';
  assertEquals(await textOf(text), text);
  assertEquals(await textOf("\uFEFF" + text), text);
  assertEquals(await textOf('"\uFEFF"'), '"\uFEFF"');
  const bytes = bytesOf("\uFEFF" + text);
  for (let at = 0; at <= bytes.length; at++) {
    assertEquals(await readText(chunksOf([bytes.slice(0, at), bytes.slice(at)])), text);
  }
});

Deno.test("readText() refuses what is empty, not UTF-8 or longer than any payload", async () => {
  for (const empty of ["", " \r\n\t", "\uFEFF"]) {
    assertEquals(await refusalOf(bytesOf(empty)), "stdin is empty");
  }
  assertEquals(await refusalOf(), "stdin is empty");
  assertEquals(await refusalOf(Uint8Array.of(0x22, 0xff, 0x22)), "stdin is not UTF-8");
  const block = new Uint8Array(MAX_FRAME_BYTES).fill(0x20);
  const tooLong = "stdin is longer than the longest payload, 1048576 bytes";
  assertEquals(await refusalOf(block, bytesOf("1")), tooLong);
});
