import { assertEquals, assertThrows } from "@std/assert";
import { underMask } from "../../lib/platform/umask.ts";

Deno.test("underMask() makes a thing under its mask, and puts the one before back", () => {
  const before = Deno.umask();
  const path = `${Deno.makeTempDirSync()}/made`;
  // The mask is the whole process's, and other tests run in it.
  Deno.umask(0o027);
  try {
    underMask(0o077, () => Deno.mkdirSync(path, { mode: 0o777 }));
    assertEquals(Deno.umask(), 0o027);
  } finally {
    Deno.umask(before);
  }
  assertEquals((Deno.statSync(path).mode ?? 0) & 0o777, 0o700);
});

Deno.test("underMask() puts the mask back where the making fails", () => {
  const before = Deno.umask();
  assertThrows(() =>
    underMask(0o077, () => {
      throw new RangeError("no room");
    }), RangeError);
  assertEquals(Deno.umask(), before);
});
