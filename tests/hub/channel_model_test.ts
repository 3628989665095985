import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Batch } from "../../lib/hub/batch.ts";
import { Channel, type ChannelLimits } from "../../lib/hub/channel.ts";
import { Ledger } from "../../lib/hub/ledger.ts";
import { Crowd } from "../../lib/hub/pace.ts";
import type { RoutedEvent } from "../../lib/hub/routed_event.ts";
import { framesIn, HandClock, routedEvent, sized } from "./kit.ts";

const CHANNELS = 3;

/** What a consumer should see, as a plain list; and what it saw of a real channel. */
class Side {
  readonly channel: Channel;
  #batch: Batch | undefined;
  // The model: what waits, what is being written, the rest as numbers.
  #waiting: { seq: number; size: number; body: Uint8Array }[] = [];
  #writing = 0;
  /** Bytes that follow of the frame of which a piece is out. */
  #rest = new Uint8Array();
  #received = 0;
  #dropped = 0;
  #discarded = false;
  /** Each byte that a consumer got. */
  #taken: number[] = [];
  /** Seqs that the consumer must have seen in the end, in order. */
  readonly #expected: number[] = [];

  constructor(private readonly limits: ChannelLimits, ledger: Ledger, crowd: Crowd) {
    this.channel = new Channel(limits, ledger, crowd);
  }

