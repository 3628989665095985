/**
 * What a program had of the processor, and what it had to wait for it.
 *
 * @module
 */

/** Milliseconds of a process's first thread, which is a hub's loop. */
export interface ProcessorTime {
  readonly ran: number;
  /** It could have run, and others did. */
  readonly waited: number;
}

/** All so far; nothing of both where the system does not tell. */
export function processorTime(pid: number): ProcessorTime {
  try {
    const text = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/schedstat`);
    const [ran = 0, waited = 0] = text.split(" ").map((nanoseconds) => Number(nanoseconds) / 1e6);
    return { ran, waited };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { ran: 0, waited: 0 };
    throw error;
  }
}

/** How many times longer everything took than it does where nobody else wants the processor. */
export function stretch(from: ProcessorTime, to: ProcessorTime): number {
  const [ran, waited] = [to.ran - from.ran, to.waited - from.waited];
  return ran > 0 ? (ran + waited) / ran : 1;
}
