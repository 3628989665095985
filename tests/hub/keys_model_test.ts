import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { rounds } from "../e2e/rounds.ts";
import { FirstLastModel, type Modelled } from "./first_last_model.ts";
import { type Joined, TestHub } from "./kit.ts";

const KEYS = ["gh", "ci", "__proto__"] as const;
const CONSUMERS = 8;

const who = fc.nat(CONSUMERS - 1);
const key = fc.constantFrom(...KEYS);

/** What may happen, as often as it should. */
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      does: fc.constant("join" as const),
      who,
      key,
      bySubscription: fc.boolean(),
      setsUp: fc.boolean(),
    }),
  },
  { weight: 8, arbitrary: fc.record({ does: fc.constant("ask" as const), who }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("ask elsewhere" as const), who, key }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant("setup done" as const), who }) },
  { weight: 6, arbitrary: fc.record({ does: fc.constant("go" as const), who }) },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant("pass" as const),
      milliseconds: fc.constantFrom(1, 14_999, 15_000, 30_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant("crowd" as const),
      key,
      count: fc.integer({ min: 62, max: 65 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("crowd goes" as const) }) },
);

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

interface Pair {
  readonly real: Joined;
  readonly model: Modelled;
}

/** The hub and the model side by side. */
class Both {
  readonly test = new TestHub();
  readonly model = new FirstLastModel();
  readonly #actors: (Pair | undefined)[] = Array.from({ length: CONSUMERS });
  readonly #all: Pair[] = [];
  #crowd: Pair[] = [];

  do(step: Step): void {
    const pair = "who" in step ? this.#actors[step.who] : undefined;
    switch (step.does) {
      case "join":
        if (!pair) this.#actors[step.who] = this.#join(step.key, step.setsUp, step.bySubscription);
        break;
      case "ask":
        if (pair) this.#ask(pair, pair.model.key);
        break;
      case "ask elsewhere":
        if (pair) this.#ask(pair, step.key);
        break;
      case "setup done":
        if (!pair) break;
        this.test.hub.setupDone(pair.real.consumer);
        this.model.setupDone(pair.model);
        break;
      case "go":
        if (pair) this.#go(pair);
        this.#actors[step.who] = undefined;
        break;
      case "pass":
        this.test.clock.pass(step.milliseconds);
        this.test.hub.look();
        this.model.look(this.test.clock.now());
        break;
      case "crowd":
        // Who crowds without having to wait has no end but the key's.
        if (!this.model.reservation(step.key)) break;
        for (let i = 0; i < step.count; i++) this.#crowd.push(this.#join(step.key, false, false));
        break;
      case "crowd goes":
        this.#crowdGoes();
    }
    this.compare();
  }

  compare(): void {
    const { hub } = this.test;
    for (const { real, model } of this.#all) {
      assertEquals(real.edge.told.map(shortened), model.told === undefined ? [] : [model.told]);
      const holds = this.model.reservation(model.key);
      const granted = holds?.by === model && holds.for === "cleanup";
      const there = granted ? "granted" : "registered";
      assertEquals(real.consumer.state, model.state === "there" ? there : model.state);
    }
    assertEquals(hub.size, this.model.registered.length);
    assertEquals(hub.keyCount, this.model.keys);
    assertEquals(
      hub.consumers().map(({ pid, leaving }) => ({ pid, leaving })),
      this.model.registered.map((model) => ({
        pid: this.#all.findIndex((pair) => pair.model === model) + 1,
        leaving: model.asked,
      })),
    );
  }

  everybodyGoes(): void {
    for (const pair of this.#actors) if (pair) this.#go(pair);
    this.#crowdGoes();
    this.compare();
    const { size, keyCount, isPressed } = this.test.hub;
    assertEquals({ size, keyCount, isPressed }, { size: 0, keyCount: 0, isPressed: false });
  }

  #join(key: string, setsUp: boolean, bySubscription: boolean): Pair {
    // One that names its group by subscription has an event key that is another group's name.
    const other = KEYS[KEYS.findIndex((name) => name === key) + 1] ?? KEYS[0];
    const names = bySubscription ? { subscription_id: key, event_key: other } : { event_key: key };
    const pid = this.#all.length + 1;
    const real = this.test.join({ ...names, sets_up: setsUp, pid });
    const pair = { real, model: this.model.hello(key, setsUp, this.test.clock.now()) };
    this.#all.push(pair);
    return pair;
  }

  #ask({ real, model }: Pair, key: string): void {
    assertEquals(this.test.hub.ask(real.consumer, key), this.model.check(model, key));
  }

  #go({ real, model }: Pair): void {
    this.test.hub.leave(real.consumer, "eof");
    this.model.end(model);
  }

  #crowdGoes(): void {
    for (const pair of this.#crowd) this.#go(pair);
    this.#crowd = [];
  }
}

/** What an edge was told, in the model's words. */
function shortened(told: string): string {
  if (/^cleanup: waited 30 s for this key to be (set|cleaned) up$/.test(told)) return "waited";
  if (/^cleanup: 64 others wait for this key to be (set|cleaned) up$/.test(told)) return "full";
  return told;
}

Deno.test("Hub: first, last, waiting and refused are what the contract's words say", () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 50, size: "max" }), (steps) => {
      const both = new Both();
      for (const step of steps) both.do(step);
      both.everybodyGoes();
      for (const { told } of both.model.all) seen.add(told ?? "left while waiting");
    }),
    { numRuns: rounds(250) },
  );
  assertEquals(seen, new Set(["first", "joined", "waited", "full", "left while waiting"]));
});

Deno.test("Hub: 1,000 random interleavings of join, ask, leave and crash", () => {
  const move = fc.record({ does: fc.constantFrom("join", "ask", "go"), who: fc.nat(3) });
  fc.assert(
    fc.property(fc.array(move, { minLength: 10, maxLength: 40, size: "max" }), (moves) => {
      const both = new Both();
      for (const { does, who } of moves) {
        if (does === "join") {
          both.do({ does, who, key: "gh", setsUp: false, bySubscription: false });
        } else both.do({ does: does === "ask" ? "ask" : "go", who });
      }
      both.everybodyGoes();
    }),
    { numRuns: rounds(600) },
  );
});
