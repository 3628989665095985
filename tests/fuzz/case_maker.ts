/**
 * Makes connections: a state, and hostile frames in it.
 *
 * @module
 */

import type { Random } from "../campaign/random.ts";
import { type Case, type End, situationOf } from "./cases.ts";
import { Foreteller } from "./foretell.ts";
import type { Foretold } from "./foretold.ts";
import { Grammar, type Subject } from "./grammar.ts";
import { MUTATIONS, someMutation } from "./mutations.ts";
import type { SeenIds } from "./seen_ids.ts";
import { type State, STATES } from "./states.ts";
import { intoWrites } from "./writes.ts";

/** A case, what must come of it, and what is in it, in words. */
export interface Planned {
  readonly played: Case;
  readonly foretold: Foretold;
  /** What it counts as, for the tally: each word once for each time. */
  readonly counts: ReadonlyMap<string, number>;
}

/** How often a state is chosen; where many frames can be sent in it more of all frames are. */
const STATE_WEIGHTS: readonly (readonly [weight: number, state: string])[] = [
  [6, "newcomer"],
  [24, "publisher"],
  [4, "consumer"],
  [2, "consumer that sets up"],
  [2, "consumer beside another"],
  [2, "consumer that waits for a cleanup"],
  [2, "consumer that waits for a setup"],
  [1, "consumer that waits for a setup in vain"],
  [3, "holder"],
  [1, "asker"],
  [1, "asker of the state"],
];

const ENDS: readonly (readonly [weight: number, end: End])[] = [
  [6, "half-closes"],
  [3, "stays"],
  [1, "vanishes"],
];

/** Keys that many connections are in, one after the other. */
const OLD_KEYS = 40;

const encoder = new TextEncoder();

/** Makes cases that chance determines. */
export class CaseMaker {
  #made = 0;

  /** @param isFree whether nothing of what a case needs for itself is in use by another */
  constructor(
    private readonly random: Random,
    private readonly seen: SeenIds,
    private readonly isFree: (foretold: Foretold) => boolean,
  ) {}

  /** The next case. One whose outcome the contract leaves open is not made. */
  next(): Planned {
    for (;;) {
      const planned = this.#make();
      if (planned.foretold.unsent === undefined && this.isFree(planned.foretold)) return planned;
    }
  }

  #make(): Planned {
    const { random } = this;
    const name = random.weighted(STATE_WEIGHTS);
    const state = STATES[name] as State;
    const unique = `k${++this.#made}-${random.int(0, 0xffffff).toString(36)}`;
    const end = this.#end(state);
    const counts = new Map<string, number>();
    const count = (word: string) => counts.set(word, (counts.get(word) ?? 0) + 1);
    // When one that vanishes has left its key nobody knows.
    const isOld = end !== "vanishes" && random.oneIn(3);
    const key = isOld ? `old${random.int(1, OLD_KEYS)}` : unique;
    if (isOld) count("keys used again");
    const foreteller = new Foreteller(situationOf({ state: name, key, end }), this.seen);
    const frames: Uint8Array[] = [];
    const add = (frame: Uint8Array) => {
      frames.push(frame);
      foreteller.add(frame);
    };
    state.prelude(key).map(line).forEach(add);
    for (const frame of this.#frames(state, this.#subject(key, unique), count)) {
      add(frame);
      // Now and then somebody sends on.
      if (foreteller.isOver && random.oneIn(2)) break;
    }
    const { writes, how } = intoWrites(frames, random);
    const foretold = foreteller.end();
    count(`writes: ${how}`);
    count(`end: ${end}`);
    counts.set(`state: ${name}`, foretold.frames);
    return { played: { state: name, key, writes, end }, foretold, counts };
  }

  *#frames(
    { messages, most, oneSpoiltIn }: State,
    subject: Subject,
    count: (word: string) => void,
  ): Generator<Uint8Array, void, void> {
    const { random } = this;
    const grammar = new Grammar(random, subject);
    const types = Object.entries(messages).map(([type, weight]) => [weight, type] as const);
    const oneWrongIn = random.pick(oneSpoiltIn);
    const oneMutatedIn = random.pick(oneSpoiltIn);
    let other = line("{}");
    for (let left = random.int(1, most); left > 0; left--) {
      const type = random.weighted(types);
      let frame = line(this.#text(grammar, type, oneWrongIn));
      count(`frame: ${type}`);
      if (random.oneIn(oneMutatedIn)) {
        const mutation = someMutation(random);
        count(`mutation: ${mutation}`);
        const mutated = MUTATIONS[mutation]?.(frame, random, other) ?? frame;
        other = frame;
        frame = mutated;
      }
      yield frame;
    }
  }

  #text(grammar: Grammar, type: string, oneWrongIn: number): string {
    const { random } = this;
    if (type === "?" && random.oneIn(2)) return grammar.noFrame();
    const known = type === "?" ? random.pick(["publish", "Event", "toString", "__proto__"]) : type;
    if (random.oneIn(8_000)) return grammar.large(known);
    if (random.oneIn(600)) return grammar.sized(known);
    return grammar.frame({ type: known, oneWrongIn });
  }

  #end({ companion }: State): End {
    const { random } = this;
    const canLeaveEarly = companion !== "nobody" && companion !== "a member";
    return canLeaveEarly && random.oneIn(8) ? "leaves early" : random.weighted(ENDS);
  }

  #subject(key: string, unique: string): Subject {
    const { random, seen } = this;
    const own: string[] = [];
    return {
      key,
      newId: () => {
        const id = `${unique}.${own.length}`;
        own.push(id);
        return id;
      },
      oldId: () => random.oneIn(2) && own.length > 0 ? random.pick(own) : seen.recent(random),
    };
  }
}

function line(text: string): Uint8Array {
  return encoder.encode(`${text}\n`);
}
