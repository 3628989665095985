/**
 * Whose turn it is to start a hub.
 *
 * @module
 */

/**
 * Takes the turn to start a hub in a directory, so that of many who find none one starts it. It is a
 * lock on the directory itself, which leaves no file behind and ends with the process that has it.
 *
 * It only saves work: which hub is the one its own lock decides.
 *
 * @returns the turn, to be given back, or nothing where another process has it
 */
export async function takeStartTurn(directory: string): Promise<Disposable | undefined> {
  let file: Deno.FsFile | undefined;
  try {
    file = await Deno.open(directory);
    if (await file.tryLock(true)) return file;
    file.close();
    return undefined;
  } catch {
    // A directory that cannot be read or locked keeps nobody from starting a hub.
    file?.close();
    return { [Symbol.dispose]() {} };
  }
}
