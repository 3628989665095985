/**
 * What a command reads from stdin, with a bound on what is held of it.
 *
 * @module
 */

import { BusError } from "../protocol/errors.ts";
import { GatheredBytes } from "../protocol/gathered_bytes.ts";
import { decodeStrictly, withoutMark } from "../protocol/input_lines.ts";
import { MAX_FRAME_BYTES } from "../protocol/limits.ts";
import { systemReason } from "../platform/system_reason.ts";

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
    throw badInput(
      `stdin cannot be read: ${systemReason(error)}`,
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

function badInput(message: string, hint?: string): BusError {
  return new BusError("bad_input", message, hint);
}

function fail(message: string): never {
  throw badInput(message);
}
