import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Batch } from "../../lib/hub/batch.ts";
import { Channel, type ChannelLimits } from "../../lib/hub/channel.ts";
import { Feed } from "../../lib/hub/feed.ts";
import { Layouts } from "../../lib/hub/layouts.ts";
import { Ledger } from "../../lib/hub/ledger.ts";
import { Crowd } from "../../lib/hub/pace.ts";
import { HandClock, routedEvent, sized } from "./kit.ts";

/** Several channels; of one feed, or each with a feed of its own. */
class Side {
  readonly ledger = new Ledger(2 ** 40);
  readonly all: Channel[] = [];
  readonly #gone = new Set<Channel>();
  readonly #batches = new Map<Channel, Batch>();
  readonly #feed = new Feed();
  readonly #crowd = new Crowd(new HandClock());
  readonly #layouts = new Layouts();

  constructor(private readonly limits: ChannelLimits, private readonly areTogether: boolean) {}

  /** The one that is meant; others may have come meanwhile. */
  #one(which: number): Channel | undefined {
    return this.all[which % Math.max(1, this.all.length)];
  }

  join(): void {
    const channel = new Channel(this.limits, this.ledger, this.#crowd, this.#layouts);
    if (this.areTogether) channel.follow(this.#feed);
    this.all.push(channel);
  }

  push(bytes: number): void {
    const event = routedEvent(sized("github.push", bytes), this.ledger);
    event.retain();
    if (this.areTogether) this.#feed.push(event);
    else for (const channel of this.all) channel.push(event);
    event.release();
  }

  evict(which: number): void {
    this.#one(which)?.evict();
  }

  /** @returns what is laid out */
  layOut(which: number, maxBytes: number): string {
    const channel = this.#one(which);
    if (!channel || this.#batches.has(channel) || channel.isEmpty) return "";
    const batch = channel.layOut(maxBytes);
    this.#batches.set(channel, batch);
    return new TextDecoder().decode(batch.rest);
  }

  take(which: number, bytes: number): void {
    const channel = this.#one(which);
    const batch = channel && this.#batches.get(channel);
    if (!batch) return;
    const all = bytes >= batch.restBytes;
    channel.taken(Math.min(bytes, batch.restBytes));
    if (all) this.#batches.delete(channel);
  }

  leave(which: number): void {
    const channel = this.#one(which);
    if (!channel || this.#gone.has(channel)) return;
    this.#gone.add(channel);
    channel.discard();
  }

  get state(): unknown[] {
    const channels = this.all.map((channel) => [
      channel.received,
      channel.dropped,
      channel.delivered,
      channel.queued,
      channel.queuedBytes,
      channel.evictableBytes,
      channel.isEmpty,
      channel.pace.behind,
      channel.pace.holds,
    ]);
    return [this.ledger.used, ...channels];
  }
}

const which = fc.nat(5);
const step = fc.oneof(
  { weight: 1, arbitrary: fc.record({ join: fc.constant(true) }) },
  { weight: 6, arbitrary: fc.record({ push: fc.integer({ min: 60, max: 400 }) }) },
  { weight: 4, arbitrary: fc.record({ layOut: which, most: fc.integer({ min: 1, max: 900 }) }) },
  { weight: 4, arbitrary: fc.record({ take: which, bytes: fc.nat(900) }) },
  { weight: 1, arbitrary: fc.record({ evict: which }) },
  { weight: 1, arbitrary: fc.record({ leave: which }) },
);

Deno.test("Feed is to each of its followers what a feed of its own would be", () => {
  const limits = fc.record({
    events: fc.integer({ min: 1, max: 24 }),
    bytes: fc.integer({ min: 200, max: 4_000 }),
  });
  fc.assert(
    fc.property(limits, fc.array(step, { maxLength: 120, size: "max" }), (limits, steps) => {
      const sides = [new Side(limits, true), new Side(limits, false)];
      for (const step of steps) {
        const laidOut = sides.map((side) => {
          if ("join" in step) side.join();
          else if ("push" in step) side.push(step.push);
          else if ("layOut" in step) return side.layOut(step.layOut, step.most);
          else if ("take" in step) side.take(step.take, step.bytes);
          else if ("evict" in step) side.evict(step.evict);
          else side.leave(step.leave);
          return "";
        });
        assertEquals(laidOut[0], laidOut[1]);
        assertEquals(sides[0]?.state, sides[1]?.state);
      }
      for (const side of sides) {
        for (let i = 0; i < side.all.length; i++) {
          side.leave(i);
          side.take(i, Infinity);
        }
      }
      assertEquals(sides[0]?.state, sides[1]?.state);
    }),
    { numRuns: 300 },
  );
});

Deno.test("Feed looks at its followers only when something may change for one of them", () => {
  const ledger = new Ledger(2 ** 40);
  const feed = new Feed();
  let looks = 0;
  const follower = {
    at: 0,
    settle: () => ({ events: 100, bytes: (looks++, 1_000_000) }),
    wake: () => {},
  };
  feed.join(follower);
  for (let i = 0; i < 1_000; i++) feed.push(routedEvent(sized("github.push", 100), ledger));
  assertEquals(looks, 10);
});

Deno.test("Feed wakes a follower once for each time that it sleeps", () => {
  const ledger = new Ledger(2 ** 40);
  const feed = new Feed();
  let wakes = 0;
  const follower = {
    at: 0,
    settle: () => ({ events: Infinity, bytes: Infinity }),
    wake: () => void wakes++,
  };
  feed.join(follower);
  const push = () => feed.push(routedEvent(sized("github.push", 100), ledger));
  for (let i = 0; i < 3; i++) push();
  assertEquals(wakes, 1);
  feed.sleep(follower);
  push();
  assertEquals(wakes, 2);
  feed.sleep(follower);
  feed.leave(follower);
  push();
  assertEquals(wakes, 2);
});

Deno.test("Feed wakes a follower after it has lost what it was woken for", () => {
  const ledger = new Ledger(2 ** 40);
  const feed = new Feed();
  const channel = new Channel({ events: 9, bytes: 1_000 }, ledger, new Crowd(new HandClock()));
  let wakes = 0;
  channel.follow(feed, () => wakes++);
  const push = (bytes: number) => feed.push(routedEvent(sized("github.push", bytes), ledger));
  push(2_000);
  assertEquals([channel.dropped, channel.isEmpty], [1, true]);
  const before = wakes;
  push(100);
  assertEquals([wakes - before, channel.isEmpty], [1, false]);
});
