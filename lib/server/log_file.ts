/**
 * A log in files that are rotated while they are written.
 *
 * @module
 */

import { BusError } from "../protocol/errors.ts";
import { printable } from "../platform/printable.ts";
import { makePrivateFile } from "../platform/private_file.ts";

/** Bytes of one file, after which the next one is begun. */
export const LOG_FILE_BYTES = 1024 * 1024;

/** Files that are kept, the one being written included. */
export const LOG_FILES = 5;

/**
 * Writes bytes to `PATH`; when that is full it becomes `PATH.1`, what was `PATH.1` becomes `PATH.2`,
 * and so on to the last, which goes.
 *
 * A write fails where the disk is full or the directory closed; the next one is tried anew, with the
 * file opened again, so that a log goes on as soon as it can.
 */
export class LogFile {
  #file: Deno.FsFile | undefined;
  #size = 0;
  #reopen = false;

  /** @param path the file; its directory is there and the user's own */
  constructor(private readonly path: string, private readonly maxBytes = LOG_FILE_BYTES) {}

  /**
   * Writes a part, as `Deno.stderr` does.
   *
   * @throws {BusError} `unsafe_path` where the path is no file of the user's; what the system says
   * where it cannot be written
   */
  async write(bytes: Uint8Array): Promise<number> {
    try {
      const file = await this.#current(bytes.length);
      const written = await file.write(bytes);
      this.#size += written;
      return written;
    } catch (error) {
      this.#close();
      throw error;
    }
  }

  /** Opens the file, where it is not open: to learn before the first line whether that can be. */
  async open(): Promise<void> {
    this.#file ??= await this.#open();
  }

  /** From the next write on the path is opened anew: somebody has moved the file away. */
  reopen(): void {
    this.#reopen = true;
  }

  /** Closes the file. */
  close(): void {
    this.#close();
  }

  async #current(bytes: number): Promise<Deno.FsFile> {
    if (this.#reopen) this.#close();
    this.#reopen = false;
    this.#file ??= await this.#open();
    if (this.#size === 0 || this.#size + bytes <= this.maxBytes) return this.#file;
    this.#close();
    await this.#shift();
    return this.#file = await this.#open();
  }

  async #open(): Promise<Deno.FsFile> {
    const { path } = this;
    makePrivateFile(path);
    const found = await Deno.lstat(path);
    // Looked at before it is opened, too: opening a pipe would wait for whoever reads it.
    if (!found.isFile || found.uid !== Deno.uid()) throw notOurs(path);
    const file = await Deno.open(path, { append: true });
    const opened = await file.stat();
    // Opening follows a link, so what was opened must be what was looked at.
    if (opened.ino !== found.ino || opened.dev !== found.dev) {
      file.close();
      throw notOurs(path);
    }
    this.#size = opened.size;
    return file;
  }

  async #shift(): Promise<void> {
    for (let number = LOG_FILES - 1; number >= 1; number--) {
      const from = number === 1 ? this.path : `${this.path}.${number - 1}`;
      try {
        await Deno.rename(from, `${this.path}.${number}`);
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
  }

  #close(): void {
    this.#file?.close();
    this.#file = undefined;
    this.#size = 0;
  }
}

function notOurs(path: string): BusError {
  const where = printable(path);
  const hint = `see what it is, and remove it or choose another with --log: ls -ld ${where}`;
  return new BusError("unsafe_path", `the log ${where} is no file of yours`, hint);
}
