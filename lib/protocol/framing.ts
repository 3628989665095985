/**
 * Bytes to lines, with a bound.
 *
 * @module
 */

import { TextLineStream } from "@std/streams/text-line-stream";
import { BadFrameError, FrameTooLargeError } from "./errors.ts";
import { GatheredBytes } from "./gathered_bytes.ts";
import { giveBack } from "./give_back.ts";
import { MAX_FRAME_BYTES } from "./limits.ts";
import { Lines } from "./lines.ts";

/** A line without its end, or what stands in its place. */
export type Frame = string | BadFrameError | FrameTooLargeError;

/** What {@linkcode frames} reports while it runs. */
export interface FramingOptions {
  /**
   * Called whenever what is held has changed.
   *
   * @param unfinished bytes that are taken up by a line that is not whole yet
   * @param arrived bytes of the batch that is being dealt with
   */
  held?: (unfinished: number, arrived: number) => void;
}

/** The same, and how the lines come. */
export interface LinesOptions extends FramingOptions {
  /**
   * Asked for each chunk: whether its lines come together, as {@linkcode Lines}. Once it has said yes it
   * is not asked again.
   */
  readonly together: () => boolean;
}

const LINE_FEED = 0x0a;

/**
 * Lines that are cut at once. A chunk of the shortest lines holds tens of thousands, and whoever
 * deals with them must be able to let others have a turn.
 */
export const LINES_AT_ONCE = 64;

/**
 * Cuts bytes into frames.
 *
 * - **Batches.** The frames that arrived together come together, of at most
 *   {@linkcode LINES_AT_ONCE} lines, so that their reader can let others have a turn; of
 *   a chunk with more lines than that a batch may be empty. Nothing more is read until the next batch is asked for.
 * - **Bound.** A line over {@linkcode MAX_FRAME_BYTES}, ended or not, is a
 *   {@linkcode FrameTooLargeError} and the end; never more than that is held of it.
 * - **Strict.** A line that is not UTF-8 is a {@linkcode BadFrameError} in its place, the lines
 *   around it stand. U+FEFF is a character like any other.
 * - **Whole lines only.** What follows the last line end when the bytes end is no frame.
 * - **Empty lines** are skipped.
 *
 * @param chunks a `ReadableStream` of bytes, or anything that yields them; a chunk may be
 * overwritten once the next one is asked for
 */
export function frames(
  chunks: AsyncIterable<Uint8Array>,
  options?: FramingOptions,
): AsyncGenerator<Frame[], void, void>;
export function frames(
  chunks: AsyncIterable<Uint8Array>,
  options: LinesOptions,
): AsyncGenerator<Frame[] | Lines, void, void>;
export async function* frames(
  chunks: AsyncIterable<Uint8Array>,
  { held = () => {}, together = () => false }: Partial<LinesOptions> = {},
): AsyncGenerator<Frame[] | Lines, void, void> {
  // The line that is not whole yet.
  const carry = new GatheredBytes();
  let areTogether = false;
  try {
    for await (const chunk of chunks) {
      areTogether ||= together();
      const batches = areTogether ? linesOf(chunk, carry) : cutChunk(chunk, carry);
      for await (const { batch, isLast } of batches) {
        if (isLast) carry.clear();
        if (batch) {
          held(carry.capacity, chunk.length);
          yield batch;
        }
        held(carry.capacity, 0);
        if (isLast) return;
      }
    }
  } finally {
    carry.clear();
  }
}

/** Some lines of a chunk, if it has any, and whether one of them was too long. */
interface Cut<Batch> {
  readonly batch?: Batch;
  readonly isLast: boolean;
}

async function* cutChunk(
  chunk: Uint8Array,
  carry: GatheredBytes,
): AsyncGenerator<Cut<Frame[]>, void, void> {
  for (const piece of pieces(chunk)) {
    const batch: Frame[] = [];
    const isLast = await cutPiece(piece, carry, batch);
    if (isLast) batch.push(new FrameTooLargeError(MAX_FRAME_BYTES));
    const isShown = batch.length > 0 || piece.bytes.length < chunk.length;
    yield isShown ? { batch, isLast } : { isLast };
  }
}

function* linesOf(
  chunk: Uint8Array,
  carry: GatheredBytes,
): Generator<Cut<Frame[] | Lines>, void, void> {
  const end = chunk.lastIndexOf(LINE_FEED) + 1;
  let begun = 0;
  let first: Uint8Array<ArrayBuffer> | undefined;
  if (carry.length > 0 && end > 0) {
    begun = chunk.indexOf(LINE_FEED) + 1;
    if (carry.length + begun > MAX_FRAME_BYTES) return yield tooLarge();
    carry.append(chunk.subarray(0, begun));
    first = carry.take();
  }
  // Before any line is dealt with, so that what is held meanwhile is told.
  carry.append(chunk.subarray(end, end + MAX_FRAME_BYTES - carry.length));
  if (first) {
    yield* portions(new Lines(first));
    giveBack(first);
  }
  if (end > begun) {
    const lines = new Lines(chunk.subarray(begun, end));
    yield* portions(lines);
    if (lines.isTooLong) return yield { isLast: true };
  }
  // So many bytes without a line end are too many, whatever follows.
  yield carry.length === MAX_FRAME_BYTES ? tooLarge() : { isLast: false };
}

