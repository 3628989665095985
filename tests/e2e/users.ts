/**
 * Programs run as another user than root, who passes every check of a mode for nothing.
 *
 * @module
 */

/** Whether the tests run as root, who alone can become somebody else. */
export const isRoot = Deno.uid() === 0;

/** The user whose hubs the tests run where they themselves run as root. */
export const USER = 1000;

/** A user who has no business with those hubs. */
export const INTRUDER = 65534;

/** Whether a command can be run here, and ends well. */
export function canRun(command: string, ...args: string[]): boolean {
  try {
    return new Deno.Command(command, { args, stdout: "null", stderr: "null" }).outputSync().success;
  } catch {
    return false;
  }
}

/** The words before a command that make it one of another user's. */
export function asUser(uid: number): string[] {
  return ["setpriv", `--reuid=${uid}`, `--regid=${uid}`, "--clear-groups"];
}

/** Whether a program can be run by another user: it may lie where only root gets to. */
export function canRunAs(uid: number, program: string): boolean {
  const [command = "", ...args] = asUser(uid);
  return isRoot && canRun(command, ...args, program, "--version");
}
