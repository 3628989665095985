/**
 * First and last: who sets a key's upstream up, and who cleans it up, exactly, under any race.
 *
 * @module
 */

import { MAX_WAITING, WAITING_MS } from "./limits.ts";

/** What the keys need to know of a consumer. */
export interface Member {
  /** The group it is in: its `subscription_id`, else its `event_key`. One name space for both. */
  readonly group: string;
  /** Whether the key is its own, where it is first, until it says that it is set up. */
  readonly setsUp: boolean;
}

/** What becomes of a hello; called within a call of {@linkcode Keys}, once for each. */
export interface Decisions<M> {
  /** It is a member from now on, and first or not. */
  admitted(member: M, first: boolean): void;
  /** It waited too long, or too many do. */
  refused(member: M, reason: string): void;
}

type Reservation<M> = { readonly holder: M; readonly purpose: "setup" | "cleanup" };

interface Waiting<M> {
  readonly member: M;
  readonly since: number;
}

/** The consumers of one key. */
class Group<M> {
  /** Each member, and whether it has asked. */
  readonly members = new Map<M, boolean>();
  /** Members that have not asked. */
  unasked = 0;
  /** While it stands every hello waits. */
  reservation: Reservation<M> | undefined;
  waiting: Waiting<M>[] = [];
  /**
   * There was a first, and since then neither did a granted cleanup end nor its setup fail. Members
   * that asked, were refused and have not left yet do not make it so.
   */
  isSetUp = false;
}

/**
 * All keys.
 *
 * - **First.** True for one that finds no other member, or the key cleaned up.
 * - **Last.** Granted to one that asks when every other member has asked: so of any number that ask
 *   once each and leave, in any interleaving, exactly one is last. Once between two firsts.
 * - **Reserved.** From a grant until its holder's end, however it ends, hellos wait. The same from a
 *   first that sets up until it says that it is done.
 */
export class Keys<M extends Member> {
  readonly #groups = new Map<string, Group<M>>();

  /** @param decide told of each hello's fate, at once or after a wait */
  constructor(private readonly decide: Decisions<M>) {}

  /** Keys with a member or somebody waiting. */
  get size(): number {
    return this.#groups.size;
  }

  /**
   * A hello. The member is admitted or refused, within this call or later.
   *
   * @param now the hub's time, in milliseconds
   */
  join(member: M, now: number): void {
    const group = this.#groups.get(member.group) ?? new Group<M>();
    this.#groups.set(member.group, group);
    if (!group.reservation) {
      this.#admit(group, member);
    } else if (group.waiting.length >= MAX_WAITING) {
      const reason = `${MAX_WAITING} others wait for this key to be ${purposeOf(group)}`;
      this.decide.refused(member, reason);
    } else {
      group.waiting.push({ member, since: now });
    }
  }

  /**
   * A member says that it is about to leave, and asks whether it is the last.
   *
   * @param key the group it names; for any but its own the answer is no, and it has not asked
   * @returns true where the cleanup is its own from now on
   */
  ask(member: M, key: string): boolean {
    const group = this.#groups.get(member.group);
    const asked = group?.members.get(member);
    if (!group || asked === undefined || key !== member.group) return false;
    if (!asked) {
      group.members.set(member, true);
      group.unasked--;
    }
    if (group.reservation) {
      return group.reservation.holder === member && group.reservation.purpose === "cleanup";
    }
    if (group.unasked > 0 || !group.isSetUp) return false;
    group.reservation = { holder: member, purpose: "cleanup" };
    return true;
  }

  /** Whether a member has asked. */
  hasAsked(member: M): boolean {
    return this.#groups.get(member.group)?.members.get(member) === true;
  }

  /** A first that sets up is done: those that wait are served. */
  setupDone(member: M): void {
    const group = this.#groups.get(member.group);
    const reservation = group?.reservation;
    if (!group || reservation?.holder !== member || reservation.purpose !== "setup") return;
    group.reservation = undefined;
    this.#serve(group);
  }

  /** A member, or one that waits, is gone, however it went. */
  leave(member: M): void {
    const group = this.#groups.get(member.group);
    if (!group) return;
    const asked = group.members.get(member);
    if (asked === undefined) {
      group.waiting = group.waiting.filter((waiting) => waiting.member !== member);
    } else {
      group.members.delete(member);
      if (!asked) group.unasked--;
    }
    if (group.reservation?.holder === member) {
      // Cleaned up, or its setup left undone: either way the next hello is first.
      group.reservation = undefined;
      group.isSetUp = false;
      this.#serve(group);
    }
    if (group.members.size === 0 && group.waiting.length === 0) this.#groups.delete(member.group);
  }

  /** Refuses those that have waited for {@linkcode WAITING_MS}. */
  expire(now: number): void {
    for (const group of this.#groups.values()) {
      // They came in order, so the one in front has waited longest.
      for (let front = group.waiting[0]; front; front = group.waiting[0]) {
        if (now - front.since < WAITING_MS) break;
        group.waiting.shift();
        const reason = `waited ${WAITING_MS / 1000} s for this key to be ${purposeOf(group)}`;
        this.decide.refused(front.member, reason);
      }
    }
  }

  /** Takes out all that wait. */
  dismiss(): M[] {
    const all: M[] = [];
    for (const group of this.#groups.values()) {
      all.push(...group.waiting.map(({ member }) => member));
      group.waiting = [];
    }
    return all;
  }

  #admit(group: Group<M>, member: M): void {
    const first = group.members.size === 0 || !group.isSetUp;
    group.members.set(member, false);
    group.unasked++;
    if (first) group.isSetUp = true;
    if (first && member.setsUp) group.reservation = { holder: member, purpose: "setup" };
    this.decide.admitted(member, first);
  }

  /** Admits in order until one reserves the key again. */
  #serve(group: Group<M>): void {
    while (!group.reservation) {
      const next = group.waiting.shift();
      if (!next) return;
      this.#admit(group, next.member);
    }
  }
}

function purposeOf(group: Group<unknown>): string {
  return group.reservation?.purpose === "setup" ? "set up" : "cleaned up";
}
