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

/** The limit of a process that has raised it as far as it may and wants. */
export function raised({ limit, hardLimit }: Descriptors, wanted: number): number {
  return Math.max(limit, Math.min(wanted, hardLimit));
}

/** From the headers of Linux, the same on all machines that Deno runs on. */
const RLIMIT_NOFILE = 7;

/**
 * Raises this process's limit of descriptors, as far as the system allows. Deno does so for programs
 * that it runs, a compiled program does not by itself. Where it cannot be done all stays as it is.
 *
 * @param wanted how many the process may come to have open
 */
export function raiseDescriptorLimit(wanted: number): void {
  const before = descriptors();
  if (before === undefined) return;
  const { limit, hardLimit } = before;
  const soft = raised(before, wanted);
  if (soft === limit) return;
  const hard = hardLimit === Infinity ? 2n ** 64n - 1n : BigInt(hardLimit);
  try {
    const library = Deno.dlopen("libc.so.6", {
      setrlimit: { parameters: ["i32", "buffer"], result: "i32" },
    });
    library.symbols.setrlimit(
      RLIMIT_NOFILE,
      new Uint8Array(BigUint64Array.of(BigInt(soft), hard).buffer),
    );
    library.close();
  } catch {
    // Another library of C, or none that can be called.
  }
}
