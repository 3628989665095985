/**
 * How a consumer gets to the hub that lies in a place, whichever it is.
 *
 * @module
 */

import type { HubPaths } from "../platform/paths.ts";
import { startHub } from "./autostart.ts";
import { comeBack, isStoppedHello, type Passage, subscribeFirst } from "./coming_back.ts";
import { greet } from "./connect.ts";
import { type ConnectedConsumer, subscribe } from "./connected_consumer.ts";
import type { AwayState } from "./consumer_state.ts";
import { pause } from "./deadline.ts";
import { HubGoneError, NoHubError } from "./errors.ts";
import { seemsHeld } from "./hub_lock.ts";
import type { Subscription } from "./subscription.ts";

/** A passage that knows whether it has led anywhere. */
export interface HubPassage extends Passage {
  /** Whether a hub has accepted this consumer, or was stopped while its hello waited there. */
  readonly hadHub: boolean;
}

/**
 * The way of a consumer to any hub that lies there. It is there once its key is set up, where that is
 * for it to do.
 *
 * @param onAccepted called whenever a hub has accepted it
 */
export function passageTo(
  paths: HubPaths,
  subscription: Subscription,
  onAccepted: () => void = () => {},
): HubPassage {
  let hadHub = false;
  return {
    get hadHub() {
      return hadHub;
    },
    async subscribe(startsHub, signal) {
      // Who only waits for a hub must not knock where nobody is: a service manager that listens in
      // its place would take that for a need, and start the one that was stopped.
      if (hadHub && !startsHub && !await seemsHeld(paths)) throw new NoHubError(paths);
      const how = { signal, startHub: startsHub ? startHub : undefined };
      const connected = await greet(
        paths,
        how,
        (connection) => subscribe(connection, subscription, signal),
      ).catch((error: unknown) => {
        if (isStoppedHello(error)) hadHub = true;
        throw error;
      });
      hadHub = true;
      onAccepted();
      await connected.setUp(signal);
      return connected;
    },
    pause,
    random: Math.random,
  };
}

/** How insistent a consumer is, and whom it tells, before it is one. */
export interface FirstAttempt {
  /** Whether a hub is started where there is none. */
  startsHub: boolean;
  /** Whether a hello that has waited in vain is said again, and a hub come back to. */
  insists: boolean;
  /** Is told where a hub that had accepted it, or let it wait, has gone, and whenever that changes. */
  tell: (state: AwayState) => void;
  signal: AbortSignal;
}

/**
 * Subscribes for the first time. A hub that goes away while the key is set up is come back to, and
 * one that is stopped while the hello waits there is waited for, as after it was accepted.
 *
 * @throws {SetupFailure} the setup failed
 * @throws what keeps it from being a consumer, or the signal's reason
 */
export async function firstConnection(
  passage: HubPassage,
  { startsHub, insists, tell, signal }: FirstAttempt,
): Promise<ConnectedConsumer> {
  try {
    return await subscribeFirst(passage, startsHub, insists, signal);
  } catch (error) {
    const isLost = error instanceof HubGoneError || isStoppedHello(error);
    if (!insists || !passage.hadHub || !isLost) throw error;
    const connected = await comeBack(passage, error, startsHub, tell, signal);
    if (connected) return connected;
    signal.throwIfAborted();
    throw error;
  }
}
