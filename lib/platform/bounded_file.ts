/**
 * Files that must not be longer than they should.
 *
 * @module
 */

/** Bytes of one read. */
const PIECE = 64 * 1024;

/**
 * Reads a text of UTF-8 from whatever opens like a file, also a pipe or a device that never ends.
 *
 * @param most bytes that it may have
 * @throws {Error} it is longer, or cannot be read
 */
export async function readTextUpTo(path: string, most: number): Promise<string> {
  using file = await Deno.open(path);
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(PIECE);
  let text = "";
  let length = 0;
  for (;;) {
    const read = await file.read(buffer);
    if (read === null) return text + decoder.decode();
    length += read;
    if (length > most) throw new Error(`longer than ${most} bytes`);
    text += decoder.decode(buffer.subarray(0, read), { stream: true });
  }
}

/**
 * The same for one that must be read at once: only a true file, for any other might never answer.
 *
 * @throws {Error} it is no file, is longer, or cannot be read
 */
export function readTextUpToSync(path: string, most: number): string {
  const { isFile, size } = Deno.statSync(path);
  if (!isFile) throw new Error("it is no file");
  if (size > most) throw new Error(`longer than ${most} bytes`);
  return Deno.readTextFileSync(path);
}
