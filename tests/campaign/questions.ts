/**
 * What the parts ask of a hub, with nothing of the product in between.
 *
 * @module
 */

import type { StatusResponse } from "../../lib/protocol/messages.ts";
import { Wire } from "../e2e/wire.ts";

/** A hub's state, with what it warns of. */
export type Status = Required<StatusResponse> & { readonly warnings?: readonly string[] };

/** Asks a hub for its state. */
export async function askStatus(socket: string, patience?: number): Promise<Status> {
  const wire = await Wire.connect(socket);
  try {
    await wire.send('{"type":"status_query"}');
    const answer = await wire.frame(patience);
    if (answer.type !== "status_response") throw new Error(`no status: ${JSON.stringify(answer)}`);
    return answer as unknown as Status;
  } finally {
    wire.close();
  }
}

/** Asks a hub that may not be there. */
export async function askStatusIfThere(socket: string): Promise<Status | undefined> {
  try {
    return await askStatus(socket);
  } catch {
    return undefined;
  }
}

/** The frame of a hello, with more fields where they are given. */
export function hello(key: string, types: readonly string[], more: object = {}): string {
  return JSON.stringify({ type: "hello", pid: 0, event_key: key, event_types: types, ...more });
}

/** The frame of a check. */
export function check(key: string): string {
  return JSON.stringify({ type: "pre_shutdown_check", event_key: key });
}

/** The frame of an event. */
export function event(type: string, payload: unknown, more: object = {}): string {
  return JSON.stringify({ type: "event", event_type: type, ...more, payload });
}

/** Expects that one hello after the other is taken, and tells who is first. */
export async function firstOf(wires: readonly { frame(): Promise<Record<string, unknown>> }[]) {
  const acks = await Promise.all(wires.map((wire) => wire.frame()));
  return acks.map((ack) => {
    if (ack.type !== "hello_ack" || ack.rejected) {
      throw new Error(`a hello is not taken: ${JSON.stringify(ack)}`);
    }
    return ack.first_for_key === true;
  });
}

/** Throws what is wrong, if it is. */
export function insist(condition: boolean, wrong: string): asserts condition {
  if (!condition) throw new Error(wrong);
}
