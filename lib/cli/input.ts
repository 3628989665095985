/**
 * What a command reads from stdin, with a bound on what is held of it.
 *
 * @module
 */

import { BusError } from "../protocol/errors.ts";
import { GatheredBytes } from "../protocol/gathered_bytes.ts";
import { MAX_FRAME_BYTES } from "../protocol/limits.ts";

/** One line of the input, without its end. */
export interface InputLine {
  /** From 1; every line counts, empty ones too. */
  readonly number: number;
  readonly text: string;
}

const LINE_FEED = 0x0a;
const BYTE_ORDER_MARK = "\uFEFF";
const CHUNK_BYTES = 64 * 1024;

/** The stdin of this process. */
export class StandardInput {
  /** Whether people type there. */
  get isTerminal(): boolean {
    return Deno.stdin.isTerminal();
  }

  /** The bytes, each chunk good until the next is asked for. */
  async *chunks(): AsyncGenerator<Uint8Array, void, void> {
    const buffer = new Uint8Array(CHUNK_BYTES);
    for (;;) {
      const length = await readStdin(buffer);
      if (length === null) return;
      yield buffer.subarray(0, length);
    }
  }
}

async function readStdin(buffer: Uint8Array): Promise<number | null> {
  try {
    return await Deno.stdin.read(buffer);
  } catch (error) {
    // A directory, or what was opened for writing alone.
    const reason = error instanceof Error ? error.message : String(error);
    throw badInput(
      `stdin cannot be read: ${reason}`,
      "pipe the input in, or give it as an argument",
    );
  }
}

/**
 * Reads a text that may stand in several lines, to its end. A byte order mark at its start is left
 * out.
 *
 * @throws {BusError} `bad_input`: it is empty, not UTF-8, or longer than any payload
 */
export async function readText(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const gathered = new GatheredBytes();
  for await (const chunk of chunks) {
    gathered.append(chunk);
    if (gathered.length > MAX_FRAME_BYTES) {
      throw badInput(`stdin is longer than the longest payload, ${MAX_FRAME_BYTES} bytes`);
    }
  }
  const text = withoutMark(decodeStrictly(gathered.take()) ?? fail(`stdin is not UTF-8`));
  if (/^[ \t\r\n]*$/.test(text)) {
    throw badInput("stdin is empty", "give the payload as an argument, or pipe it in");
  }
  return text;
}

/**
 * Reads lines as they come: those that arrived together come together. Lines of blanks alone are
 * skipped; a last line needs no end; a byte order mark at the start is left out.
 *
 * @throws {BusError} `bad_input`, after the lines before it: a line that is not UTF-8 or longer
 * than any event. Its message names the line
 */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<InputLine[], void, void> {
  const unended = new GatheredBytes();
  let number = 0;
  const take = (bytes: Uint8Array, lines: InputLine[]): BusError | undefined => {
    number++;
    if (bytes.length > MAX_FRAME_BYTES) {
      return badInput(`line ${number} is longer than ${MAX_FRAME_BYTES} bytes`);
    }
    const decoded = decodeStrictly(bytes);
    if (decoded === undefined) return badInput(`line ${number} is not UTF-8`);
    const text = number === 1 ? withoutMark(decoded) : decoded;
    if (!/^[ \t\r]*$/.test(text)) lines.push({ number, text: text.replace(/\r$/, "") });
    return undefined;
  };
  for await (const chunk of chunks) {
    const lines: InputLine[] = [];
    let problem: BusError | undefined;
    let at = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, at)) {
      unended.append(chunk.subarray(at, end));
      at = end + 1;
      problem = take(unended.take(), lines);
      if (problem) break;
    }
    if (!problem) unended.append(chunk.subarray(at));
    if (unended.length > MAX_FRAME_BYTES) problem = take(unended.take(), lines);
    if (lines.length > 0) yield lines;
    if (problem) throw problem;
  }
  const last: InputLine[] = [];
  const problem = unended.length > 0 ? take(unended.take(), last) : undefined;
  if (last.length > 0) yield last;
  if (problem) throw problem;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decodeStrictly(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

function withoutMark(text: string): string {
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}

function badInput(message: string, hint?: string): BusError {
  return new BusError("bad_input", message, hint);
}

function fail(message: string): never {
  throw badInput(message);
}
