/**
 * How a consumer stands with its hub.
 *
 * @module
 */

import type { BusError } from "../protocol/errors.ts";
import type { HelloAck } from "../protocol/messages.ts";

/** A hub has accepted the consumer; its events come. */
export interface ConnectedState {
  /** The name of this state. */
  readonly state: "connected";
  /** The hub's answer. `first_for_key` is anew, and a `seq` counts from 1 again. */
  readonly ack: HelloAck;
  /** What it may have missed, where it was connected before. */
  readonly absence?: Absence;
}

/** The consumer has no hub, and tries to come back to one. */
export interface AwayState {
  /** The name of this state. */
  readonly state: "away";
  /** Why it is away, then why it could not come back yet. */
  readonly error: BusError;
  /** The reason that the hub gave when it ended the connection: `stopped`, `slow`, `limit`, … */
  readonly hubReason?: string;
  /** Whether it starts a hub where there is none; one that was stopped is only waited for. */
  readonly startsHub: boolean;
}

/** It gets nothing more. */
export interface EndedState {
  /** The name of this state. */
  readonly state: "ended";
  /** How it ended. */
  readonly end: ConsumerEnd;
}

/** How a consumer stands with its hub. */
export type ConsumerState = ConnectedState | AwayState | EndedState;

/**
 * A time without a hub. What was published in it is missed, and with it what waited at the hub for
 * this consumer when the connection ended.
 */
export interface Absence {
  /** When the connection was found to have ended; unix time in milliseconds. */
  readonly from: number;
  /** When a hub accepted it again; unix time in milliseconds. */
  readonly to: number;
  /** Whether it is the same hub, by its `hub_id`; unknown where a hub gives none. */
  readonly sameHub: boolean | undefined;
}

/** How a consumer ended. */
export interface ConsumerEnd {
  /**
   * `left`: by itself. `hub_gone`: the hub closed the connection or died, and it does not come back.
   * `failed`: this side could not go on, or no hub takes it again.
   */
  reason: "left" | "hub_gone" | "failed";
  /** What the loop throws, unless it left by itself. Of one that was away: why. */
  error?: unknown;
  /** The reason that the hub gave, where it did: `stopped`, `slow`, `protocol`, `limit`. */
  hubReason?: string;
  /** Set where it left while it was away: it must not look like a normal end. */
  away?: true;
  /** Whether it was the last for its key; absent where the hub did not say. */
  last?: boolean;
  /** What the cleanup threw. The loop throws it too, unless it throws an `error`. */
  cleanupError?: unknown;
  /** Events that the loop took. */
  received: number;
  /**
   * Events that were dropped before one of those: by a hub, or here while the key was set up. What
   * was missed while away is not among them.
   */
  lost: number;
}

/** What a consumer that leaves is told. */
export interface Leave {
  /** Whether it was the last for its key; unknown where the hub did not answer in time. */
  last: boolean | undefined;
  /** What the cleanup threw. */
  cleanupError?: unknown;
}
