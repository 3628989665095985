/**
 * A consumer, as the hub knows it.
 *
 * @module
 */

import type { ClosedConsumerInfo, ConsumerInfo, Hello, RejectCode } from "../protocol/messages.ts";
import type { Channel } from "./channel.ts";
import { ENTRY_BYTES, TOKEN_BYTES } from "./limits.ts";
import { isPattern, tokenCount } from "./patterns.ts";

/** Why a consumer is gone: `bye` and `eof` are its own doing, the rest the hub's. */
export type EndReason = "bye" | "eof" | HubReason;

/** The hub's reasons to close a consumer, as they stand in its `bye`. */
export type HubReason = "stopped" | "slow" | "protocol" | "limit";

/** What the hub tells the connection of a consumer. All calls are made within a call of the hub. */
export interface ConsumerEdge {
  /** It is registered. Comes once, before any other call, at once or after a wait. */
  admitted(first: boolean): void;
  /** It is not, and will not be. */
  rejected(code: RejectCode, reason: string): void;
  /** There is something in its channel. */
  wake(): void;
}

/** Characters of all event types of a consumer that are remembered after its end. */
const REMEMBERED_TYPES = 8 * 1024;

/** A registered consumer, or one that waits to be. */
export class Consumer {
  readonly pid: number;
  readonly eventKey: string;
  readonly subscriptionId: string | undefined;
  readonly eventTypes: readonly string[];
  readonly setsUp: boolean;
  /** The consumers that are first and last together: `subscription_id`, else `event_key`. */
  readonly group: string;
  /** Bytes that it takes to remember what it asked for: texts of at most two bytes a character. */
  readonly subscribedBytes: number;
  /** Unix time in milliseconds. */
  connectedAt = 0;
  /** Where it stands with the hub. A granted one is no consumer for routing any more. */
  state: "waiting" | "registered" | "granted" | "gone" = "waiting";

  constructor(hello: Hello, readonly channel: Channel, readonly edge: ConsumerEdge) {
    this.pid = hello.pid ?? 0;
    this.eventKey = hello.event_key;
    this.subscriptionId = hello.subscription_id;
    this.eventTypes = [...new Set(hello.event_types)];
    this.setsUp = hello.sets_up ?? false;
    this.group = hello.subscription_id ?? hello.event_key;
    const names = [this.eventKey, this.group, ...this.eventTypes];
    const texts = names.reduce((sum, name) => sum + name.length * 2 + ENTRY_BYTES, 0);
    const tokens = this.eventTypes.filter(isPattern)
      .reduce((sum, entry) => sum + tokenCount(entry), 0);
    this.subscribedBytes = texts + tokens * TOKEN_BYTES;
  }

  /** How it stands in a status. */
  info(leaving: boolean): ConsumerInfo {
    const { received, dropped, delivered, queued, queuedBytes, lastAt } = this.channel;
    return {
      pid: this.pid,
      event_key: this.eventKey,
      ...(this.subscriptionId === undefined ? {} : { subscription_id: this.subscriptionId }),
      event_types: [...this.eventTypes],
      received,
      dropped,
      delivered,
      queued,
      queued_bytes: queuedBytes,
      connected_at: this.connectedAt,
      ...(lastAt === 0 ? {} : { last_event_at: lastAt }),
      leaving,
    };
  }

  /** How it stands in a status after its end. */
  closedInfo(leaving: boolean, closedAt: number, reason: EndReason): ClosedConsumerInfo {
    const { event_types, ...info } = this.info(leaving);
    const closed = { ...info, closed_at: closedAt, reason };
    const length = this.eventTypes.reduce((sum, type) => sum + type.length, 0);
    // What is remembered of those that are gone must not grow with what they asked for.
    return event_types && length <= REMEMBERED_TYPES ? { ...closed, event_types } : closed;
  }
}
