/**
 * What a consumer wants of a hub.
 *
 * @module
 */

import type { SourceInfo } from "../protocol/messages.ts";

/** What a consumer asks for. */
export interface Subscription {
  /** Groups consumers: of those of one key one is first and one is last. */
  key: string;
  /** The event types, or patterns of them: `*` is any one token, `>` at the end one or more. */
  types: readonly string[];
  /** Groups consumers in the place of the key. */
  subscriptionId?: string | undefined;
  /** Called when a source of the hub changes its state; how they are at first is in the `ack`. */
  onSourceStatus?: ((status: SourceInfo) => void) | undefined;
  /**
   * Sets the key up. Called where this consumer is the first for its key, before it counts as
   * subscribed; until it resolves nobody else gets the key, and gives up after 30 s. Where it rejects
   * the consumer ends with that error, and the one that waits is first.
   *
   * After a return to a hub at which it is first again it is called again: it must bear a key that is
   * set up already, or in part.
   *
   * @param signal fires when the consumer is to leave or its hub has gone: it should then reject
   * soon, or resolve if all is set up
   */
  setup?: ((signal: AbortSignal) => Promise<void>) | undefined;
  /**
   * Cleans the key up. Called where the hub says to this consumer, as it leaves, that it is the last
   * for its key; until it has ended nobody else gets the key, and gives up after 30 s.
   *
   * @param signal fires when the hub has gone, and with it the hold on the key: it should be brought
   * to its end all the same
   */
  cleanup?: ((signal: AbortSignal) => Promise<void>) | undefined;
}
