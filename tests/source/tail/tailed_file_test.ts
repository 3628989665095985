import { assertEquals, assertRejects } from "@std/assert";
import { identityOf } from "../../../lib/source/file_identity.ts";
import { MAX_FRAME_BYTES } from "../../../lib/protocol/limits.ts";
import { TailedFile } from "../../../lib/source/tail/tailed_file.ts";

/** Tells of a file with a text in it, while it is there. */
async function withFile(text: string, tell: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "bus-tailed-" });
  try {
    await Deno.writeTextFile(`${folder}/app.log`, text);
    await tell(`${folder}/app.log`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** All that is there to be read. */
async function rest(file: TailedFile): Promise<string> {
  let text = "";
  for (let bytes = await file.read(); bytes; bytes = await file.read()) {
    text += new TextDecoder().decode(bytes);
  }
  return text;
}

/** What is read of a text from a place in it, and where its last line ends. */
async function read(text: string, from: number | "end"): Promise<[string, number]> {
  let result: [string, number] = ["", -1];
  await withFile(text, async (path) => {
    const file = await TailedFile.open(path, from);
    try {
      result = [await rest(file), file.lineEnd];
    } finally {
      file.close();
    }
  });
  return result;
}

Deno.test("tailed file: it is read from an offset, and knows the end of the last line", async () => {
  assertEquals(await read("one\ntwo\nthr", 0), ["one\ntwo\nthr", 8]);
  assertEquals(await read("one\ntwo\nthr", 4), ["two\nthr", 8]);
  assertEquals(await read("one\ntwo\nthr", 8), ["thr", 8]);
  assertEquals(await read("", 0), ["", 0]);
});

Deno.test("tailed file: it knows where the lines began that ended in what was read last", async () => {
  await withFile("one\ntwo\n\nthr", async (path) => {
    const file = await TailedFile.open(path, 4);
    try {
      assertEquals(file.lineStarts, []);
      for (const [more, starts] of [["", [4, 8]], ["ee", []], ["\nfour\n", [9, 15]]] as const) {
        await Deno.writeTextFile(path, more, { append: true });
        await file.read();
        assertEquals(file.lineStarts, starts);
      }
    } finally {
      file.close();
    }
  });
});

Deno.test("tailed file: its end is before a last line that has none", async () => {
  assertEquals(await read("one\ntwo\n", "end"), ["", 8]);
  assertEquals(await read("one\ntw", "end"), ["tw", 4]);
  assertEquals(await read("on", "end"), ["on", 0]);
});

Deno.test("tailed file: a line that is longer than a block has its end found, one too long has not", async () => {
  const long = "x".repeat(200_000);
  assertEquals(await read(`one\n${long}`, "end"), [long, 4]);
  const endless = "x".repeat(MAX_FRAME_BYTES + 200_000);
  assertEquals(await read(`one\n${endless}`, "end"), ["", endless.length + 4]);
});

Deno.test("tailed file: of one that is shorter than the offset all is new", async () => {
  assertEquals(await read("one\n", 5), ["one\n", 4]);
  assertEquals(await read("one\n", 4), ["", 4]);
});

Deno.test("tailed file: what comes to it is read, also when it is moved meanwhile", async () => {
  await withFile("one\n", async (path) => {
    const file = await TailedFile.open(path, 0);
    try {
      assertEquals(await rest(file), "one\n");
      await Deno.rename(path, `${path}.1`);
      await Deno.writeTextFile(`${path}.1`, "two\n", { append: true });
      assertEquals([await rest(file), file.lineEnd], ["two\n", 8]);
      assertEquals(file.identity, identityOf(await Deno.stat(`${path}.1`)));
    } finally {
      file.close();
    }
  });
});

Deno.test("tailed file: that it got shorter than what was read of it is seen", async () => {
  await withFile("one\ntwo\n", async (path) => {
    const file = await TailedFile.open(path, 0);
    try {
      await rest(file);
      assertEquals(await file.isCut(), false);
      await Deno.truncate(path, 7);
      assertEquals(await file.isCut(), true);
    } finally {
      file.close();
    }
  });
});

Deno.test("tailed file: what is no file is refused, and a pipe never waited for", async () => {
  await withFile("", async (path) => {
    await new Deno.Command("mkfifo", { args: [`${path}.pipe`] }).output();
    await assertRejects(() => TailedFile.open(`${path}.pipe`, 0), Error, "it is no file");
    await assertRejects(() => TailedFile.open("/", 0), Error, "it is no file");
    await assertRejects(() => TailedFile.open(`${path}.none`, 0), Deno.errors.NotFound);
  });
});
