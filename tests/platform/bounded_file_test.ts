import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { readTextUpTo, readTextUpToSync } from "../../lib/platform/bounded_file.ts";

Deno.test("file: one of as many bytes as it may have is read, one with a byte more is not", async () => {
  const path = await Deno.makeTempFile();
  try {
    const text = "\u00e9".repeat(50_000);
    await Deno.writeTextFile(path, text);
    assertEquals(await readTextUpTo(path, 100_000), text);
    assertEquals(readTextUpToSync(path, 100_000), text);
    await assertRejects(() => readTextUpTo(path, 99_999), Error, "longer than 99999 bytes");
    assertThrows(() => readTextUpToSync(path, 99_999), Error, "longer than 99999 bytes");
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("file: one without end costs no more than it may have, and nothing is awaited where all waits", async () => {
  await assertRejects(() => readTextUpTo("/dev/zero", 1_000), Error, "longer than 1000 bytes");
  assertThrows(() => readTextUpToSync("/dev/zero", 1_000), Error, "it is no file");
  assertThrows(() => readTextUpToSync("/", 1_000), Error, "it is no file");
});
