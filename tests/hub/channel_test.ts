import { assert, assertEquals, assertFalse } from "@std/assert";
import { Channel } from "../../lib/hub/channel.ts";
import { Ledger } from "../../lib/hub/ledger.ts";
import { Crowd } from "../../lib/hub/pace.ts";
import type { RoutedEvent } from "../../lib/hub/routed_event.ts";
import { BEHIND_BYTES } from "../../lib/hub/limits.ts";
import { drain, framesIn, framesOf, HandClock, routedEvent, sized, WEBHOOKS } from "./kit.ts";

interface Fixture {
  channel: Channel;
  ledger: Ledger;
  crowd: Crowd;
  clock: HandClock;
  /** Pushes so many events of this many bytes of body. */
  push(count: number, bytes?: number): RoutedEvent[];
}

function fixture(limits: { events?: number; bytes?: number } = {}): Fixture {
  const clock = new HandClock();
  const crowd = new Crowd(clock);
  const ledger = new Ledger(2 ** 40);
  const channel = new Channel({ events: 1024, bytes: 8 << 20, ...limits }, ledger, crowd);
  const push = (count: number, bytes = 100) =>
    Array.from({ length: count }, () => {
      const event = routedEvent(sized("github.push", bytes), ledger);
      channel.push(event);
      return event;
    });
  return { channel, ledger, crowd, clock, push };
}

function seqs(got: readonly { seq: number }[]): number[] {
  return got.map(({ seq }) => seq);
}

Deno.test("Channel gives events in the order they came, numbered from 1, whole", () => {
  const { channel, ledger } = fixture();
  for (const webhook of WEBHOOKS) channel.push(routedEvent(webhook, ledger));
  const got = drain(channel);
  assertEquals(seqs(got), WEBHOOKS.map((_, i) => i + 1));
  assertEquals(got.map(({ event_type }) => event_type), WEBHOOKS.map((w) => w.event_type));
  assertEquals(channel.delivered, 329);
});

Deno.test("Channel full of events loses its oldest, which shows as a gap", () => {
  const { channel, push } = fixture({ events: 4 });
  push(4);
  assertEquals(channel.dropped, 0);
  push(3);
  const { received, dropped, queued } = channel;
  assertEquals({ received, dropped, queued }, { received: 7, dropped: 3, queued: 4 });
  assertEquals(seqs(drain(channel)), [4, 5, 6, 7]);
});

Deno.test("Channel full of bytes loses its oldest, which shows as a gap", () => {
  const { channel, push } = fixture({ bytes: 1000 });
  // Each takes 100 bytes and room for its seq.
  push(8);
  assertEquals([channel.dropped, channel.queuedBytes], [0, 1000]);
  push(1);
  assertEquals([channel.dropped, channel.queuedBytes], [1, 1000]);
  push(1, 475);
  assertEquals([channel.dropped, channel.queuedBytes], [5, 1000]);
  assertEquals(seqs(drain(channel)), [6, 7, 8, 9, 10]);
});

Deno.test("Channel loses at once an event that alone is larger than its bound", () => {
  const { channel, ledger, push } = fixture({ bytes: 1000 });
  push(2);
  push(1, 976);
  const { received, dropped, queued, queuedBytes } = channel;
  assertEquals({ received, dropped, queued, queuedBytes }, {
    received: 3,
    dropped: 3,
    queued: 0,
    queuedBytes: 0,
  });
  assertEquals(ledger.used, 0);
  push(1, 975);
  assertEquals(seqs(drain(channel)), [4]);
});

Deno.test("Channel counts what is being written, and never evicts it", () => {
  const { channel, push } = fixture({ events: 4 });
  push(4);
  const batch = channel.layOut(300);
  assertEquals([batch.restEvents, channel.queued, channel.isEmpty], [2, 4, false]);
  push(3);
  assertEquals([channel.dropped, channel.queued], [3, 4]);
  assertEquals(seqs(framesOf(batch)), [1, 2]);
  while (channel.evict());
  assertEquals([channel.dropped, channel.queued], [5, 2]);
  assertEquals(seqs(framesOf(batch)), [1, 2]);
});

