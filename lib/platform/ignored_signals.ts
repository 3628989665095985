/**
 * Signals that whoever started this process has told it to ignore.
 *
 * @module
 */

/**
 * Whether a signal is ignored, as long as nothing here listens to it; false where the system does not
 * tell.
 *
 * @param number the signal's number
 * @param read reads a file: `/proc/self/status`, as proc(5) has it
 */
export function isIgnored(number: number, read = Deno.readTextFileSync): boolean {
  try {
    const [, mask = "0"] = /^SigIgn:\s*([0-9a-f]+)$/m.exec(read("/proc/self/status")) ?? [];
    return (BigInt(`0x${mask}`) >> BigInt(number - 1) & 1n) === 1n;
  } catch {
    return false;
  }
}
