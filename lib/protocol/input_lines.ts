/**
 * Lines of text from outside, with a bound on what is held of them.
 *
 * @module
 */

import { BusError } from "./errors.ts";
import { GatheredBytes } from "./gathered_bytes.ts";
import { MAX_FRAME_BYTES } from "./limits.ts";

/** One line of the input, without its end. */
export interface InputLine {
  /** From 1; every line counts, empty ones too. */
  readonly number: number;
  readonly text: string;
}

const LINE_FEED = 0x0a;
const BYTE_ORDER_MARK = "\uFEFF";

/**
 * Reads lines as they come: those that arrived together come together. Lines of blanks alone are
 * skipped; a last line needs no end; a byte order mark at the start is left out.
 *
 * @param chunks the input; each chunk is good until the next is asked for
 * @param skip is told what is wrong with a line, which is then left out; where it is not given that
 * is thrown, after the lines before it
 * @throws {BusError} `bad_input`: a line that is not UTF-8 or longer than any event. Its message
 * names the line
 */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  skip?: (fault: BusError) => void,
): AsyncGenerator<InputLine[], void, void> {
  const cutter = new LineCutter();
  for await (const chunk of chunks) {
    yield* handed(cutter.cut(chunk, skip === undefined), skip);
  }
  yield* handed(cutter.end(), skip);
}

/** What a piece of the input held. */
interface Cut {
  readonly lines: InputLine[];
  readonly faults: BusError[];
}

function* handed({ lines, faults }: Cut, skip?: (fault: BusError) => void) {
  if (lines.length > 0) yield lines;
  for (const fault of faults) {
    if (!skip) throw fault;
    skip(fault);
  }
}

class LineCutter {
  readonly #unended = new GatheredBytes();
  #number = 0;
  /** The line was too long already: its rest is left out. */
  #isPassing = false;

  /** @param stops whether nothing is to be taken after a fault */
  cut(chunk: Uint8Array, stops: boolean): Cut {
    const cut: Cut = { lines: [], faults: [] };
    let at = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, at)) {
      if (!this.#isPassing) this.#unended.append(chunk.subarray(at, end));
      at = end + 1;
      if (this.#isPassing) this.#isPassing = false;
      else this.#take(cut);
      if (stops && cut.faults.length > 0) return cut;
    }
    if (!this.#isPassing) this.#unended.append(chunk.subarray(at));
    if (this.#unended.length > MAX_FRAME_BYTES) {
      this.#take(cut);
      this.#isPassing = true;
    }
    return cut;
  }

  end(): Cut {
    const cut: Cut = { lines: [], faults: [] };
    if (this.#unended.length > 0) this.#take(cut);
    return cut;
  }

  #take({ lines, faults }: Cut): void {
    const bytes = this.#unended.take();
    const number = ++this.#number;
    if (bytes.length > MAX_FRAME_BYTES) {
      faults.push(badLine(`line ${number} is longer than ${MAX_FRAME_BYTES} bytes`));
      return;
    }
    const decoded = decodeStrictly(bytes);
    if (decoded === undefined) {
      faults.push(badLine(`line ${number} is not UTF-8`));
      return;
    }
    const text = number === 1 ? withoutMark(decoded) : decoded;
    if (!/^[ \t\r]*$/.test(text)) lines.push({ number, text: text.replace(/\r$/, "") });
  }
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text of bytes; nothing where they are not UTF-8. */
export function decodeStrictly(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** A text without the byte order mark that may stand at its start. */
export function withoutMark(text: string): string {
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}

function badLine(message: string): BusError {
  return new BusError("bad_input", message);
}
