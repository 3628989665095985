/**
 * A file that is read while others write to it.
 *
 * @module
 */

import { MAX_FRAME_BYTES } from "../../protocol/limits.ts";
import { identityOf } from "../file_identity.ts";

/** Bytes that are read at once. */
const BLOCK = 65_536;

const LINE_FEED = 0x0a;

/** Reads what is there, and what comes to it. */
export class TailedFile {
  readonly #buffer = new Uint8Array(BLOCK);
  #read: number;
  #lineEnd: number;

  private constructor(
    private readonly file: Deno.FsFile,
    /** Which file it is. */
    readonly identity: string,
    from: number,
  ) {
    this.#read = from;
    this.#lineEnd = from;
  }

  /**
   * Opens a file.
   *
   * @param from an offset in bytes; or the end, which is before a last line that has none
   * @throws what the system says: it is not there, or cannot be read
   */
  static async open(path: string, from: number | "end"): Promise<TailedFile> {
    // Opening a pipe would wait for somebody who writes to it.
    if (!(await Deno.stat(path)).isFile) throw new Error("it is no file");
    const file = await Deno.open(path);
    try {
      const info = await file.stat();
      if (!info.isFile) throw new Error("it is no file");
      const offset = from === "end" ? await lastLineEnd(file, info.size) : from;
      // Of one that has got shorter all is new.
      const start = offset > info.size ? 0 : offset;
      await file.seek(start, Deno.SeekMode.Start);
      return new TailedFile(file, identityOf(info), start);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** The offset behind the end of the last line that was read. */
  get lineEnd(): number {
    return this.#lineEnd;
  }

  /** How it is now. */
  stat(): Promise<Deno.FileInfo> {
    return this.file.stat();
  }

  /** Whether it has got shorter than what was read of it. */
  async isCut(): Promise<boolean> {
    return (await this.stat()).size < this.#read;
  }

  /** What comes next, good until the next is asked for; nothing at the end. */
  async read(): Promise<Uint8Array | undefined> {
    const count = await this.file.read(this.#buffer);
    if (!count) return undefined;
    const bytes = this.#buffer.subarray(0, count);
    const end = bytes.lastIndexOf(LINE_FEED);
    if (end !== -1) this.#lineEnd = this.#read + end + 1;
    this.#read += count;
    return bytes;
  }

  /** Lets go of it. */
  close(): void {
    this.file.close();
  }
}

/** The end of the last line that has one; that of the file where no line can be so long. */
async function lastLineEnd(file: Deno.FsFile, size: number): Promise<number> {
  const buffer = new Uint8Array(BLOCK);
  for (let to = size; to > 0 && size - to <= MAX_FRAME_BYTES;) {
    const from = Math.max(0, to - BLOCK);
    await file.seek(from, Deno.SeekMode.Start);
    const count = await file.read(buffer.subarray(0, to - from)) ?? 0;
    const end = buffer.subarray(0, count).lastIndexOf(LINE_FEED);
    if (end !== -1) return from + end + 1;
    if (from === 0) return 0;
    to = from;
  }
  return size;
}