function* portions(lines: Lines): Generator<Cut<Lines>, void, void> {
  while (!lines.isDone) {
    lines.allow(LINES_AT_ONCE);
    yield { batch: lines, isLast: false };
  }
}

function tooLarge(): Cut<Frame[]> {
  return { batch: [new FrameTooLargeError(MAX_FRAME_BYTES)], isLast: true };
}

/** A part of a chunk. */
interface Piece {
  readonly bytes: Uint8Array;
  /** Where its first and its last line end; 0 where none does. */
  readonly firstEnd: number;
  readonly lastEnd: number;
}

/**
 * Cuts one piece of at most a frame's size, so that only its first line, the one with the carry
 * before it, can be too long. Returns whether it was.
 */
async function cutPiece(
  { bytes, firstEnd, lastEnd }: Piece,
  carry: GatheredBytes,
  batch: Frame[],
): Promise<boolean> {
  if (firstEnd === 0) {
    // So many bytes without a line end are too many, whatever follows.
    carry.append(bytes.subarray(0, MAX_FRAME_BYTES - carry.length));
    return carry.length === MAX_FRAME_BYTES;
  }
  let begun = 0;
  if (carry.length > 0) {
    if (carry.length + firstEnd > MAX_FRAME_BYTES) return true;
    carry.append(bytes.subarray(0, firstEnd));
    const line = carry.take();
    await cutLines(line, batch);
    giveBack(line);
    begun = firstEnd;
  }
  if (lastEnd > begun) await cutLines(bytes.subarray(begun, lastEnd), batch);
  carry.append(bytes.subarray(lastEnd));
  return false;
}

/** Parts of a chunk of at most {@linkcode MAX_FRAME_BYTES} and {@linkcode LINES_AT_ONCE}. */
function* pieces(chunk: Uint8Array): Generator<Piece> {
  for (let start = 0; start < chunk.length;) {
    const most = chunk.subarray(start, start + MAX_FRAME_BYTES);
    let firstEnd = 0;
    let lastEnd = 0;
    let lines = 0;
    while (lines < LINES_AT_ONCE) {
      const end = most.indexOf(LINE_FEED, lastEnd) + 1;
      if (end === 0) break;
      if (lines++ === 0) firstEnd = end;
      lastEnd = end;
    }
    // Where more lines may follow they are left to the next part.
    const bytes = lines < LINES_AT_ONCE ? most : most.subarray(0, lastEnd);
    yield { bytes, firstEnd, lastEnd };
    start += bytes.length;
  }
}

/**
 * Those that cut nothing now. A stream is much to make and to keep for a connection that says a line or
 * two in its life, and whole lines leave nothing behind in it.
 */
const idleCutters: LineCutter[] = [];

/** As many as ever cut at once in an ordinary hub: mostly it is one. */
const MOST_IDLE = 16;

async function cutLines(bytes: Uint8Array, batch: Frame[]): Promise<void> {
  const cutter = idleCutters.pop() ?? new LineCutter();
  await cutter.cut(bytes, batch);
  if (idleCutters.length < MOST_IDLE) idleCutters.push(cutter);
}

/** A line that is not UTF-8, while it passes among text: strict decoding never gives this. */
const NOT_UTF8 = "\uDC00";

/** Cuts bytes that end with a line end into lines, by a `TextLineStream`. */
class LineCutter {
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  readonly #lines = new TextLineStream();
  readonly #writer = this.#lines.writable.getWriter();
  readonly #reader = this.#lines.readable.getReader();

  async cut(bytes: Uint8Array, batch: Frame[]): Promise<void> {
    const text = this.#decode(bytes);
    const written = this.#writer.write(text);
    // The text ends with a line end, so the stream gives exactly one line for each and keeps none.
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) {
      const { value = "" } = await this.#reader.read();
      if (value === NOT_UTF8) batch.push(new BadFrameError("not UTF-8"));
      else if (value !== "") batch.push(value);
    }
    await written;
  }

  #decode(bytes: Uint8Array): string {
    try {
      return this.#decoder.decode(bytes);
    } catch {
      return this.#decodeByLine(bytes);
    }
  }

  /** Finds the bad lines among good ones; 0x0A is never a part of another character. */
  #decodeByLine(bytes: Uint8Array): string {
    let text = "";
    for (let at = 0; at < bytes.length;) {
      const end = bytes.indexOf(LINE_FEED, at) + 1;
      try {
        text += this.#decoder.decode(bytes.subarray(at, end));
      } catch {
        text += `${NOT_UTF8}\n`;
      }
      at = end;
    }
    return text;
  }
}