Deno.test("Channel whose write is stuck keeps its newest event, so that each loss is seen", () => {
  for (const limits of [{ events: 10 }, { events: 3 }, { bytes: 1000 }]) {
    const { channel, push } = fixture(limits);
    push(10);
    const stuck = channel.layOut(64 * 1024);
    push(50);
    const seen = seqs(framesOf(stuck));
    channel.taken(stuck.restBytes);
    seen.push(...seqs(drain(channel)));
    assertEquals(seen.at(-1), 60);
    assertEquals(channel.dropped, 60 - seen.length);
  }
});

Deno.test("Channel counts: received = dropped + delivered + queued, at any byte", () => {
  const { channel, push } = fixture({ events: 8 });
  push(12);
  const counts: number[][] = [];
  const batch = channel.layOut(1000);
  for (let bytes = batch.restBytes; bytes > 0; bytes--) {
    channel.taken(1);
    const { received, dropped, delivered, queued } = channel;
    assertEquals(received, dropped + delivered + queued);
    counts.push([dropped, delivered, queued]);
  }
  assertEquals(counts[0], [4, 0, 8]);
  assertEquals(counts.at(-1), [4, 4, 4]);
});

Deno.test("Channel: what a failed write left is neither delivered nor dropped nor forgotten", () => {
  const { channel, ledger, push } = fixture();
  push(5);
  const batch = channel.layOut(64 * 1024);
  channel.taken(130);
  assertEquals(channel.delivered, 1);
  const bytes = channel.queuedBytes;
  channel.dropBatch();
  assertEquals(ledger.used, 0);
  assertEquals([channel.queued, channel.queuedBytes], [4, bytes]);
  assertEquals(batch.restEvents, 4);
  push(1);
  const { received, dropped, delivered, queued } = channel;
  assertEquals([received, dropped, delivered, queued], [6, 0, 1, 5]);
});

Deno.test("Channel.layOut takes what fits, at most half of the bound", () => {
  const { channel, push } = fixture({ events: 12 });
  push(12);
  // 125 bytes each, with room for the seq.
  const laidOut = [374, 125, 64 * 1024].map((maxBytes) => {
    const batch = channel.layOut(maxBytes);
    const count = batch.restEvents;
    assertEquals(batch.capacity, count * 125);
    channel.taken(batch.restBytes);
    return count;
  });
  assertEquals(laidOut, [2, 1, 6]);
});

Deno.test("Channel.layOut takes an event that is longer than a batch in pieces, which are no copy of it", () => {
  const { channel, ledger, push } = fixture();
  push(2);
  const each = ledger.used / 2;
  const first = channel.layOut(60);
  const taken = [...first.rest];
  assertEquals(ledger.used, 2 * each + 60);
  channel.taken(60);
  assertEquals([channel.isWithinFrame, channel.longBytes, channel.queued], [true, 125, 2]);
  assertEquals([channel.evict(), channel.evict()], [true, false]);
  assertEquals([channel.queued, channel.queuedBytes, channel.delivered], [1, 50, 0]);
  const batch = channel.layOut(60);
  taken.push(...batch.rest);
  assertEquals([channel.isWithinFrame, channel.longBytes, batch.restEvents], [false, 0, 1]);
  channel.taken(50);
  assertEquals([channel.queued, channel.delivered, channel.dropped], [0, 1, 1]);
  assertEquals(framesIn(new Uint8Array(taken)).map(({ seq }) => seq), [1]);
  assertEquals(ledger.used, 0);
});

Deno.test("Channel.giveUp gives an event back of which a piece is out, and counts it as waiting", () => {
  const { channel, ledger, push } = fixture();
  push(1);
  const batch = channel.layOut(60);
  channel.taken(20);
  channel.giveUp();
  assertEquals([ledger.used, channel.longBytes], [batch.capacity, 0]);
  assertEquals([channel.queued, channel.queuedBytes], [1, 90]);
  channel.dropBatch();
  assertEquals([ledger.used, channel.queued, channel.queuedBytes], [0, 1, 90]);
});

