import { assertEquals } from "@std/assert";
import { tryToAppendTo, tryToWriteIn } from "../../lib/platform/trial_write.ts";

/** Runs with a directory that is removed afterwards. */
function test(name: string, run: (directory: string) => Promise<void>, ignore = false) {
  Deno.test({
    name,
    ignore,
    async fn() {
      const directory = await Deno.makeTempDir();
      try {
        await run(directory);
      } finally {
        await Deno.chmod(directory, 0o700);
        await Deno.remove(directory, { recursive: true });
      }
    },
  });
}

/** Modes are nothing to root. */
const isRoot = Deno.uid() === 0;

test("tryToWriteIn() finds that files can be written, and leaves none", async (directory) => {
  assertEquals(await tryToWriteIn(directory), undefined);
  assertEquals(await Array.fromAsync(Deno.readDir(directory)), []);
});

test("tryToWriteIn() gives the system's reason without what was done", async (directory) => {
  await Deno.writeTextFile(`${directory}/file`, "");
  assertEquals(await tryToWriteIn(`${directory}/nothing`), {
    code: "ENOENT",
    reason: "No such file or directory",
  });
  assertEquals((await tryToWriteIn(`${directory}/file`))?.code, "ENOTDIR");
});

test("tryToWriteIn() is refused by a directory closed to us", async (directory) => {
  await Deno.chmod(directory, 0o500);
  assertEquals(await tryToWriteIn(directory), { code: "EACCES", reason: "Permission denied" });
}, isRoot);

test("tryToAppendTo() leaves a file as it is", async (directory) => {
  const path = `${directory}/log`;
  await Deno.writeTextFile(path, "kept");
  assertEquals(await tryToAppendTo(path), undefined);
  assertEquals(await Deno.readTextFile(path), "kept");
  assertEquals((await tryToAppendTo(directory))?.code, "EISDIR");
  assertEquals((await tryToAppendTo(`${directory}/nothing`))?.code, "ENOENT");
});

test("tryToAppendTo() is refused by a file closed to us", async (directory) => {
  await Deno.writeTextFile(`${directory}/log`, "", { mode: 0o400 });
  assertEquals((await tryToAppendTo(`${directory}/log`))?.code, "EACCES");
}, isRoot);
