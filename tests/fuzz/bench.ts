/**
 * A hub to play cases against, many at a time, and the consumer that checks what it routes.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { Place } from "../e2e/kit.ts";
import { bytesOf, type Case, situationOf } from "./cases.ts";
import { Checker, type Delivery, eventOf } from "./checker.ts";
import { REMEMBERED_IDS } from "./contract.ts";
import { foretell } from "./foretell.ts";
import type { Foretold } from "./foretold.ts";
import { essence, membersOf } from "./members.ts";
import { play } from "./play.ts";
import { SeenIds } from "./seen_ids.ts";
import { type Conversation, Talk } from "./talk.ts";

/** Who else's events come to the consumer that checks. */
const WATCHED = '{"type":"event","event_type":"watcher.';

/** So much may wait for it: who does not read for a while, as this machine is busy, loses nothing. */
const CHANNEL = ["--channel-events", "65536", "--channel-bytes", "96MiB"];

/** What came of a case was not what must. */
export class Deviation extends Error {
  override readonly name = "Deviation";

  constructor(readonly played: Case, readonly foretold: Foretold, reason: unknown) {
    super(reason instanceof Error ? reason.message : String(reason));
  }
}

/** The compiled program, and what it must have done so far. */
export class Bench implements AsyncDisposable {
  readonly seen = new SeenIds();
  readonly #groups = new Set<string>(["checker", "watcher"]);
  #routed = 0;
  #duplicates = 0;

  private constructor(readonly place: Place, private readonly checker: Checker) {}

  static async open(): Promise<Bench> {
    const place = await Place.withHub(...CHANNEL);
    try {
      const isOther = (line: string) => line.startsWith(WATCHED);
      return new Bench(place, await Checker.at(place.socket, isOther));
    } catch (error) {
      await place[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Whether nothing of what a case needs for itself is in use by one that is being played. */
  readonly isFree = ({ group, events }: Foretold): boolean => {
    if (group !== undefined && this.#groups.has(group)) return false;
    return !events.some((event) => event.includes("watcher") || this.checker.awaits(event));
  };

  /** Says what must come of a case where nothing came before it. */
  static foretellAlone(played: Case): Foretold {
    return foretell(bytesOf(played), situationOf(played), new SeenIds());
  }

  /**
   * Sends so many events of so many types, with an id each, that what a hub remembers of such is
   * full: from then on it has no reason to grow.
   */
  async fillMemory(): Promise<void> {
    const ids = Array.from({ length: REMEMBERED_IDS }, (_, i) => `before.${i}`);
    for (let at = 0; at < ids.length; at += 1_024) {
      const some = ids.slice(at, at + 1_024);
      const events = some.map((id, i) =>
        `{"type":"event","event_type":"before.${(at + i) % 5_000}","event_id":"${id}","payload":0}`
      );
      const bytes = new TextEncoder().encode(`${events.join("\n")}\n`);
      await this.play({ state: "publisher", key: "before", writes: [bytes], end: "half-closes" });
    }
  }

  /** Says what must come of a case that is played now. */
  foretell(played: Case): Foretold {
    return foretell(bytesOf(played), situationOf(played), this.seen);
  }

  /**
   * Plays a case.
   *
   * @param connect makes the connection that is played
   * @throws {Deviation} something came that must not, or did not come
   */
  async play(
    played: Case,
    foretold: Foretold = this.foretell(played),
    connect: (path: string) => Promise<Conversation> = Talk.connect,
  ): Promise<void> {
    const { group } = foretold;
    if (group !== undefined) this.#groups.add(group);
    this.seen.send(foretold.ids);
    const delivery = this.checker.expect(foretold.events);
    try {
      const heard = await Promise.race([
        play(this.place.socket, played, foretold, connect),
        this.checker.wrong,
      ]);
      if (heard) {
        assertEquals(heard.answers, foretold.answers, "what the hub says to a peer");
        this.#checkEvents(heard.events, foretold.eventTypes);
      }
      await this.checker.complete(delivery);
    } catch (error) {
      throw new Deviation(played, foretold, error);
    }
    this.seen.arrived(foretold.ids);
    // When the hub has read the end of one that did not wait for it nobody knows.
    if (group !== undefined && played.end !== "vanishes") this.#groups.delete(group);
    this.#routed += foretold.events.length;
    this.#duplicates += foretold.duplicates;
  }

  /** Expects that the hub routes events of somebody who is not played. */
  expect(frames: readonly string[]): Delivery {
    return this.checker.expect(frames.map((frame) => essence(membersOf(frame))));
  }

  /** Waits until all of them have come. */
  async complete(delivery: Delivery): Promise<void> {
    await this.checker.complete(delivery);
    this.#routed += delivery.events.length;
  }

  /**
   * Fails unless the hub has counted what it did as it was, and nothing of its own has failed in it.
   *
   * @param watched events that were routed to others and came to the checker too
   */
  readonly audit = async (watched: number): Promise<void> => {
    const { hub } = this.place;
    if (hub.hasEnded) throw new Error(`the hub ended: ${hub.stderr}`);
    const { published, duplicates } = await this.place.statusOnce(
      "all but the checker are gone",
      ({ active_conns }) => active_conns === 1,
    );
    assertEquals(published, this.#routed + watched, "published in the status");
    assertEquals(duplicates, this.#duplicates, "duplicates in the status");
    const defect = /^.*(connection failed|[Uu]ncaught|rejection).*$/m.exec(hub.stderr)?.[0];
    if (defect !== undefined) throw new Error(`the hub says: ${defect}`);
  };

  async [Symbol.asyncDispose](): Promise<void> {
    this.checker.close();
    await this.place[Symbol.asyncDispose]();
  }

  /** What a consumer beside the checker gets is what it asked for, and `seq` counts it. */
  #checkEvents(lines: readonly string[], types: readonly string[]): void {
    lines.forEach((line, i) => {
      const event = eventOf(line, i + 1);
      if (!this.checker.knows(event) && !line.startsWith(WATCHED)) {
        throw new Error(`nobody has sent this event: ${line}`);
      }
      const { event_type } = JSON.parse(line);
      if (!types.some((type) => matches(type, event_type))) {
        throw new Error(`it wanted ${JSON.stringify(types)}, and got ${line}`);
      }
    });
  }
}

/** Whether an entry of a hello's types wants a type. */
export function matches(entry: string, type: string): boolean {
  if (entry === type) return true;
  const [wanted, tokens] = [entry.split("."), type.split(".")];
  const isOpen = wanted.at(-1) === ">";
  if (isOpen) wanted.pop();
  const isLong = isOpen ? tokens.length > wanted.length : tokens.length === wanted.length;
  return isLong && wanted.every((token, i) => token === "*" || token === tokens[i]);
}
