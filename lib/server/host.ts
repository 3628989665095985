/**
 * The hub's process, as one of its connections sees it.
 *
 * @module
 */

import type { Clock } from "../hub/clock.ts";
import type { Hub } from "../hub/hub.ts";
import type { HelloAck, StatusResponse } from "../protocol/messages.ts";
import type { LineBudget } from "./line_budget.ts";
import type { Log } from "./log.ts";
import type { Session } from "./session.ts";
import type { SystemClocks } from "../platform/clocks.ts";
import type { Outflow } from "./writer.ts";

/** What a session needs of the hub's process around it. */
export interface Host {
  readonly hub: Hub;
  readonly clock: Clock;
  readonly clocks: SystemClocks;
  readonly log: Log;
  readonly outflow: Outflow;
  /** What all sessions may do in one turn, apart from newcomers. */
  readonly budget: LineBudget;
  /**
   * What matching may take in one turn, as lines, of types of which it is not known who gets them: apart,
   * so that nobody else waits for those who wait for it.
   */
  readonly matching: LineBudget;
  /** How many newcomers are heard in one turn. */
  readonly hearings: LineBudget;
  /** What this hub says of itself when it accepts a hello. */
  introduction(): Omit<HelloAck, "type" | "bus_version" | "first_for_key">;
  /** The hub's state. */
  status(): StatusResponse;
  /** Reads the catalogue anew. Resolves with why all is as it was; with nothing where it is taken over. */
  reload(): Promise<string | undefined>;
  /**
   * Somebody asked the hub to stop, and learns of its end by the close of this session. Resolves when
   * everybody else is closed.
   */
  shutdown(asker: Session): Promise<void>;
  /** A publisher's frame was answered with an error. */
  countRefused(): void;
  /** So many bytes more, or less, are held of what cannot be dealt with yet. */
  unfinished(change: number): void;
  /** The session's connection is closed. */
  closed(session: Session): void;
}
