import { assertEquals } from "@std/assert";

const MODULE = new URL("../../lib/platform/umask.ts", import.meta.url).href;

/** In a process of its own: the mask is the whole process's, and other tests run in this one. */
const PROGRAM = `
import { underMask } from ${JSON.stringify(MODULE)};
Deno.umask(0o777);
const path = Deno.args[0];
underMask(0o077, () => Deno.mkdirSync(path, { mode: 0o777 }));
const made = Deno.statSync(path).mode & 0o777;
const afterwards = Deno.umask();
try {
  underMask(0o077, () => { throw new RangeError("no room"); });
} catch {
  console.log(JSON.stringify([made, afterwards, Deno.umask()]));
}
`;

Deno.test("underMask() makes a thing under its mask, and puts the one before back, whatever happens", async () => {
  const directory = await Deno.makeTempDir();
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", PROGRAM, `${directory}/made`],
    stderr: "inherit",
  }).output();
  await Deno.remove(directory, { recursive: true });
  assertEquals(JSON.parse(new TextDecoder().decode(stdout)), [0o700, 0o777, 0o777]);
});
