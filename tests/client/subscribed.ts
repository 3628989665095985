/**
 * A consumer whose hubs are scripts.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { subscribe } from "../../lib/client/connected_consumer.ts";
import type { ConsumedEvent } from "../../lib/client/consumed_event.ts";
import { type Attachment, Consumer } from "../../lib/client/consumer.ts";
import type { Subscription } from "../../lib/client/subscription.ts";
import { type Line, type Scripted, scripted } from "./scripted_hub.ts";

/** A hub's answer to a hello that it accepts. */
export const ACK = { type: "hello_ack", bus_version: "v1", first_for_key: true };

/** A consumer with the hub at the other end of its connection. */
export interface Subscribed extends Scripted {
  readonly consumer: Consumer;
}

/** Subscribes; the hub says the answer and, in the same piece, what comes after it. There is no other. */
export async function subscribed(
  options: Partial<Subscription & Attachment> = {},
  ...after: (Line | string)[]
): Promise<Subscribed> {
  const script = scripted();
  const subscription = { key: "gh", types: ["github.>"], ...options };
  const opening = subscribe(script.connection, subscription);
  await script.hub.expect({ type: "hello" });
  await script.hub.say(ACK, ...after);
  const attachment = { reconnect: false, start: false, ...options };
  const passage = {
    subscribe: () => Promise.reject(new Error("there is no other hub")),
    pause: () => Promise.resolve(),
    random: () => 0,
  };
  return { ...script, consumer: new Consumer(await opening, passage, attachment) };
}

/** What a consumer says when it leaves, with the hub's answer. */
export async function takeLeave({ hub }: Scripted, last: boolean | undefined): Promise<void> {
  await hub.expect({ type: "pre_shutdown_check", event_key: "gh" });
  if (last !== undefined) await hub.say({ type: "pre_shutdown_ack", last_for_key: last });
  assertEquals(await hub.next(), { type: "bye" });
  assertEquals(await hub.line(), undefined);
}

/** An event of that number. */
export function numbered(seq: number, payload: unknown = { seq }): Line {
  return { type: "event", event_type: "github.push", payload, seq };
}

/** Takes so many events, then leaves. */
export async function take(consumer: Consumer, count: number): Promise<ConsumedEvent[]> {
  const events: ConsumedEvent[] = [];
  for await (const event of consumer) {
    if (events.push(event) === count) break;
  }
  return events;
}
