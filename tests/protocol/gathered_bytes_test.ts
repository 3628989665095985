import { assertEquals } from "@std/assert";
import { GatheredBytes } from "../../lib/protocol/gathered_bytes.ts";

Deno.test("GatheredBytes holds what came, in order, however it was cut", () => {
  const whole = Uint8Array.from({ length: 10_000 }, (_, i) => i % 251);
  for (const size of [1, 7, 255, 256, 257, 9_999, 10_000]) {
    const gathered = new GatheredBytes(10_000);
    for (let at = 0; at < whole.length; at += size) gathered.append(whole.subarray(at, at + size));
    assertEquals(gathered.length, 10_000);
    assertEquals(gathered.bytes, whole);
  }
});

Deno.test("GatheredBytes copies: a piece's buffer may be used again", () => {
  const gathered = new GatheredBytes(10);
  const piece = Uint8Array.of(1, 2, 3);
  gathered.append(piece);
  piece.fill(9);
  assertEquals([...gathered.bytes], [1, 2, 3]);
});

Deno.test("GatheredBytes does not grow beyond the most that it will hold", () => {
  const gathered = new GatheredBytes(1_000);
  for (let i = 0; i < 1_000; i++) gathered.append(Uint8Array.of(i % 256));
  assertEquals(gathered.bytes.buffer.byteLength, 1_000);
});

Deno.test("GatheredBytes gives a large buffer back when it is cleared, and keeps a small one", () => {
  const gathered = new GatheredBytes(100_000);
  gathered.append(new Uint8Array(100));
  gathered.clear();
  assertEquals([gathered.length, gathered.bytes.buffer.byteLength], [0, 256]);
  gathered.append(new Uint8Array(100_000));
  gathered.clear();
  assertEquals([gathered.length, gathered.bytes.buffer.byteLength], [0, 0]);
});
