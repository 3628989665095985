/**
 * First and last, said once more as the contract says it: what happened to a key is written down, and
 * every answer is read off that. Slow and plain, to compare with.
 *
 * @module
 */

/** A hello, and what became of it. */
export interface Modelled {
  readonly key: string;
  readonly setsUp: boolean;
  /** What it was told: `first`, `joined`, `waited` (30 s) or `full` (64 wait); nothing as it waits. */
  told?: "first" | "joined" | "waited" | "full";
  state: "waiting" | "there" | "gone";
  asked: boolean;
  since: number;
}

type Happening =
  | { what: "first" | "cleaned up" | "left undone" | "set up" }
  | { what: "reserved"; by: Modelled; for: "cleanup" | "setup" };

/** All keys, by the words of the contract. */
export class FirstLastModel {
  /** Every hello ever, in the order in which they came. */
  readonly all: Modelled[] = [];
  /** Those that were registered, in that order, and are still there. */
  registered: Modelled[] = [];
  readonly #history = new Map<string, Happening[]>();

  /** Keys that somebody has or waits for. */
  get keys(): number {
    return new Set(this.all.filter(({ state }) => state !== "gone").map(({ key }) => key)).size;
  }

  /** Those that wait for a key, in their order. */
  waiting(key: string): Modelled[] {
    return this.all.filter((other) => other.key === key && other.state === "waiting");
  }

  /** Who holds a key, and what for. */
  reservation(key: string): Happening & { what: "reserved" } | undefined {
    // A reservation stands until something else happens: meanwhile nobody can be first.
    const last = this.#of(key).at(-1);
    return last?.what === "reserved" ? last : undefined;
  }

  hello(key: string, setsUp: boolean, now: number): Modelled {
    const consumer: Modelled = { key, setsUp, state: "waiting", asked: false, since: now };
    const others = this.waiting(key).length;
    this.all.push(consumer);
    if (!this.reservation(key)) this.#register(consumer);
    else if (others >= 64) this.#reject(consumer, "full");
    return consumer;
  }

  check(consumer: Modelled, key: string): boolean {
    if (consumer.state !== "there" || key !== consumer.key) return false;
    consumer.asked = true;
    const reservation = this.reservation(key);
    if (reservation) return reservation.by === consumer && reservation.for === "cleanup";
    const others = this.#there(key).filter((other) => other !== consumer);
    if (!others.every(({ asked }) => asked) || this.#isDown(key)) return false;
    this.#of(key).push({ what: "reserved", by: consumer, for: "cleanup" });
    return true;
  }

  setupDone(consumer: Modelled): void {
    const reservation = this.reservation(consumer.key);
    if (reservation?.by !== consumer || reservation.for !== "setup") return;
    this.#of(consumer.key).push({ what: "set up" });
    this.#serve(consumer.key);
  }

  end(consumer: Modelled): void {
    if (consumer.state === "gone") return;
    consumer.state = "gone";
    this.registered = this.registered.filter((other) => other !== consumer);
    const reservation = this.reservation(consumer.key);
    if (reservation?.by !== consumer) return;
    const what = reservation.for === "cleanup" ? "cleaned up" : "left undone";
    this.#of(consumer.key).push({ what });
    this.#serve(consumer.key);
  }

  look(now: number): void {
    for (const consumer of this.all) {
      if (consumer.state === "waiting" && now - consumer.since >= 30_000) {
        this.#reject(consumer, "waited");
      }
    }
  }

  #serve(key: string): void {
    for (const consumer of this.waiting(key)) {
      if (!this.reservation(key)) this.#register(consumer);
    }
  }

  #register(consumer: Modelled): void {
    const first = this.#there(consumer.key).length === 0 || this.#isDown(consumer.key);
    consumer.state = "there";
    consumer.told = first ? "first" : "joined";
    this.registered.push(consumer);
    if (!first) return;
    this.#of(consumer.key).push({ what: "first" });
    if (!consumer.setsUp) return;
    this.#of(consumer.key).push({ what: "reserved", by: consumer, for: "setup" });
  }

  #reject(consumer: Modelled, why: "waited" | "full"): void {
    consumer.state = "gone";
    consumer.told = why;
  }

  /** Cleaned up, or its setup left undone, since the last first. */
  #isDown(key: string): boolean {
    const history = this.#of(key).map(({ what }) => what);
    const since = history.slice(history.lastIndexOf("first") + 1);
    return since.includes("cleaned up") || since.includes("left undone");
  }

  #there(key: string): Modelled[] {
    return this.registered.filter((other) => other.key === key);
  }

  #of(key: string): Happening[] {
    const history = this.#history.get(key) ?? [];
    this.#history.set(key, history);
    return history;
  }
}
