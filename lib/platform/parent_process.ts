/**
 * Who began a process.
 *
 * @module
 */

/** The pid of the process that began another one; nothing where that has ended, or is unknown. */
export async function parentProcess(pid: number): Promise<number | undefined> {
  try {
    const status = await Deno.readTextFile(`/proc/${pid}/status`);
    const parent = /^PPid:\s+(\d+)$/m.exec(status)?.[1];
    return parent === undefined ? undefined : Number(parent);
  } catch {
    // It has ended, or this system has no such file.
    return undefined;
  }
}
