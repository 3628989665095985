/**
 * A file that is read while others write to it.
 *
 * @module
 */

import { MAX_FRAME_BYTES } from "../../protocol/limits.ts";
import { identityOf } from "../file_identity.ts";

/** Bytes that are read at once. */
const BLOCK = 65_536;

/** Bytes before the place of reading by which a file is known that was cut and written anew. */
const KNOWN = 64;

const LINE_FEED = 0x0a;

/** Reads what is there, and what comes to it. */
export class TailedFile {
  readonly #buffer = new Uint8Array(KNOWN + BLOCK);
  /** What was before the place of reading, as it was read. */
  #known: Uint8Array;
  #isCut = false;
  #read: number;
  #lineEnd: number;
  #lineStarts: readonly number[] = [];

  private constructor(
    private readonly file: Deno.FsFile,
    /** Which file it is. */
    readonly identity: string,
    from: number,
    known: Uint8Array,
  ) {
    this.#known = known;
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
      const known = new Uint8Array(Math.min(KNOWN, start));
      await file.seek(start - known.length, Deno.SeekMode.Start);
      const count = await file.read(known) ?? 0;
      return new TailedFile(file, identityOf(info), start, known.subarray(0, count));
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** The offset behind the end of the last line that was read. */
  get lineEnd(): number {
    return this.#lineEnd;
  }

  /** The offsets at which the lines begin that have their end in what was read last. */
  get lineStarts(): readonly number[] {
    return this.#lineStarts;
  }

  /** How it is now. */
  stat(): Promise<Deno.FileInfo> {
    return this.file.stat();
  }

  /** Whether it has got shorter than what was read of it, or was written anew since. */
  async isCut(): Promise<boolean> {
    return this.#isCut || (await this.stat()).size < this.#read;
  }

  /** What comes next, good until the next is asked for; nothing at the end, or where it was cut. */
  async read(): Promise<Uint8Array | undefined> {
    if (this.#isCut) return undefined;
    const before = this.#known.length;
    // With what comes next what was before is read, so that both are of the same moment.
    await this.file.seek(this.#read - before, Deno.SeekMode.Start);
    const count = await this.file.read(this.#buffer.subarray(0, before + BLOCK)) ?? 0;
    this.#isCut = count < before || !this.#isKnown(this.#buffer.subarray(0, before));
    if (this.#isCut || count === before) return undefined;
    const bytes = this.#buffer.subarray(before, count);
    this.#known = this.#buffer.slice(Math.max(0, count - KNOWN), count);
    const starts = [this.#lineEnd];
    for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, end + 1)) {
      starts.push(this.#read + end + 1);
    }
    this.#lineEnd = starts.pop() ?? this.#lineEnd;
    this.#lineStarts = starts;
    this.#read += bytes.length;
    return bytes;
  }

  /** Who writes on where it was, after a cut, leaves a hole before that: then nothing is written anew. */
  #isKnown(bytes: Uint8Array): boolean {
    return bytes.every((byte, at) => byte === this.#known[at]) || bytes.every((byte) => byte === 0);
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
