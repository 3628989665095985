/**
 * Who is given up when the memory is used up, once the hub itself has no event left to evict.
 *
 * @module
 */

import type { Clock } from "../hub/clock.ts";
import type { Ledger } from "../hub/ledger.ts";
import { ANSWERS_SHARE, UNFINISHED_SHARE } from "./limits.ts";
import type { Log } from "./log.ts";
import type { Session } from "./session.ts";

/**
 * Frees memory at the cost of those who hold most of it: first who takes nothing of a long event, then
 * who holds the longest unfinished line, then who takes no answers. What nobody could hold against a
 * peer yet is left alone: it may have been said to it this very moment.
 */
export class Relief {
  /** Bytes of all that cannot be dealt with yet. */
  #unfinished = 0;

  constructor(
    private readonly sessions: ReadonlySet<Session>,
    private readonly ledger: Ledger,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    ledger.relieveBy(() => this.#giveUpLongestFrame());
    ledger.relieveBy(() => this.#giveUpFattestLine());
    ledger.relieveBy(() => this.#giveUpMostUnread());
  }

  /** So many bytes more, or less, are held of what cannot be dealt with yet. */
  unfinished(change: number): void {
    this.#unfinished += change;
    if (change <= 0) return;
    const most = this.ledger.limit * UNFINISHED_SHARE;
    while (this.#unfinished > most && this.#giveUpFattestLine());
  }

  /** So that what nobody reads stays within its part of the memory. */
  makeRoomForAnswer(): void {
    const unread = [...this.sessions].filter(({ unreadBytes }) => unreadBytes > 0);
    let sum = unread.reduce((sum, { unreadBytes }) => sum + unreadBytes, 0);
    for (const session of unread.sort((a, b) => b.unreadBytes - a.unreadBytes)) {
      if (sum <= this.ledger.limit * ANSWERS_SHARE) return;
      sum -= session.unreadBytes;
      this.#giveUpAnswers(session);
    }
  }

  /** What of an event has begun to go out nobody can evict; who takes nothing of it must not keep it. */
  #giveUpLongestFrame(): boolean {
    const now = this.clock.now();
    const longest = this.#most((session) => session.isStuck(now) ? session.writer.longBytes : 0);
    if (!longest) return false;
    this.log.limited("frame", "the memory is used up: closed who took nothing of a long event");
    longest.giveUpFrame();
    return true;
  }

  #giveUpFattestLine(): boolean {
    const fattest = this.#most((session) => session.unfinishedBytes);
    if (!fattest) return false;
    this.log.limited(
      "memory",
      "the memory is used up: closed who held the longest unfinished line",
    );
    const before = fattest.unfinishedBytes;
    fattest.giveUpLine();
    // Who had nothing to give must not be asked for ever.
    return fattest.unfinishedBytes < before;
  }

  #giveUpMostUnread(): boolean {
    const now = this.clock.now();
    const most = this.#most((session) => session.isStuck(now) ? session.unreadBytes : 0);
    if (most) this.#giveUpAnswers(most);
    return most !== undefined;
  }

  #giveUpAnswers(session: Session): void {
    this.log.limited("unread", "closed who left the most answers unread");
    session.giveUpAnswers();
  }

  /** The session that has most of something; nothing where none has any. */
  #most(bytes: (session: Session) => number): Session | undefined {
    let [found, most] = [undefined as Session | undefined, 0];
    for (const session of this.sessions) {
      const has = bytes(session);
      if (has > most) [found, most] = [session, has];
    }
    return found;
  }
}
