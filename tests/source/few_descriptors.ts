/**
 * Programs of tests in processes of their own, which may have few descriptors.
 *
 * @module
 */

import { assert } from "@std/assert";

/** Descriptors that a program may have. */
const LIMIT = 150;

/**
 * What a part of a program says. It fails where threads that have ended left something open.
 *
 * @param program its path; its argument is the part
 */
export async function outcomeOf(program: URL, part: string): Promise<unknown> {
  const words = [Deno.execPath(), "run", "-A", "--quiet", "--no-check", program.pathname, part];
  const script = `ulimit -n ${LIMIT} && exec "$@"`;
  const { success, stdout, stderr } = await new Deno.Command("/bin/sh", {
    args: ["-c", script, "sh", ...words],
    env: { NO_COLOR: "1" },
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}
