import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import webhooks from "@octokit/webhooks-examples" with { type: "json" };
import type { Consumer } from "../../lib/client/consumer.ts";
import type { ConsumedEvent } from "../../lib/client/consumed_event.ts";
import { HubGoneError } from "../../lib/client/errors.ts";
import { FrameTooLargeError } from "../../lib/protocol/errors.ts";
import type { SourceInfo } from "../../lib/protocol/messages.ts";
import { numbered, subscribed, take, takeLeave } from "./subscribed.ts";

Deno.test("Consumer gives every webhook of the corpus as it was sent, in order", async () => {
  const sent = webhooks.flatMap(({ name, examples }) =>
    examples.map((example) => ({ type: `github.${name}`, payload: JSON.stringify(example) }))
  );
  const lines = sent.map(({ type, payload }, index) =>
    `{"type":"event","event_type":"${type}","payload":${payload},"seq":${index + 1}}`
  );
  const script = await subscribed();
  const taking = take(script.consumer, sent.length);
  for (const line of lines) await script.hub.say(line);
  await takeLeave(script, true);
  const events = await taking;
  assertEquals(events.length, 329);
  assertEquals(events.map(({ text }) => text), lines);
  assertEquals(events.map(({ type, payloadText }) => ({ type, payload: payloadText })), sent);
  assertEquals(events.map(({ seq }) => seq), sent.map((_, index) => index + 1));
  assertEquals(await script.consumer.closed, {
    reason: "left",
    last: true,
    received: 329,
    lost: 0,
  });
});

Deno.test("ConsumedEvent shows the fields, and the text byte for byte", async () => {
  const text =
    '{ "payload" : {"a":12345678901234567890, "b":1.0,"a":1e400} ,"type":"event","event_type":"x.y","event_id":"i\\u0031","source_time":"1700000000000","app_id":"q","seq":1}';
  const script = await subscribed({}, text, numbered(2, null));
  const taking = take(script.consumer, 2);
  await takeLeave(script, false);
  const [event, plain] = await taking;
  assert(event && plain);
  assertEquals(event.text, text);
  assertEquals(event.payloadText, '{"a":12345678901234567890, "b":1.0,"a":1e400}');
  assertEquals([event.type, event.id, event.time, event.seq], ["x.y", "i1", "1700000000000", 1]);
  assertEquals(event.payload, { a: Infinity, b: 1 });
  assertStrictEquals(event.payload, event.payload);
  assertEquals([plain.payload, plain.id, plain.time], [null, undefined, undefined]);
});

Deno.test("Consumer counts the events that are missing before each, and in all", async () => {
  const script = await subscribed({}, numbered(3), numbered(4), numbered(9), numbered(10));
  const taking = take(script.consumer, 3);
  await takeLeave(script, false);
  assertEquals((await taking).map(({ seq, lost }) => [seq, lost]), [[3, 2], [4, 0], [9, 4]]);
  assertEquals(await script.consumer.closed, { reason: "left", last: false, received: 3, lost: 6 });
});

Deno.test("Consumer takes events without a number, as a hub may send that counts nothing", async () => {
  const line = { type: "event", event_type: "github.push", payload: 1 };
  const script = await subscribed({}, line, line);
  const taking = take(script.consumer, 2);
  await takeLeave(script, false);
  assertEquals((await taking).map(({ seq, lost }) => [seq, lost]), [[0, 0], [0, 0]]);
});

Deno.test("Consumer leaves when the loop breaks, returns or throws", async () => {
  const ways: ((consumer: Consumer) => Promise<void>)[] = [
    async (consumer) => {
      for await (const _ of consumer) break;
    },
    async (consumer) => {
      for await (const _ of consumer) return;
    },
    async (consumer) => {
      const error = await assertRejects(async () => {
        for await (const _ of consumer) throw new RangeError("own");
      }, RangeError);
      assertEquals(error.message, "own");
    },
    async (consumer) => {
      await using held = consumer;
      assertEquals(held.first, true);
    },
  ];
  for (const way of ways) {
    const script = await subscribed({}, numbered(1));
    await Promise.all([way(script.consumer), takeLeave(script, true)]);
    const { reason, last } = await script.consumer.closed;
    assertEquals({ reason, last }, { reason: "left", last: true });
    assert(script.end.isClosed);
  }
});

