import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { readTextUpTo, readTextUpToSync } from "../../lib/platform/bounded_file.ts";

/** A file with these bytes. */
async function withFile(bytes: Uint8Array, use: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, bytes);
    await use(path);
  } finally {
    await Deno.remove(path);
  }
}

async function assertText(path: string, most: number, text: string): Promise<void> {
  assertEquals(await readTextUpTo(path, most), text);
  assertEquals(readTextUpToSync(path, most), text);
}

async function assertRefused(path: string, most: number, reason: string): Promise<void> {
  await assertRejects(() => readTextUpTo(path, most), Error, reason);
  assertThrows(() => readTextUpToSync(path, most), Error, reason);
}

Deno.test("file: one of as many bytes as it may have is read, one with a byte more is not", async () => {
  const text = "\u00e9".repeat(50_000);
  await withFile(new TextEncoder().encode(text), async (path) => {
    await assertText(path, 100_000, text);
    await assertRefused(path, 99_999, "longer than 99999 bytes");
  });
});

Deno.test("file: what is said of its size is not believed", async () => {
  assertEquals((await Deno.stat("/proc/self/maps")).size, 0);
  await assertRefused("/proc/self/maps", 1_000, "longer than 1000 bytes");
});

Deno.test("file: what is no file is refused, and not waited for", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const pipe = `${directory}/pipe`;
    await new Deno.Command("mkfifo", { args: [pipe] }).output();
    await Deno.symlink(pipe, `${directory}/link`);
    for (const path of [pipe, `${directory}/link`, "/dev/zero", "/"]) {
      await assertRefused(path, 1_000, "it is no file");
    }
    await Deno.writeTextFile(`${directory}/file`, "a");
    await Deno.remove(`${directory}/link`);
    await Deno.symlink("file", `${directory}/link`);
    await assertText(`${directory}/link`, 1_000, "a");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("file: bytes that are not UTF-8 are refused, also where the last one is missing", async () => {
  for (const bytes of [[0x61, 0xff, 0x62], [0x61, 0xc3]]) {
    await withFile(Uint8Array.from(bytes), (path) => assertRefused(path, 1_000, "not UTF-8"));
  }
});

Deno.test("file: a byte order mark at the start is no part of the text", async () => {
  await withFile(
    Uint8Array.of(0xef, 0xbb, 0xbf, 0x61, 0xef, 0xbb, 0xbf),
    (path) => assertText(path, 1_000, "a\ufeff"),
  );
});