Deno.test("Channel gives the ledger its events back as they are laid out, taken or evicted", () => {
  const { channel, ledger, push } = fixture();
  push(4);
  const each = ledger.used / 4;
  channel.evict();
  assertEquals(ledger.used, 3 * each);
  const batch = channel.layOut(250);
  assertEquals(ledger.used, each + batch.capacity);
  channel.taken(batch.restBytes - 1);
  assertEquals(ledger.used, each + batch.capacity);
  channel.taken(1);
  assertEquals(ledger.used, each);
  channel.discard();
  assertEquals(ledger.used, 0);
});

Deno.test("Channel charges an event that it shares once, a batch in full", () => {
  const { channel, ledger, crowd, push } = fixture();
  const [event] = push(1);
  assert(event);
  const once = ledger.used;
  const other = new Channel({ events: 9, bytes: 9999 }, ledger, crowd);
  other.push(event);
  assertEquals(ledger.used, once);
  const batches = [channel.layOut(999), other.layOut(999)];
  assertEquals(ledger.used, batches.reduce((sum, { capacity }) => sum + capacity, 0));
});

Deno.test("Channel does not evict for the sake of the copy that a batch is", () => {
  const ledger = new Ledger(10_000);
  const crowd = new Crowd(new HandClock());
  const channel = new Channel({ events: 99, bytes: 99_999 }, ledger, crowd);
  ledger.relieveBy(() => channel.evict());
  for (let i = 0; i < 2; i++) channel.push(routedEvent(sized("github.push", 3000), ledger));
  channel.layOut(64 * 1024);
  assertEquals(channel.dropped, 0);
});

Deno.test("Channel.discard throws away what waits, uncounted, and takes nothing any more", () => {
  const { channel, ledger, crowd, push } = fixture();
  push(10, BEHIND_BYTES / 4);
  assertEquals(crowd.holding, 1);
  channel.discard();
  push(3);
  const { received, dropped, delivered, queued } = channel;
  assertEquals([received, dropped, delivered, queued], [10, 0, 0, 0]);
  assert(channel.isEmpty);
  assertFalse(channel.evict());
  assertEquals([ledger.used, crowd.size, crowd.holding], [0, 0, 0]);
});

Deno.test("Channel.discard leaves the batch that is out to its write, and nobody waits for it", () => {
  const { channel, ledger, crowd, push } = fixture();
  push(2, BEHIND_BYTES);
  const batch = channel.layOut(2 * BEHIND_BYTES + 1000);
  assertEquals(crowd.holding, 1);
  channel.discard();
  assertEquals([ledger.used, crowd.holding], [batch.capacity, 0]);
  channel.taken(1000);
  assertEquals(crowd.size, 0);
  channel.taken(batch.restBytes);
  assertEquals([ledger.used, channel.delivered], [0, 0]);
});

Deno.test("Channel keeps pace: what is being written is waited for too", () => {
  const { channel, crowd, clock, push } = fixture();
  push(1, BEHIND_BYTES + 100);
  assert(channel.pace.holds);
  channel.layOut(64 * 1024);
  assert(channel.pace.holds);
  for (let i = 0; i < 10; i++) {
    clock.pass(60);
    crowd.look();
    crowd.look();
    channel.taken(1);
    assert(channel.pace.holds);
  }
  channel.taken(200);
  assertFalse(channel.pace.behind);
});

Deno.test("Channel is level again when so much was evicted", () => {
  const { channel, push } = fixture();
  push(513);
  assert(channel.pace.holds);
  channel.evict();
  assertFalse(channel.pace.holds);
});

Deno.test("Channel keeps its order while it grows, wraps around, empties and shrinks", () => {
  const { channel, push } = fixture();
  let next = 1;
  for (const count of [3, 17, 40, 5, 700, 1, 16, 300, 2]) {
    push(count);
    if (count % 2 === 1) {
      // Take a part only, so that the rest lies across the ring's end.
      const batch = channel.layOut(250);
      for (const { seq } of framesOf(batch)) assertEquals(seq, next++);
      channel.taken(batch.restBytes);
    } else {
      for (const { seq } of drain(channel)) assertEquals(seq, next++);
    }
  }
  assertEquals(next, 3 + 17 + 40 + 5 + 700 + 1 + 16 + 300 + 2 + 1);
});
