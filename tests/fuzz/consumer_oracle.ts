/**
 * What must come of what a consumer sends.
 *
 * @module
 */

import type { Foretold } from "./foretold.ts";
import { fieldOf, type FrameLine, isAbsent, type Line } from "./lines.ts";
import type { Oracle, Situation } from "./oracle.ts";

/** What a consumer may say, and what it is about. */
type Remark = { says: "check"; key: string } | { says: "setup_done" };

/** What may be kept of one that waits; below it nobody need know what counts. */
const SURELY_KEPT = 1_000_000;

/** Follows a consumer through its key, in which it is alone or with a companion. */
export class ConsumerOracle implements Oracle {
  readonly #group: string;
  readonly #setsUp: boolean;
  /** Whether it is in the key of its companion. */
  readonly #isBeside: boolean;
  #isAlone: boolean;
  #isSettingUp = false;
  #isWaiting: boolean;
  #kept: Remark[] = [];
  #keptBytes = 0;

  constructor(
    private readonly foretold: Foretold,
    private readonly situation: Situation,
    { value }: FrameLine,
  ) {
    const [subscription, key] = [fieldOf(value, "subscription_id"), fieldOf(value, "event_key")];
    this.#group = String(isAbsent(subscription) ? key : subscription);
    this.#setsUp = fieldOf(value, "sets_up") === true;
    this.#isBeside = situation.companion !== "nobody" && this.#group === situation.key;
    this.#isAlone = !this.#isBeside;
    this.#isWaiting = this.#isBeside && situation.companion !== "a member";
    const types = fieldOf(value, "event_types");
    if (Array.isArray(types) && types.length > 1000) foretold.unsent = "so many types may be many";
    if (Array.isArray(types)) foretold.eventTypes = types;
    foretold.group = this.#group;
    foretold.waits = this.#isWaiting;
    if (!this.#isWaiting) this.#admit(this.#isAlone);
  }

  take(line: Exclude<Line, { is: "empty" }>): Oracle {
    if (line.is === "oversized") {
      this.foretold.close(this.#isWaiting ? "error frame_too_large" : "bye protocol");
      return this;
    }
    if (line.is === "unreadable") return this;
    if (line.type === "bye" && line.isRight) this.foretold.close();
    const remark = remarkOf(line);
    if (!remark) return this;
    if (!this.#isWaiting) {
      this.#deal(remark);
      return this;
    }
    this.#kept.push(remark);
    this.#keptBytes += line.size;
    if (this.#keptBytes > SURELY_KEPT) this.foretold.unsent = "so much may be more than is kept";
    return this;
  }

  end(): void {
    if (!this.#isWaiting || this.situation.leavesEarly) return;
    this.#isWaiting = false;
    this.#isAlone = this.situation.companion !== "one that sets up";
    this.#admit(this.#isAlone);
    for (const remark of this.#kept) this.#deal(remark);
  }

  #admit(isFirst: boolean): void {
    this.foretold.answers.push(isFirst ? "hello_ack first" : "hello_ack");
    this.#isSettingUp = isFirst && this.#setsUp;
  }

  #deal(remark: Remark): void {
    if (remark.says === "setup_done") {
      this.#isSettingUp = false;
      return;
    }
    // Alone, it is the last whenever it asks, the second time too.
    const isLast = remark.key === this.#group && this.#isAlone && !this.#isSettingUp;
    this.foretold.answers.push(isLast ? "last yes" : "last no");
  }
}

function remarkOf({ type, isRight, value }: FrameLine): Remark | undefined {
  if (type === "setup_done") return { says: "setup_done" };
  if (type !== "pre_shutdown_check") return undefined;
  if (!isRight) return { says: "check", key: "" };
  const [subscription, key] = [fieldOf(value, "subscription_id"), fieldOf(value, "event_key")];
  return { says: "check", key: String((isAbsent(subscription) ? key : subscription) ?? "") };
}
