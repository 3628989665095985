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

Deno.test(
  "filter: its end leaves nothing open, after a break-down, while it is busy and after a check too",
  options,
  async () => assertEquals(await outcome("opened"), Array(2).fill("jq was ended")),
);

Deno.test(
  "filter: where jq breaks down or takes too long its thread goes on",
  options,
  async () => {
    const [broke, late] = ["jq broke down", "jq took too long"];
    const verdicts = [broke, late, "passes", broke, broke, "passes"];
    assertEquals(await outcome("broken"), [...verdicts, 1]);
  },
);

Deno.test(
  "filter: where jq took up much memory before it broke down the thread ends, and leaves nothing open",
  options,
  async () => {
    assertEquals(await outcome("large"), [true, false, true, false, true, 3]);
  },
);

Deno.test(
  "filter: where no thread can be had that is said, and nothing else ends",
  options,
  async () => {
    const reason = "failed: no thread can be begun: too many files and connections are open";
    const refused = [reason, reason, reason];
    assertEquals(await outcome("none"), [...refused, ...refused, "passes"]);
  },
);
