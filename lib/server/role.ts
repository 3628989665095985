/**
 * What a connection may be: a newcomer, a consumer, a publisher, one that asks.
 *
 * @module
 */

import type { Frame } from "../protocol/framing.ts";
import type { Lines } from "../protocol/lines.ts";
import type { SourceInfo } from "../protocol/messages.ts";

/** What a connection is, once its first frame has said it. */
export interface Role {
  /** Whether a hub that leaves when nobody needs it stays for this connection. */
  readonly keepsHub: boolean;
  /** Bytes of frames that wait to be dealt with. */
  readonly keptBytes: number;
  /** Deals with a frame; the next one comes when that is done. */
  take(frame: Frame): Promise<void> | void;
  /**
   * Deals with the current line of a chunk; the next one comes when that is done. Who has this gets no
   * more frames one by one, from the chunk on that follows the present one.
   */
  takeLine?(lines: Lines): Promise<void> | void;
  /** The peer sends nothing more. */
  end(): void;
  /** A source of the hub has changed its state; who consumes is told. */
  sourceChanged?(info: SourceInfo): void;
  /** The hub stops, and every frame read so far has been dealt with. */
  stop(): void;
  /** The peer has taken nothing of what was written to it for too long; the session is cut. */
  stalled(): void;
  /** The memory is used up, and this connection holds most of what cannot be dealt with yet. */
  overLimit(): void;
  /** For long nothing could be written to the peer any more, though it has not closed its end. */
  unheard(): void;
}
