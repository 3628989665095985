import { assert, assertEquals } from "@std/assert";
import { descriptors } from "../../lib/platform/descriptors.ts";

const options = { ignore: Deno.build.os !== "linux" };

Deno.test("descriptors() counts what this process has open", options, () => {
  const before = descriptors();
  assert(before);
  assert(before.limit <= before.hardLimit);
  using _file = Deno.openSync("/dev/null");
  assertEquals(descriptors()?.open, before.open + 1);
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
