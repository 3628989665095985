/**
 * A consumer's first words with a hub.
 *
 * @module
 */

import { decode, encode } from "../protocol/codec.ts";
import { FrameTooLargeError } from "../protocol/errors.ts";
import type { Frame } from "../protocol/framing.ts";
import { type Fields, type Hello, hello, type HelloAck } from "../protocol/messages.ts";
import type { HubConnection } from "./connection.ts";
import { LEAVING_MS } from "./deadline.ts";
import { HubGoneError, hubSays, RejectedError } from "./errors.ts";

/** A hub that has accepted a consumer. */
export interface Accepted {
  /** Its answer. */
  ack: HelloAck;
  /** What it sends after that. */
  batches: AsyncGenerator<Frame[], void, void>;
}

/**
 * Says hello and waits for the answer, for as long as it takes: where the key is being cleaned up
 * that may be half a minute.
 *
 * @throws {RejectedError} the hub does not take this consumer
 * @throws {RefusedError} it has no room to read the hello
 * @throws {HubGoneError} it went away before it answered, or is about to
 */
export async function sayHello(
  connection: HubConnection,
  fields: Fields<Hello>,
): Promise<Accepted> {
  const start = performance.now();
  // If it fails because the hub has closed, what the hub said before tells why.
  const sent = connection.send(encode(hello(fields)));
  const failed = sent.then(() => undefined, (error: unknown) => error);
  const batches = connection.frames();
  for (;;) {
    const { value: batch, done } = await batches.next();
    if (done) throw await failed ?? new HubGoneError(connection.paths);
    for (const [index, frame] of batch.entries()) {
      const ack = readAck(connection, frame);
      if (!ack) continue;
      if (ack.rejected) throw rejection(connection, ack, performance.now() - start);
      return { ack, batches: continued(batch.slice(index + 1), batches) };
    }
  }
}

function readAck(connection: HubConnection, frame: Frame): HelloAck | undefined {
  if (frame instanceof FrameTooLargeError) throw frame;
  const message = typeof frame === "string" ? decode(frame) : frame;
  if (message instanceof Error) {
    // Of an answer that cannot be read nothing better will come; anything else may be new.
    if (message.frameType === "hello_ack") throw message;
    return undefined;
  }
  if (message.type === "error") throw hubSays(connection.paths, message);
  if (message.type === "bye") throw new HubGoneError(connection.paths, message.reason);
  return message.type === "hello_ack" ? message : undefined;
}

function rejection(
  { paths }: HubConnection,
  ack: HelloAck,
  waited: number,
): RejectedError | HubGoneError {
  // Not somebody stopped the hub while the hello waited: it was about to leave when that came.
  const wasLeaving = ack.reject_code === "stopped" && waited < LEAVING_MS;
  return wasLeaving ? new HubGoneError(paths, "stopped") : new RejectedError(ack);
}

async function* continued(
  rest: Frame[],
  batches: AsyncGenerator<Frame[], void, void>,
): AsyncGenerator<Frame[], void, void> {
  if (rest.length > 0) yield rest;
  yield* batches;
}
