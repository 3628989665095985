import { assertEquals } from "@std/assert";
import { Channel } from "../../lib/hub/channel.ts";
import { Consumer } from "../../lib/hub/consumer.ts";
import { Feed } from "../../lib/hub/feed.ts";
import { Ledger } from "../../lib/hub/ledger.ts";
import { Crowd } from "../../lib/hub/pace.ts";
import { type Hello, hello } from "../../lib/protocol/messages.ts";
import { HandClock, RecordingEdge, routedEvent, sized } from "./kit.ts";

function consumer(fields: Partial<Hello> = {}): Consumer {
  const channel = new Channel(
    { events: 3, bytes: 8 << 20 },
    new Ledger(2 ** 40),
    new Crowd(new HandClock()),
  );
  const said = hello({ pid: 4711, event_key: "gh", event_types: ["github.push"], ...fields });
  return new Consumer(said, channel, new RecordingEdge());
}

Deno.test("Consumer is in the group of its subscription_id, else of its event_key", () => {
  assertEquals(consumer().group, "gh");
  assertEquals(consumer({ subscription_id: "ci" }).group, "ci");
});

Deno.test("Consumer has pid 0 where it gave none, and sets up only where it says so", () => {
  const { pid: _, ...withoutPid } = hello({ event_key: "gh", event_types: [">"] });
  const silent = new Consumer(withoutPid, consumer().channel, new RecordingEdge());
  assertEquals([silent.pid, silent.setsUp], [0, false]);
  assertEquals(consumer({ sets_up: true }).setsUp, true);
});

Deno.test("Consumer names each of its types once, in the order of its hello", () => {
  const { eventTypes } = consumer({ event_types: ["b", "a.*", "b", "a", "a.*"] });
  assertEquals(eventTypes, ["b", "a.*", "a"]);
});

Deno.test("Consumer.info says how it stands", () => {
  const { channel, info } = withInfo({ subscription_id: "ci" });
  for (let i = 0; i < 5; i++) channel.push(routedEvent(sized("github.push", 100)));
  const batch = channel.layOut(125);
  channel.taken(batch.restBytes);
  assertEquals(info(true), {
    pid: 4711,
    event_key: "gh",
    subscription_id: "ci",
    event_types: ["github.push"],
    received: 5,
    dropped: 2,
    delivered: 1,
    queued: 2,
    queued_bytes: 250,
    connected_at: 1_000,
    last_event_at: 2_000,
    leaving: true,
  });
});

Deno.test("Consumer.info leaves out what there is not", () => {
  const { info } = withInfo();
  const names = Object.keys(info(false));
  assertEquals(names.includes("subscription_id") || names.includes("last_event_at"), false);
  assertEquals(info(false).leaving, false);
});

Deno.test("Consumer.closedInfo adds when and why it went", () => {
  const { subject, info } = withInfo();
  assertEquals(subject.closedInfo(true, 3_000, "slow"), {
    ...info(true),
    closed_at: 3_000,
    reason: "slow",
  });
});

function withInfo(fields: Partial<Hello> = {}) {
  const subject = consumer(fields);
  subject.connectedAt = 1_000;
  subject.channel.follow(new Feed()).lastAt = 2_000;
  return {
    subject,
    channel: subject.channel,
    info: (leaving: boolean) => subject.info(leaving),
  };
}
