/** What it costs to put a chunk of events into channels and to lay them out. */

import { Channel } from "../../../lib/hub/channel.ts";
import { Arrival, EventMemory } from "../../../lib/hub/event_memory.ts";
import { Feed } from "../../../lib/hub/feed.ts";
import { Layouts } from "../../../lib/hub/layouts.ts";
import { Ledger } from "../../../lib/hub/ledger.ts";
import { Crowd } from "../../../lib/hub/pace.ts";
import { BATCH_BYTES } from "../../../lib/server/limits.ts";
import { CHUNK, EVENTS, FRAME } from "./chunk.ts";

const ledger = new Ledger(2 ** 40);
const memory = new EventMemory(ledger);
const crowd = new Crowd({ now: () => 0, wall: () => 0 });
const layouts = new Layouts();

function channels(count: number, feed: Feed): Channel[] {
  const limits = { events: 1024, bytes: 8 << 20 };
  const all = Array.from({ length: count }, () => new Channel(limits, ledger, crowd, layouts));
  for (const channel of all) channel.follow(feed);
  return all;
}

/** A chunk goes to all of them, and each is emptied. */
function pass(all: readonly Channel[], feed: Feed): void {
  const arrival = new Arrival(CHUNK);
  for (let i = 0; i < EVENTS; i++) {
    const event = memory.keep(arrival, 0, FRAME.length - 1);
    event.retain();
    feed.push(event);
    event.release();
  }
  while (all.some((channel) => !channel.isEmpty)) {
    const batches = all.map((channel) => channel.isEmpty ? undefined : channel.layOut(BATCH_BYTES));
    all.forEach((channel, at) => channel.taken(batches[at]?.restBytes ?? 0));
  }
}

for (const count of [1, 8, 64]) {
  const feed = new Feed();
  const all = channels(count, feed);
  Deno.bench(`${EVENTS} events to ${count}`, { group: "channel" }, () => pass(all, feed));
}
