import { assertEquals } from "@std/assert";
import { descriptors } from "../../lib/platform/descriptors.ts";

const options = { ignore: Deno.build.os !== "linux" };

const MODULE = new URL("../../lib/platform/descriptors.ts", import.meta.url).href;

/** In a process of its own: other tests open and close files in this one. */
const PROGRAM = `
import { descriptors } from ${JSON.stringify(MODULE)};
const before = descriptors();
using _file = Deno.openSync("/dev/null");
const after = descriptors();
console.log(JSON.stringify([before.limit <= before.hardLimit, after.open - before.open]));
`;

Deno.test("descriptors() counts what this process has open", options, async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", PROGRAM],
    stderr: "inherit",
  }).output();
  assertEquals(JSON.parse(new TextDecoder().decode(stdout)), [true, 1]);
});

Deno.test("descriptors() of another process are that one's", options, async () => {
  const script = "ulimit -n 77; echo; read line";
  const child = new Deno.Command("/bin/sh", {
    args: ["-c", script],
    stdin: "piped",
    stdout: "piped",
  })
    .spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  const { limit, hardLimit } = descriptors(child.pid) ?? {};
  await child.stdin.close();
  await reader.cancel();
  await child.status;
  assertEquals([limit, hardLimit], [77, 77]);
  assertEquals(descriptors(child.pid), undefined);
});

/** What is so before, after each raise, and after one beyond what the system allows. */
const RAISING = `
import { descriptors, raiseDescriptorLimit } from ${JSON.stringify(MODULE)};
await new Deno.Command("prlimit", { args: ["--pid", Deno.pid, "--nofile=200:900"] }).output();
const limits = [descriptors()];
for (const wanted of [199, 201, Infinity]) {
  raiseDescriptorLimit(wanted);
  limits.push(descriptors());
}
console.log(JSON.stringify(limits.map(({ limit, hardLimit }) => [limit, hardLimit])));
`;

Deno.test(
  "raiseDescriptorLimit() raises it as far as wanted and allowed, and never lowers it",
  options,
  async () => {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", "--quiet", RAISING],
      stderr: "inherit",
    }).output();
    assertEquals(JSON.parse(new TextDecoder().decode(stdout)), [
      [200, 900],
      [200, 900],
      [201, 900],
      [900, 900],
    ]);
  },
);