Deno.test("Consumer.leave() reads on while it waits: events before the answer do not block it", async () => {
  // For a cleanup the answer is waited for longest.
  const script = await subscribed({ cleanup: () => Promise.resolve() }, numbered(1));
  const { hub, consumer } = script;
  const leaving = consumer.leave();
  await hub.expect({ type: "pre_shutdown_check" });
  const big = "x".repeat(100_000);
  for (let seq = 2; seq < 20; seq++) await hub.say(numbered(seq, big));
  await hub.say({ type: "pre_shutdown_ack", last_for_key: true });
  assertEquals(await leaving, { last: true });
  assertEquals(await consumer.closed, { reason: "left", last: true, received: 0, lost: 0 });
});

Deno.test("Consumer.leave() leaves without an answer after a second", async () => {
  const script = await subscribed();
  const start = performance.now();
  const [leave] = await Promise.all([script.consumer.leave(), takeLeave(script, undefined)]);
  assertEquals(leave, { last: undefined });
  const took = performance.now() - start;
  assert(took >= 999, `took ${took} ms`);
  assertEquals(await script.consumer.closed, { reason: "left", received: 0, lost: 0 });
});

Deno.test("Consumer.leave() gives the same answer to all who ask, and none of a hub that goes", async () => {
  const script = await subscribed();
  const [first, second] = [script.consumer.leave(), script.consumer.leave()];
  await script.hub.expect({ type: "pre_shutdown_check" });
  script.hub.close();
  assertEquals(await first, { last: undefined });
  assertStrictEquals(await first, await second);
  assertEquals((await script.consumer.closed).reason, "left");
});

Deno.test("Consumer ends its loop when the signal fires, and asks before it leaves", async () => {
  const controller = new AbortController();
  const script = await subscribed({ signal: controller.signal }, numbered(1), numbered(2));
  const seqs: number[] = [];
  const loop = (async () => {
    for await (const { seq } of script.consumer) {
      seqs.push(seq);
      controller.abort();
    }
  })();
  await Promise.all([loop, takeLeave(script, true)]);
  // What was read and not taken is thrown away.
  assertEquals(seqs, [1]);
  assertEquals(await script.consumer.closed, { reason: "left", last: true, received: 1, lost: 0 });
});

Deno.test("Consumer ends a loop that waits when the signal fires", async () => {
  const controller = new AbortController();
  const script = await subscribed({ signal: controller.signal });
  const loop = Array.fromAsync(script.consumer);
  controller.abort();
  await takeLeave(script, false);
  assertEquals(await loop, []);
});

Deno.test("Consumer throws out of the loop when the hub goes, after the last event that came", async () => {
  const goodbyes = [
    [{ type: "bye", reason: "slow" }, "slow", "cut this consumer off: it took nothing for 5 s"],
    [{ type: "bye", reason: "stopped" }, "stopped", "was stopped"],
    [{ type: "bye", reason: "tired\n" }, "tired\n", "ended this connection: tired\\n"],
    [{ type: "bye" }, undefined, "went away"],
    [undefined, undefined, "went away"],
  ] as const;
  for (const [goodbye, hubReason, sentence] of goodbyes) {
    const script = await subscribed({}, numbered(1), numbered(2));
    if (goodbye) await script.hub.say(goodbye);
    script.hub.close();
    const seqs: number[] = [];
    const error = await assertRejects(async () => {
      for await (const { seq } of script.consumer) seqs.push(seq);
    }, HubGoneError);
    assertEquals(seqs, [1, 2]);
    assertEquals(error.message, `the hub on /nowhere/x.sock ${sentence}`);
    assertEquals(error.hubReason, hubReason);
    const end = await script.consumer.closed;
    assertEquals([end.reason, end.hubReason, end.received], ["hub_gone", hubReason, 2]);
    assertStrictEquals(end.error, error);
    // Nor is it a normal end for who asks again.
    assertEquals(await script.consumer.leave(), { last: undefined });
  }
});

Deno.test("Consumer takes a bye as the end, whether or not the hub then closes", async () => {
  const script = await subscribed({}, { type: "bye", reason: "stopped" });
  const { reason, hubReason } = await script.consumer.closed;
  assertEquals([reason, hubReason], ["hub_gone", "stopped"]);
  assert(script.end.isClosed);
});

