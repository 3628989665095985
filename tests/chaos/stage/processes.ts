/**
 * The processes of a place that nobody here has started: hubs that consumers started by need.
 *
 * @module
 */

/** The pids of the hubs of a place, those that have not come to listen yet included. */
export function hubsOf(directory: string): number[] {
  const pids: number[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const words = read(`/proc/${name}/cmdline`);
    if (!words.split("\0").includes("serve")) continue;
    if (`${words}${read(`/proc/${name}/environ`)}`.includes(directory)) pids.push(Number(name));
  }
  return pids;
}

/** Whether a process is there and has not ended: one that nobody has waited for has. */
export function isAlive(pid: number): boolean {
  const [, state = "Z"] = /\) (\S)/.exec(read(`/proc/${pid}/stat`)) ?? [];
  return state !== "Z" && state !== "X";
}

/** Kills a process by SIGKILL. Returns whether it was there to be killed. */
export function kill(pid: number): boolean {
  if (!isAlive(pid)) return false;
  try {
    Deno.kill(pid, "SIGKILL");
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** How many descriptors a process has. */
export function descriptorsOf(pid: number): number {
  return [...Deno.readDirSync(`/proc/${pid}/fd`)].length;
}

/** Whether a process has a file open. */
export function hasOpen(pid: number, path: string): boolean {
  try {
    return [...Deno.readDirSync(`/proc/${pid}/fd`)]
      .some(({ name }) => Deno.readLinkSync(`/proc/${pid}/fd/${name}`) === path);
  } catch {
    // It has ended since, or closed what was being looked at.
    return false;
  }
}

function read(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    // It has ended since.
    return "";
  }
}
