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