Deno.test("Consumer.closed resolves when the last event is taken, not before", async () => {
  const script = await subscribed({}, numbered(1), numbered(2));
  script.hub.close();
  const iterator = script.consumer[Symbol.asyncIterator]();
  let isClosed = false;
  void script.consumer.closed.then(() => isClosed = true);
  assertEquals((await iterator.next()).value?.seq, 1);
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(isClosed, false);
  assertEquals((await iterator.next()).value?.seq, 2);
  assertEquals((await script.consumer.closed).received, 2);
});

Deno.test("Consumer fails on a line without end, as its loop and its end say", async () => {
  const script = await subscribed({}, numbered(1));
  const sending = script.hub.sendBytes(new Uint8Array(1_048_577).fill(0x20)).catch(() => {});
  const events: ConsumedEvent[] = [];
  await assertRejects(async () => {
    for await (const event of script.consumer) events.push(event);
  }, FrameTooLargeError);
  await sending;
  assertEquals(events.length, 1);
  assertEquals((await script.consumer.closed).reason, "failed");
});

Deno.test("Consumer skips what it cannot read", async () => {
  const script = await subscribed(
    {},
    { type: "of a newer hub" },
    "not JSON",
    '{"type":"event","event_type":7,"payload":1,"seq":1}',
    numbered(2),
  );
  const taking = take(script.consumer, 1);
  await takeLeave(script, false);
  assertEquals((await taking).map(({ seq, lost }) => [seq, lost]), [[2, 1]]);
});

Deno.test("Consumer tells of the sources", async () => {
  const told: SourceInfo[] = [];
  const script = await subscribed(
    { onSourceStatus: (status) => told.push(status) },
    { type: "source_status", source: "github", state: "reconnecting", detail: "503" },
    numbered(1),
    { type: "source_status", source: "github", state: "connected" },
  );
  const taking = take(script.consumer, 1);
  await takeLeave(script, false);
  await taking;
  assertEquals(told, [
    { source: "github", state: "reconnecting", detail: "503" },
    { source: "github", state: "connected" },
  ]);
});

Deno.test("Consumer throws what a callback throws, out of the loop", async () => {
  const script = await subscribed({
    onSourceStatus() {
      throw new RangeError("own");
    },
  }, { type: "source_status", source: "github", state: "connected" });
  await assertRejects(() => Array.fromAsync(script.consumer), RangeError, "own");
  const { reason, error } = await script.consumer.closed;
  assertEquals(reason, "failed");
  assertInstanceOf(error, RangeError);
});

Deno.test("Consumer reads no more than a batch ahead of its loop", async () => {
  const script = await subscribed();
  const iterator = script.consumer[Symbol.asyncIterator]();
  const filler = "x".repeat(1000);
  let sent = 0;
  const sending = (async () => {
    for (let seq = 1; seq <= 1000; seq++) {
      await script.hub.say(numbered(seq, filler));
      sent = seq;
    }
  })();
  // Taken by a loop that has stopped: one batch, and what the connection itself holds.
  assertEquals((await iterator.next()).value?.seq, 1);
  for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
  assert(sent < 200, `${sent} events were read from the hub`);
  const leaving = script.consumer.leave();
  await sending;
  await takeLeave(script, false);
  await leaving;
});

Deno.test("Consumer throws out of the loop what its cleanup throws, and says so at the end", async () => {
  const own = new RangeError("own");
  const cleanup = () => Promise.reject(own);
  const ways: ((consumer: Consumer) => Promise<unknown>)[] = [
    (consumer) => take(consumer, 1),
    async (consumer) => {
      const loop = Array.fromAsync(consumer);
      assertEquals(await consumer.leave(), { last: true, cleanupError: own });
      return await loop;
    },
  ];
  for (const way of ways) {
    const script = await subscribed({ cleanup }, numbered(1));
    const [error] = await Promise.all([
      assertRejects(() => way(script.consumer)),
      takeLeave(script, true),
    ]);
    assertStrictEquals(error, own);
    const { reason, last, cleanupError } = await script.consumer.closed;
    assertEquals([reason, last, cleanupError], ["left", true, own]);
  }
});

Deno.test("Consumer throws what the loop threw rather than what its cleanup threw", async () => {
  const cleanup = () => Promise.reject(new Error("of the cleanup"));
  const script = await subscribed({ cleanup }, numbered(1));
  const loop = async () => {
    for await (const _ of script.consumer) throw new RangeError("own");
  };
  await Promise.all([assertRejects(loop, RangeError, "own"), takeLeave(script, true)]);
});