  push(event: RoutedEvent): void {
    this.channel.push(event);
    if (this.#discarded) return;
    this.#waiting.push({ seq: ++this.#received, size: event.size, body: event.body });
    const out = (this.#batch?.restBytes ?? 0) + this.#rest.length;
    const isFull = () =>
      this.#waiting.length + this.#writing > this.limits.events ||
      out + sum(this.#waiting) > this.limits.bytes;
    while (this.#waiting.length > 0 && isFull()) this.#drop();
  }

  evict(): void {
    assertEquals(this.channel.evict(), this.#waiting.length > 0);
    if (this.#waiting.length > 0) this.#drop();
  }

  layOut(maxBytes: number): void {
    assertEquals(this.channel.isEmpty, this.#waiting.length === 0 && this.#rest.length === 0);
    assertEquals(this.channel.isWithinFrame, this.#rest.length > 0);
    if (this.#batch || this.channel.isEmpty) return;
    const most = Math.floor(Math.min(maxBytes, this.limits.bytes / 2));
    if (this.#rest.length === 0 && (this.#waiting[0]?.size ?? 0) > most) this.#begin();
    const pieces = [this.#rest.slice(0, most)];
    this.#rest = this.#rest.slice(most);
    const batch = this.channel.layOut(maxBytes);
    assert(batch.capacity <= most, "the batch is too large");
    // A frame of which a piece is out is one of those that are being written, whole or not.
    const whole = this.#waiting.splice(0, batch.restEvents - (this.#ends(pieces[0]) ? 1 : 0));
    pieces.push(...whole.map(frameOf));
    assertEquals(batch.rest, concat(pieces));
    assert(batch.rest.length > 0);
    this.#batch = batch;
    this.#writing += whole.length;
    this.#expected.push(...whole.map(({ seq }) => seq));
  }

  #begin(): void {
    const event = this.#waiting.shift();
    if (!event) return;
    this.#rest = frameOf(event);
    this.#writing++;
    this.#expected.push(event.seq);
  }

  /** Whether a piece is the last one of a frame. */
  #ends(piece: Uint8Array | undefined): boolean {
    return piece !== undefined && piece.length > 0 && this.#rest.length === 0;
  }

  take(bytes: number): void {
    const batch = this.#batch;
    if (!batch) return;
    const piece = batch.rest.slice(0, bytes);
    this.#taken.push(...piece);
    this.channel.taken(piece.length);
    this.#writing = batch.restEvents + (this.#rest.length > 0 ? 1 : 0);
    if (batch.restBytes === 0) this.#batch = undefined;
  }

  discard(): void {
    this.channel.discard();
    this.#waiting = [];
    this.#discarded = true;
  }

  compare(): void {
    const { received, dropped, delivered, queued, queuedBytes, evictableBytes } = this.channel;
    assertEquals([received, dropped], [this.#received, this.#dropped]);
    assertEquals(queued, this.#waiting.length + this.#writing);
    assertEquals(evictableBytes, sum(this.#waiting));
    assertEquals(
      queuedBytes,
      sum(this.#waiting) + this.#rest.length + (this.#batch?.restBytes ?? 0),
    );
    assert(queued <= this.limits.events && queuedBytes <= this.limits.bytes);
    if (this.#discarded) return;
    assertEquals(received, dropped + delivered + queued);
    const behind = queuedBytes > Math.min(65_536, this.limits.bytes / 2) ||
      queued > this.limits.events / 2;
    assertEquals(this.channel.pace.behind, behind);
  }

  /** The consumer reads to the end: it saw just what was not dropped, each loss as a gap. */
  finish(): void {
    this.take(Infinity);
    while (this.#waiting.length > 0 || this.#rest.length > 0) {
      this.layOut(64 * 1024);
      this.take(Infinity);
      this.compare();
    }
    const seqs = framesIn(new Uint8Array(this.#taken)).map(({ seq }) => seq);
    assertEquals(seqs, this.#expected);
    if (this.#discarded) return;
    assertEquals(this.channel.delivered, seqs.length);
    // One more event is seen, so that what was lost after the last one shows as well.
    const seen = [0, ...seqs, this.#received + 1];
    const gaps = seen.slice(1).reduce((lost, seq, i) => lost + seq - (seen[i] ?? 0) - 1, 0);
    assertEquals(gaps, this.channel.dropped);
  }

  #drop(): void {
    this.#waiting.shift();
    this.#dropped++;
  }
}

function sum(events: readonly { size: number }[]): number {
  return events.reduce((bytes, { size }) => bytes + size, 0);
}

function concat(pieces: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(pieces.flatMap((piece) => [...piece]));
}

function frameOf({ body, seq }: { body: Uint8Array; seq: number }): Uint8Array<ArrayBuffer> {
  return concat([body, new TextEncoder().encode(`,"seq":${seq}}\n`)]);
}

const channel = fc.nat(CHANNELS - 1);
const size = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 60, max: 200 }) },
  { weight: 1, arbitrary: fc.integer({ min: 200, max: 2100 }) },
);
const step = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      push: size,
      to: fc.uniqueArray(channel, { minLength: 1, maxLength: CHANNELS }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ layOut: channel, maxBytes: fc.integer({ min: 1, max: 2000 }) }),
  },
  { weight: 6, arbitrary: fc.record({ take: channel, bytes: fc.integer({ min: 1, max: 900 }) }) },
  { weight: 1, arbitrary: fc.record({ evict: channel }) },
  { weight: 1, arbitrary: fc.record({ discard: channel }) },
);
const limits = fc.record({
  events: fc.integer({ min: 1, max: 12 }),
  bytes: fc.integer({ min: 200, max: 3000 }),
});

Deno.test("Channel does what a plain list does, several sharing their events and a ledger", () => {
  fc.assert(
    fc.property(
      fc.array(limits, { minLength: CHANNELS, maxLength: CHANNELS }),
      fc.array(step, { maxLength: 80, size: "max" }),
      (bounds, steps) => {
        const ledger = new Ledger(2 ** 40);
        const crowd = new Crowd(new HandClock());
        const sides = bounds.map((bound) => new Side(bound, ledger, crowd));
        for (const step of steps) {
          if ("push" in step) {
            const event = routedEvent(sized("github.push", step.push), ledger);
            for (const i of step.to) sides[i]?.push(event);
          } else if ("layOut" in step) sides[step.layOut]?.layOut(step.maxBytes);
          else if ("take" in step) sides[step.take]?.take(step.bytes);
          else if ("evict" in step) sides[step.evict]?.evict();
          else sides[step.discard]?.discard();
          for (const side of sides) side.compare();
        }
        for (const side of sides) side.finish();
        assertEquals([ledger.used, crowd.size, crowd.holding], [0, 0, 0]);
      },
    ),
    { numRuns: 200 },
  );
});
