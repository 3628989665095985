/**
 * How many files and sockets a process may have open.
 *
 * @module
 */

/** A process's limit of descriptors. */
export interface Descriptors {
  /** How many it may have open at once. */
  readonly limit: number;
  /** How far it may raise that limit itself. */
  readonly hardLimit: number;
  /** How many it has open. */
  readonly open: number;
}

/** The limit of a process, of this one unless a pid is given; nothing where the system does not say. */
export function descriptors(pid: number | "self" = "self"): Descriptors | undefined {
  try {
    const limits = Deno.readTextFileSync(`/proc/${pid}/limits`);
    const [, soft, hard] = /^Max open files +(\d+) +(\d+|unlimited)/m.exec(limits) ?? [];
    if (soft === undefined || hard === undefined) return undefined;
    return {
      limit: Number(soft),
      hardLimit: hard === "unlimited" ? Infinity : Number(hard),
      open: [...Deno.readDirSync(`/proc/${pid}/fd`)].length,
    };
  } catch {
    return undefined;
  }
}
