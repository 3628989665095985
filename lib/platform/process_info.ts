/**
 * What the system says of a process.
 *
 * @module
 */

import { printable } from "./printable.ts";

/** A process. */
export interface ProcessInfo {
  readonly pid: number;
  /** The name of its program, of at most 15 bytes; none where the system does not say. */
  readonly program?: string;
  /** Whether it was stopped, by SIGSTOP or Ctrl-Z, and stands still until SIGCONT. */
  readonly isStopped: boolean;
}

/** Looks at a process. */
export async function processInfo(pid: number): Promise<ProcessInfo> {
  try {
    return readStat(pid, await Deno.readTextFile(`/proc/${pid}/stat`));
  } catch {
    // It has ended, or this system has no such file.
    return { pid, isStopped: false };
  }
}

/** @param stat the text of `/proc/<pid>/stat`: `<pid> (<program>) <state> …`, the name as it is */
export function readStat(pid: number, stat: string): ProcessInfo {
  const [, program, state] = /^\d+ \((.*)\) (\S)/s.exec(stat) ?? [];
  if (program === undefined) return { pid, isStopped: false };
  return { pid, program: printable(program), isStopped: state === "T" || state === "t" };
}
