import { assert, assertEquals } from "@std/assert";
import { GatheredBytes } from "../../lib/protocol/gathered_bytes.ts";

const KB = 1024;

Deno.test("GatheredBytes holds what came, in order, however it was cut", () => {
  for (const length of [0, 1, 255, 4_096, 4_097, 64 * KB, 64 * KB + 1, 200_000]) {
    const whole = Uint8Array.from({ length }, (_, i) => i % 251);
    for (const size of [1, 7, 256, 4_095, 4_096, 4_097, 64 * KB, 100_000]) {
      const gathered = new GatheredBytes();
      for (let at = 0; at < length; at += size) gathered.append(whole.subarray(at, at + size));
      assertEquals(gathered.length, length);
      assertEquals(gathered.take(), whole);
      assertEquals([gathered.length, gathered.capacity], [0, 0]);
    }
  }
});

Deno.test("GatheredBytes copies: a piece's buffer may be used again", () => {
  for (const length of [3, 10_000]) {
    const gathered = new GatheredBytes();
    const piece = new Uint8Array(length).fill(1);
    gathered.append(piece);
    piece.fill(9);
    assertEquals(gathered.take(), new Uint8Array(length).fill(1));
  }
});

Deno.test("GatheredBytes can be used again after it was taken from or cleared", () => {
  const gathered = new GatheredBytes();
  for (const length of [10, 100_000, 5, 70_000, 4_096]) {
    gathered.append(new Uint8Array(length).fill(7));
    assertEquals(gathered.take().length, length);
    gathered.append(new Uint8Array(length));
    gathered.clear();
    assertEquals([gathered.length, gathered.capacity], [0, 0]);
  }
});

Deno.test("GatheredBytes takes up at most a block more than it has, and little for a short line", () => {
  const gathered = new GatheredBytes();
  gathered.append(new Uint8Array(4_096));
  assertEquals(gathered.capacity, 4_096);
  for (let length = 5_096; length < 1_000_000; length += 1_000) {
    gathered.append(new Uint8Array(1_000));
    assert(gathered.capacity >= length && gathered.capacity < length + 64 * KB);
  }
});

Deno.test("GatheredBytes.take() gives a buffer of its own that fits", () => {
  const gathered = new GatheredBytes();
  gathered.append(new Uint8Array(100));
  const first = gathered.take();
  gathered.append(Uint8Array.of(1, 2, 3));
  assertEquals(first, new Uint8Array(100));
  assertEquals([first.buffer.byteLength, gathered.take().buffer.byteLength], [100, 3]);
});
