/**
 * A hub in memory: its clock is driven by hand, each consumer records what it is told, and real
 * webhooks are its events.
 *
 * @module
 */

import { assertEquals, assertLess } from "@std/assert";
import events from "@octokit/webhooks-examples" with { type: "json" };
import type { Batch } from "../../lib/hub/batch.ts";
import type { Channel } from "../../lib/hub/channel.ts";
import type { Clock } from "../../lib/hub/clock.ts";
import type { Consumer, ConsumerEdge } from "../../lib/hub/consumer.ts";
import { Hub, type Publication } from "../../lib/hub/hub.ts";
import { Ledger } from "../../lib/hub/ledger.ts";
import { RoutedEvent } from "../../lib/hub/routed_event.ts";
import { type Hello, hello, type RejectCode } from "../../lib/protocol/messages.ts";

/** A clock that stands still until it is driven on. */
export class HandClock implements Clock {
  /** Unix time at 0 of its own. */
  static readonly EPOCH = Date.UTC(2026, 0, 2, 3, 4, 5);
  #now = 0;

  now(): number {
    return this.#now;
  }

  wall(): number {
    return HandClock.EPOCH + this.#now;
  }

  /** Time passes. */
  pass(milliseconds: number): void {
    this.#now += milliseconds;
  }
}

/** What a consumer was told. */
export class RecordingEdge implements ConsumerEdge {
  /** `first`, `joined`, or the code and reason of a rejection; more than one entry is a defect. */
  readonly told: string[] = [];
  wakes = 0;

  admitted(first: boolean): void {
    this.told.push(first ? "first" : "joined");
  }

  rejected(code: RejectCode, reason: string): void {
    this.told.push(`${code}: ${reason}`);
  }

  wake(): void {
    this.wakes++;
  }
}

/** How a hub of a test differs from an ordinary one. */
export interface TestHubOptions {
  channelEvents?: number;
  channelBytes?: number;
  memoryBytes?: number;
  subscribedBytes?: number;
}

/** A consumer of a test, with what its connection was told. */
export interface Joined {
  readonly consumer: Consumer;
  readonly edge: RecordingEdge;
}

/** A hub, its clock, and the shortest ways to use them. */
export class TestHub {
  readonly clock = new HandClock();
  readonly hub: Hub;

  constructor({ channelEvents, channelBytes, memoryBytes, subscribedBytes }: TestHubOptions = {}) {
    this.hub = new Hub({
      clock: this.clock,
      channel: { events: channelEvents ?? 1024, bytes: channelBytes ?? 8 << 20 },
      memoryBytes: memoryBytes ?? 256 << 20,
      subscribedBytes: subscribedBytes ?? 32 << 20,
    });
  }

  /** A hello, of key `gh` for everything unless it says otherwise. */
  join(fields: Partial<Hello> = {}): Joined {
    const edge = new RecordingEdge();
    const consumer = this.hub.join(
      hello({ event_key: "gh", event_types: [">"], ...fields }),
      edge,
    );
    return { consumer, edge };
  }

  /** A consumer of these types alone in a key of its own. */
  consumer(...event_types: string[]): Consumer {
    return this.join({ event_key: `key ${this.hub.size}`, event_types }).consumer;
  }

  /** Time passes while the hub looks every 20 ms, as a server does while somebody is behind. */
  pass(milliseconds: number): void {
    for (let left = milliseconds; left > 0; left -= LOOK_MS) {
      this.clock.pass(Math.min(left, LOOK_MS));
      this.hub.look();
    }
  }
}

/** Milliseconds between two looks of a hub that is pressed. */
export const LOOK_MS = 20;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** An event with this type and payload text. */
export function publication(event_type: string, payload = "{}", event_id?: string): Publication {
  return {
    event_type,
    body: encoder.encode(
      `{"type":"event","event_type":${JSON.stringify(event_type)},"payload":${payload}`,
    ),
    ...(event_id === undefined ? {} : { event_id }),
  };
}

/** An event of a type whose body has just so many bytes. */
export function sized(event_type: string, bytes: number): Publication {
  const empty = publication(event_type, '""').body.length;
  return publication(event_type, JSON.stringify("x".repeat(bytes - empty)));
}

/** All real webhooks, as they would be published. */
export const WEBHOOKS: readonly Publication[] = events.flatMap(({ name, examples }) =>
  examples.map((example) => {
    const { action } = example;
    const type = `github.${name}${typeof action === "string" ? `.${action}` : ""}`;
    return publication(type, JSON.stringify(example));
  })
);

/** A body on its way, on a ledger of its own unless one is given. */
export function routedEvent({ body }: Publication, ledger = new Ledger(2 ** 40)): RoutedEvent {
  return new RoutedEvent(body, ledger);
}

/** An event as a consumer gets it. */
export interface Got {
  readonly event_type: string;
  readonly payload: unknown;
  readonly seq: number;
}

/** The frames in some bytes; the last one must be whole. */
export function framesIn(bytes: Uint8Array): Got[] {
  const lines = decoder.decode(bytes).split("\n");
  assertEquals(lines.pop(), "", "a frame is not whole");
  return lines.map((line) => JSON.parse(line));
}

/** What a batch holds. */
export function framesOf(batch: Batch): Got[] {
  return framesIn(batch.rest);
}

/** Takes all that waits in a channel, as a consumer that reads would. */
export function drain(channel: Channel, maxBytes = 64 * 1024): Got[] {
  const taken: number[] = [];
  for (let writes = 0; !channel.isEmpty; writes++) {
    assertLess(writes, 100_000, "it never empties");
    const batch = channel.layOut(maxBytes);
    for (const byte of batch.rest) taken.push(byte);
    channel.taken(batch.restBytes);
  }
  return framesIn(new Uint8Array(taken));
}
