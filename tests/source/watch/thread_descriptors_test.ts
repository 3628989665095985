import { assert, assertEquals } from "@std/assert";

const options = { ignore: Deno.build.os !== "linux" };

const PROGRAM = new URL("./descriptor_program.ts", import.meta.url).pathname;

/** Descriptors that a program may have. */
const LIMIT = 150;

/** What a part of the program says. It fails where threads that have ended left something open. */
async function outcome(part: string): Promise<unknown> {
  const words = [Deno.execPath(), "run", "-A", "--quiet", "--no-check", PROGRAM, part];
  const script = `ulimit -n ${LIMIT} && exec "$@"`;
  const { success, stdout, stderr } = await new Deno.Command("/bin/sh", {
    args: ["-c", script, "sh", ...words],
    env: { NO_COLOR: "1" },
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

Deno.test("watch: its end leaves nothing open", options, async () => {
  assertEquals(await outcome("opened"), "opened");
});

Deno.test(
  "watch: where no thread can be had its run fails, and nothing else ends",
  options,
  async () => {
    const reason = "no thread can be begun: too many files and connections are open";
    assertEquals(await outcome("none"), [reason, reason, "connected: 1 file"]);
  },
);
