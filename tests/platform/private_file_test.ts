import { assertEquals, assertThrows } from "@std/assert";
import { makePrivateFile } from "../../lib/platform/private_file.ts";

const MODULE = new URL("../../lib/platform/private_file.ts", import.meta.url).href;

async function inDirectory(body: (directory: string) => Promise<void> | void): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await body(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("makePrivateFile() makes an empty file, mode 0600, under any mask", async () => {
  await inDirectory(async (directory) => {
    for (const mask of ["0", "022", "0777"]) {
      const path = `${directory}/under-${mask}`;
      const program = `import { makePrivateFile } from ${JSON.stringify(MODULE)};
        console.log(makePrivateFile(${JSON.stringify(path)}));`;
      // The mask is the whole process's, so it has one of its own.
      const { stdout } = await new Deno.Command("/bin/sh", {
        args: [
          "-c",
          `umask ${mask}; exec "$0" eval --quiet --no-lock "$1"`,
          Deno.execPath(),
          program,
        ],
        stderr: "inherit",
      }).output();
      assertEquals(new TextDecoder().decode(stdout), "true\n");
      const { mode, size } = await Deno.lstat(path);
      assertEquals([(mode ?? 0) & 0o777, size], [0o600, 0]);
    }
  });
});

Deno.test("makePrivateFile() leaves what is there alone, a link and its target too", async () => {
  await inDirectory(async (directory) => {
    const path = `${directory}/there`;
    await Deno.writeTextFile(path, "theirs", { mode: 0o644 });
    await Deno.chmod(path, 0o644);
    await Deno.symlink(path, `${directory}/link`);
    await Deno.symlink(`${directory}/nothing`, `${directory}/dangling`);
    for (const name of ["there", "link", "dangling"]) {
      assertEquals(makePrivateFile(`${directory}/${name}`), false);
    }
    const { mode } = await Deno.lstat(path);
    assertEquals([(mode ?? 0) & 0o777, await Deno.readTextFile(path)], [0o644, "theirs"]);
    assertEquals((await Array.fromAsync(Deno.readDir(directory))).length, 3);
  });
});

Deno.test("makePrivateFile() throws what the system says", async () => {
  await inDirectory((directory) => {
    assertThrows(() => makePrivateFile(`${directory}/none/x`), Error, "no such file");
  });
});
