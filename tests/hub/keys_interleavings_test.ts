import { assert, assertEquals } from "@std/assert";
import { Keys, type Member } from "../../lib/hub/keys.ts";
import { WAITING_MS } from "../../lib/hub/limits.ts";

const KEY = "gh";
const CONSUMERS = 3;

/** What each consumer does, one step after the other; all steps of all are interleaved. */
const STEPS = ["join", "ask", "go", "rejoin"] as const;

/** One of the three; it does what a connection does with what its peer sends. */
class Actor implements Member {
  readonly group = KEY;
  readonly setsUp = false;
  /** Goes without asking, as one that was killed. */
  crashes = false;
  state: "away" | "waiting" | "there" = "away";
  asked = false;
  /** A check sent while it waits is dealt with after its ack. */
  asksWhenThere = false;
  steps = 0;
}

/**
 * Plays one interleaving after the other and holds every decision against what may be said without
 * knowing how it comes about: whether the key's upstream is up, and whom its cleanup was given to.
 */
class Play {
  readonly actors = Array.from({ length: CONSUMERS }, () => new Actor());
  readonly #keys = new Keys<Actor>({
    admitted: (actor, first) => this.#admitted(actor, first),
    refused: (actor) => {
      assert(actor.state === "waiting");
      actor.state = "away";
    },
  });
  /** There was a first, and since then no grant ended and the key did not empty. */
  #isUp = false;
  #holder: Actor | undefined;
  /** Somebody went without asking since the last first. */
  #unclean = false;
  #now = 0;
  firsts = 0;
  lasts = 0;
  refused = 0;

  /** One that waits, if any does. */
  get waits(): boolean {
    return this.actors.some(({ state }) => state === "waiting");
  }

  /** Plays an order; returns a bit for each place where somebody waited before the step. */
  run(order: Uint8Array, ways: number, expiresAt = -1): number {
    this.actors.forEach((actor, i) => {
      actor.steps = 0;
      actor.crashes = (ways >> i & 1) === 1;
    });
    let waited = 0;
    for (let place = 0; place < order.length; place++) {
      if (this.waits) waited |= 1 << place;
      if (place === expiresAt) this.#pass();
      const actor = this.actors[order[place] ?? 0];
      if (actor) this.#step(actor);
      this.#keptChecks();
      // Nobody is forgotten: who waits, waits for a holder that is there.
      assert(!this.waits || this.#holder?.state === "there", "somebody waits for nobody");
    }
    this.#everybodyGoes();
    return waited;
  }

  #step(actor: Actor): void {
    switch (STEPS[actor.steps++]) {
      case "join":
      case "rejoin":
        actor.state = "waiting";
        return this.#keys.join(actor, this.#now);
      case "ask":
        if (actor.crashes) return;
        if (actor.state === "there") this.#ask(actor);
        else if (actor.state === "waiting") actor.asksWhenThere = true;
        return;
      case "go":
        return this.#go(actor);
    }
  }

  #admitted(actor: Actor, first: boolean): void {
    assert(actor.state === "waiting" && !this.#holder, "admitted while the key is reserved");
    const others = this.actors.some(({ state }) => state === "there");
    if (!others) this.#isUp = false;
    assert(first === !this.#isUp, "first is not exact");
    if (first) {
      this.firsts++;
      this.#isUp = true;
      this.#unclean = false;
    }
    actor.state = "there";
    actor.asked = false;
  }

  #ask(actor: Actor): void {
    actor.asked = true;
    const allAsked = this.actors.every(({ state, asked }) => state !== "there" || asked);
    const last = this.#keys.ask(actor, KEY);
    // Exactly one between two firsts: never a second, and always one when all have asked.
    assert(last === (allAsked && this.#isUp && !this.#holder), "last is not exact");
    if (!last) return;
    this.lasts++;
    this.#holder = actor;
  }

  #keptChecks(): void {
    for (const actor of this.actors) {
      if (actor.state !== "there" || !actor.asksWhenThere) continue;
      actor.asksWhenThere = false;
      this.#ask(actor);
    }
  }

  #go(actor: Actor): void {
    const { state } = actor;
    actor.state = "away";
    actor.asksWhenThere = false;
    if (state === "there") this.#went(actor);
    if (state !== "away") this.#keys.leave(actor);
  }

  #went(actor: Actor): void {
    if (!actor.asked) this.#unclean = true;
    if (this.#holder === actor) {
      this.#holder = undefined;
      this.#isUp = false;
    } else if (this.#isUp && this.actors.every(({ state }) => state !== "there")) {
      assert(this.#unclean, "all asked, and nobody was last");
      this.#isUp = false;
    }
  }

  #pass(): void {
    this.#now += WAITING_MS;
    this.refused += this.actors.filter(({ state }) => state === "waiting").length;
    this.#keys.expire(this.#now);
    assert(!this.waits, "somebody waits for longer than 30 s");
    for (const actor of this.actors) actor.asksWhenThere = false;
  }

  #everybodyGoes(): void {
    for (let i = 0; i < 2 * CONSUMERS && this.#keys.size > 0; i++) {
      for (const actor of this.actors) if (actor.state === "there") this.#go(actor);
    }
    assert(this.#keys.size === 0, "somebody was left behind");
    assert(this.actors.every(({ state }) => state === "away"));
    this.#isUp = false;
  }
}

/** Calls back with every order of three times four steps: 12! / (4!)³ of them. */
function everyOrder(visit: (order: Uint8Array) => void): void {
  const order = new Uint8Array(CONSUMERS * STEPS.length);
  const left: number[] = Array.from({ length: CONSUMERS }, () => STEPS.length);
  const place = (at: number): void => {
    if (at === order.length) return visit(order);
    left.forEach((steps, who) => {
      if (steps === 0) return;
      left[who] = steps - 1;
      order[at] = who;
      place(at + 1);
      left[who] = steps;
    });
  };
  place(0);
}

Deno.test("Keys: first and last are exact in every interleaving of three consumers", () => {
  const play = new Play();
  let orders = 0;
  let runs = 0;
  everyOrder((order) => {
    orders++;
    for (let ways = 0; ways < 2 ** CONSUMERS; ways++, runs++) {
      const waited = play.run(order, ways);
      for (let place = 0; place < order.length; place++) {
        if (waited >> place & 1) play.run(order, ways, place);
      }
    }
  });
  assertEquals([orders, runs], [34_650, 277_200]);
  assert(play.firsts > runs && play.lasts > 0 && play.refused > 0);
});
