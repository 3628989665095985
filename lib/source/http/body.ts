/**
 * Reading the body of a request.
 *
 * @module
 */

import type { SystemClocks } from "../../platform/clocks.ts";
import { GatheredBytes } from "../../protocol/gathered_bytes.ts";
import { Refusal, tooLarge, unavailable } from "./answers.ts";

/** Milliseconds from a request's head to the end of its body. */
export const BODY_MS = 10_000;

/** What bounds the reading of a body. */
export interface BodyBounds {
  /** Bytes that it may have. */
  readonly limit: number;
  /** Takes up room for so many bytes more; false where there is none. */
  readonly hold: (bytes: number) => boolean;
  readonly clocks: Pick<SystemClocks, "after">;
  /** Ends it, with the {@linkcode Refusal} that is its reason. */
  readonly signal: AbortSignal;
}

/**
 * Reads a body, byte for byte. What its head says of its length is not relied on.
 *
 * @throws {Refusal} it is too long, too slow or broken off, or there is no room for it
 */
export async function readBody(
  stream: ReadableStream<Uint8Array> | null,
  { limit, hold, clocks, signal }: BodyBounds,
): Promise<Uint8Array> {
  if (!stream) return new Uint8Array(0);
  const reader = stream.getReader();
  const gathered = new GatheredBytes();
  let why: Refusal | undefined;
  const end = (refusal: Refusal) => {
    why ??= refusal;
    void reader.cancel().catch(() => {});
  };
  const callOff = clocks.after(BODY_MS, () => {
    end(new Refusal(408, `the body was not whole after ${BODY_MS / 1000} s`));
  });
  const onAbort = () => {
    end(signal.reason instanceof Refusal ? signal.reason : unavailable("it stops"));
  };
  signal.addEventListener("abort", onAbort);
  if (signal.aborted) onAbort();
  try {
    for (;;) {
      const { value } = await reader.read().catch(() => {
        throw why ?? new Refusal(400, "the body broke off");
      });
      if (why) throw why;
      if (!value) return gathered.take();
      if (gathered.length + value.length > limit) throw tooLarge(limit);
      if (!hold(value.length)) throw unavailable("too much is under way");
      gathered.append(value);
    }
  } catch (error) {
    gathered.clear();
    void reader.cancel().catch(() => {});
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
    callOff();
  }
}
