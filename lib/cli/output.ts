/**
 * What a command says: data on stdout, talk on stderr. Nothing else writes there.
 *
 * @module
 */

import { printable } from "../platform/printable.ts";
import { systemReason } from "../platform/system_reason.ts";
import { BusError } from "../protocol/errors.ts";
import { type Paint, paint } from "./paint.ts";
import { TextWriter, type WritableEnd } from "./text_writer.ts";

/** Characters that may wait for a slow reader of stdout before the command waits too. */
const STDOUT_WAITING = 64 * 1024;

/** Characters that may wait for a slow reader of stderr before lines are left out. */
const STDERR_WAITING = 64 * 1024;

/** Milliseconds that the talk may take to go out at the end. */
const TALK_MS = 1_000;

/** Characters of an error, whatever was given to it. */
const LONGEST_ERROR = 2_000;

const CLEAR_LINE = "\r\x1b[K";

/** Who read stdout has gone. Not a failure: the command ends, quietly. */
export class ReaderGoneError extends Error {
  override readonly name = "ReaderGoneError";
}

/** One of the standard streams. */
export interface OutputEnd extends WritableEnd {
  isTerminal(): boolean;
}

/** What {@linkcode Output} knows of its surroundings. */
export interface OutputOptions {
  stdout?: OutputEnd;
  stderr?: OutputEnd;
  /** Whether colours are wanted where there is a terminal. */
  colours?: boolean;
  /** Columns of the terminal. */
  columns?: () => number;
}

/** The stdout and stderr of one run. */
export class Output {
  /** Whether people read stdout. */
  readonly isTerminal: boolean;
  /** Whether people read stderr. */
  readonly isTalkTerminal: boolean;
  /** Colours for stdout. */
  readonly paint: Paint;
  readonly #talkPaint: Paint;
  readonly #columns: () => number;
  readonly #data: TextWriter;
  readonly #talk: TextWriter;
  #progress = "";

  constructor(options: OutputOptions = {}) {
    const { stdout = Deno.stdout, stderr = Deno.stderr, colours = coloursWanted() } = options;
    this.isTerminal = stdout.isTerminal();
    this.isTalkTerminal = stderr.isTerminal();
    this.paint = paint(this.isTerminal && colours);
    this.#talkPaint = paint(this.isTalkTerminal && colours);
    this.#columns = options.columns ?? terminalColumns;
    this.#data = new TextWriter(stdout, STDOUT_WAITING);
    this.#talk = new TextWriter(stderr, STDERR_WAITING);
  }

  /** Fires when stdout takes nothing more: its reader has gone, or the disk is full. */
  get broken(): AbortSignal {
    return this.#data.broken;
  }

  /** Whether stderr takes nothing more. It is known once something was said in vain. */
  get isTalkBroken(): boolean {
    return this.#talk.broken.aborted;
  }

  /** Columns that a line on stdout may have; none where no terminal cuts it. */
  get columns(): number | undefined {
    return this.isTerminal ? this.#columns() : undefined;
  }

  /**
   * Writes text to stdout, at once. Resolves when there is room for more, which is at once unless
   * its reader is slow.
   *
   * @param signal when it fires there is no more waiting for room
   * @throws {ReaderGoneError} nobody reads it any more
   * @throws {BusError} `failed`: it cannot be written
   */
  async write(text: string, signal?: AbortSignal): Promise<void> {
    this.#data.push(text);
    await this.#checked(this.#data.room(signal));
  }

  /** Writes text to stdout and waits until all is taken. As {@linkcode write} else. */
  async print(text: string): Promise<void> {
    await this.write(text);
    await this.flush();
  }

  /**
   * Waits until all that was given to stdout is taken.
   *
   * @param patience milliseconds in which nothing may be taken
   * @returns whether all was taken
   */
  async flush(patience: number = Infinity): Promise<boolean> {
    return await this.#checked(this.#data.flush(patience));
  }

  /** Says a line to the one who started the command. Its text must be printable. */
  say(line: string): void {
    // Talk that nobody takes must not hold up the data.
    if (!this.#talk.isFull) this.#talk.push(`${this.#clearProgress()}${line}\n`);
  }

  /** Says that something went wrong, in one line, whatever the text holds. */
  sayError(text: string): void {
    this.say(`${this.#talkPaint.red("error:")} ${printable(text, LONGEST_ERROR)}`);
  }

  /** Shows how far a long work is, in a line that the next one replaces; on a terminal only. */
  showProgress(text: string): void {
    if (!this.isTalkTerminal || this.#talk.isFull) return;
    this.#talk.push(`${this.#clearProgress()}${text}`);
    this.#progress = text;
  }

  /** Waits a moment until what was said has gone out. */
  async end(): Promise<void> {
    this.#talk.push(this.#clearProgress());
    // There is nobody left to tell where this fails.
    await this.#talk.flush(TALK_MS).catch(() => {});
  }

  #clearProgress(): string {
    if (this.#progress === "") return "";
    this.#progress = "";
    return CLEAR_LINE;
  }

  async #checked<T>(written: Promise<T>): Promise<T> {
    try {
      return await written;
    } catch (error) {
      if (error instanceof Deno.errors.BrokenPipe) throw new ReaderGoneError();
      throw new BusError("failed", `cannot write to stdout: ${systemReason(error)}`);
    }
  }
}

function coloursWanted(): boolean {
  return !Deno.noColor && Deno.env.get("TERM") !== "dumb";
}

function terminalColumns(): number {
  try {
    return Deno.consoleSize().columns;
  } catch {
    return 80;
  }
}
