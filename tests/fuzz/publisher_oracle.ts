/**
 * What must come of what a publisher sends.
 *
 * @module
 */

import { LONGEST_EVENT } from "./contract.ts";
import type { Foretold } from "./foretold.ts";
import { fieldOf, type FrameLine, isAbsent, type Line } from "./lines.ts";
import { essence, type Member, membersOf } from "./members.ts";
import type { Oracle } from "./oracle.ts";
import type { SeenIds } from "./seen_ids.ts";

const encoder = new TextEncoder();

/** Counts frames and events, as a hub has to. */
export class PublisherOracle implements Oracle {
  // Since the last flush.
  #events = 0;
  #duplicates = 0;

  constructor(private readonly foretold: Foretold, private readonly seen: SeenIds) {}

  take(line: Exclude<Line, { is: "empty" }>): Oracle {
    if (line.is === "oversized") this.#refuse("frame_too_large");
    else if (line.is === "unreadable" || !line.isRight) this.#refuse("bad_frame");
    else this.#takeFrame(line);
    return this;
  }

  end(): void {}

  #takeFrame(line: FrameLine): void {
    switch (line.type) {
      case "event":
        return this.#takeEvent(line);
      case "flush": {
        // Each event has a consumer: the one that checks wants every type.
        const counts = [this.#events, this.#events, this.#duplicates].join(" ");
        this.foretold.answers.push(`flush_ack ${fieldOf(line.value, "id")} ${counts}`);
        this.#events = this.#duplicates = 0;
        return;
      }
      case "bye":
        return this.foretold.close();
      default:
        return this.#refuse("bad_frame");
    }
  }

  #takeEvent(line: FrameLine): void {
    const members = membersOf(line.text);
    if (line.size > LONGEST_EVENT) {
      const isTooLong = isLongerThanEvents(line, members);
      if (isTooLong === undefined) this.foretold.unsent = "how long it is without its seq is open";
      if (isTooLong) return this.#refuse("frame_too_large");
    }
    const id = fieldOf(line.value, "event_id");
    if (!isAbsent(id) && !this.#isNew(String(id))) {
      this.foretold.duplicates++;
      this.#duplicates++;
      return;
    }
    this.foretold.events.push(essence(members));
    this.#events++;
  }

  #isNew(id: string): boolean {
    const { foretold } = this;
    if (foretold.ids.has(id)) return false;
    const knowledge = this.seen.of(id);
    if (knowledge === "unsure") foretold.unsent = "whether this id was seen before is open";
    if (knowledge === "new") foretold.ids.add(id);
    return knowledge === "new";
  }

  #refuse(code: string): void {
    this.foretold.close(`error ${code} ${this.foretold.frames}`);
  }
}

/**
 * Whether an event is too long without its seq. Nothing where it depends on how blanks are counted
 * that stand around it or its fields.
 */
function isLongerThanEvents(line: FrameLine, members: readonly Member[]): boolean | undefined {
  const written = ({ written, value }: Member) => `${written}:${value}`;
  const all = encoder.encode(members.map(written).join()).length;
  const rest = encoder.encode(essence(members)).length;
  // Braces and line end.
  const least = rest + 3;
  const most = line.size - (all - rest);
  if (least > LONGEST_EVENT) return true;
  return most > LONGEST_EVENT ? undefined : false;
}
