import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import webhooks from "@octokit/webhooks-examples" with { type: "json" };
import { HubConnection } from "../../lib/client/connection.ts";
import { HubGoneError, HubSilentError, RefusedError } from "../../lib/client/errors.ts";
import { Publisher } from "../../lib/client/publisher.ts";
import { BusError } from "../../lib/protocol/errors.ts";
import { DrivenTime } from "../server/driven_time.ts";
import { type Line, PATHS, type Scripted, scripted, type ScriptedHub } from "./scripted_hub.ts";

interface Opened extends Scripted {
  publisher: Publisher;
}

/** Opens a publisher; the hub answers its first flush. */
async function opened(
  options: { capacity?: number; writeTimeout?: number; later?: number } = {},
): Promise<Opened> {
  const script = scripted(options);
  const opening = Publisher.on(script.connection, options);
  await answerFlush(script.hub);
  return { ...script, publisher: await opening };
}

/** Takes lines up to a flush and answers that; gives the lines. */
async function answerFlush(hub: ScriptedHub, counts: Line = {}): Promise<Line[]> {
  const lines: Line[] = [];
  for (;;) {
    const line = await hub.next();
    if (line["type"] === "flush") {
      const events = lines.length;
      await hub.say({
        type: "flush_ack",
        id: line["id"],
        events,
        matched: events,
        duplicates: 0,
        ...counts,
      });
      return lines;
    }
    lines.push(line);
  }
}

/** Closes; the hub answers the last flush and sees the publisher leave. */
async function closed({ publisher, hub }: Opened) {
  const closing = publisher.close();
  await answerFlush(hub, { events: 0, matched: 0, duplicates: 0 });
  assertEquals(await hub.next(), { type: "bye" });
  assertEquals(await hub.line(), undefined);
  return await closing;
}

Deno.test("Publisher.on() flushes first, so that the hub knows it and it the hub", async () => {
  const script = scripted();
  const { connection, hub } = script;
  const opening = Publisher.on(connection);
  const { id } = await hub.expect({ type: "flush" });
  await hub.say({ type: "flush_ack", id, events: 0, matched: 0, duplicates: 0 });
  const publisher = await opening;
  assertEquals(publisher.acknowledged, 0);
  await closed({ ...script, publisher });
});

Deno.test("Publisher.on() gives up on a hub that does not answer", async () => {
  const { connection, hub, end } = scripted();
  const error = await assertRejects(() => Publisher.on(connection, { first: 20 }), HubSilentError);
  assertEquals(error.message, "the hub on /nowhere/x.sock does not answer");
  assert(end.isClosed);
  await hub.expect({ type: "flush" });
});

Deno.test("Publisher.on() throws what the hub says instead of an answer", async () => {
  const { connection, hub, end } = scripted();
  await hub.say({ type: "error", code: "limit", message: "no room for another connection" });
  hub.close();
  const error = await assertRejects(() => Publisher.on(connection), RefusedError);
  assertEquals([error.code, error.hubCode], ["limit", "limit"]);
  assertEquals(error.message, "the hub refuses: no room for another connection");
  assertEquals([error.frameNumber, error.eventNumber], [undefined, undefined]);
  assert(end.isClosed);
});

Deno.test("Publisher.publish() sends every webhook of the corpus, in order, as it is", async () => {
  const script = await opened();
  const sent = webhooks.flatMap(({ name, examples }) =>
    examples.map((payload, index) => ({ type: `github.${name}`, payload, id: `${name}-${index}` }))
  );
  const before = Date.now();
  const publishing = (async () => {
    for (const event of sent) await script.publisher.publish(event);
    return await script.publisher.flush();
  })();
  const lines = await answerFlush(script.hub, { matched: 300 });
  assertEquals(await publishing, { events: 329, matched: 300, duplicates: 0 });
  assertEquals(lines.length, 329);
  for (const [index, line] of lines.entries()) {
    const { source_time, ...fields } = line;
    const { type, payload, id } = sent[index] ?? {};
    assertEquals(fields, { type: "event", event_type: type, event_id: id, payload });
    assert(Number(source_time) >= before && Number(source_time) <= Date.now());
  }
  assertEquals(script.publisher.acknowledged, 329);
  assertEquals(await closed(script), { events: 329, matched: 300, duplicates: 0 });
});

Deno.test("Publisher.send() sends an event's text as it is", async () => {
  const script = await opened();
  const text =
    '{"type":"event", "event_type":"x","source_time":"1","payload":{"n":12345678901234567890,"n":1.0}}';
  await script.publisher.send(text);
  assertEquals(await script.hub.line(), text);
  await closed(script);
});

Deno.test("Publisher goes on after an event that could not be one", async () => {
  const script = await opened();
  const { publisher } = script;
  for (
    const bad of [
      () => publisher.publish({ type: "", payload: 1 }),
      () => publisher.publish({ type: "x", payloadText: "{" }),
      () => publisher.send("no event"),
    ]
  ) {
    assertEquals((await assertRejects(bad, BusError)).code, "bad_input");
  }
  await publisher.publish({ type: "x", payload: 1 });
  await script.hub.expect({ event_type: "x" });
  await closed(script);
});

Deno.test("Publisher lets small events travel together", async () => {
  const script = await opened();
  const payload = "x".repeat(100);
  for (let count = 0; count < 200; count++) await script.publisher.publish({ type: "x", payload });
  const buffer = new Uint8Array(64 * 1024);
  let reads = 0;
  for (let bytes = 0; bytes < 200 * 160; reads++) bytes += await script.hub.ends.read(buffer) ?? 0;
  assert(reads < 20, `${reads} writes for 200 events`);
  await closed(script);
});

Deno.test("Publisher lets answers be read and timers run while there is always room", async () => {
  let fired = false;
  let answer: (() => void) | undefined;
  const connection = new HubConnection({
    async read(buffer) {
      await new Promise<void>((resolve) => answer = resolve);
      return new TextEncoder().encodeInto(
        '{"type":"flush_ack","id":1,"events":0,"matched":0,"duplicates":0}\n',
        buffer,
      ).written;
    },
    write(bytes) {
      answer?.();
      return Promise.resolve(bytes.length);
    },
    close: () => answer?.(),
  }, PATHS);
  const publisher = await Publisher.on(connection);
  const timer = setTimeout(() => fired = true, 1);
  const payload = "x".repeat(10_000);
  let published = 0;
  while (!fired && published++ < 20_000) await publisher.publish({ type: "x", payload });
  clearTimeout(timer);
  connection.close();
  assert(fired, `no turn of the event loop in ${published} events`);
});

Deno.test("Publisher.publish() waits while the hub takes nothing", async () => {
  const script = await opened({ capacity: 1024 });
  const payload = "x".repeat(1000);
  let published = 0;
  const publishing = (async () => {
    for (let count = 0; count < 1000; count++) {
      await script.publisher.publish({ type: "x", payload });
      published++;
    }
    return await script.publisher.flush();
  })();
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
  assert(published > 0 && published < 200, `${published} events are in memory`);
  assertEquals((await answerFlush(script.hub)).length, 1000);
  assertEquals((await publishing).events, 1000);
  await closed(script);
});

Deno.test("Publisher.acknowledged follows the flushes, which may be under way together", async () => {
  const script = await opened();
  const { publisher, hub } = script;
  await publisher.publish({ type: "x", payload: 1 });
  await publisher.publish({ type: "x", payload: 2 });
  const first = publisher.flush();
  await publisher.publish({ type: "x", payload: 3 });
  const second = publisher.flush();
  assertEquals(publisher.acknowledged, 0);
  await answerFlush(hub, { events: 1, matched: 1, duplicates: 1 });
  assertEquals(await first, { events: 1, matched: 1, duplicates: 1 });
  assertEquals(publisher.acknowledged, 2);
  await answerFlush(hub, { events: 1, matched: 0 });
  assertEquals(await second, { events: 1, matched: 0, duplicates: 0 });
  assertEquals(publisher.acknowledged, 3);
  assertEquals(await closed(script), { events: 2, matched: 1, duplicates: 1 });
});

Deno.test("Publisher.close() flushes and leaves, once, and nothing can be published after it", async () => {
  const script = await opened();
  const { publisher } = script;
  await publisher.publish({ type: "x", payload: 1 });
  const [first, again] = [publisher.close(), publisher.close()];
  assertStrictEquals(first, again);
  await answerFlush(script.hub);
  assertEquals(await first, { events: 1, matched: 1, duplicates: 0 });
  assert(script.end.isClosed);
  const error = await assertRejects(() => publisher.publish({ type: "x", payload: 2 }), BusError);
  assertEquals(error.message, "the publisher is closed");
});

Deno.test("Publisher names the event that the hub refused, flushes not counted", async () => {
  const script = await opened();
  const { publisher, hub } = script;
  await publisher.publish({ type: "x", payload: 1 });
  await publisher.publish({ type: "x", payload: 2 });
  const flushed = publisher.flush();
  await answerFlush(hub);
  await flushed;
  await publisher.publish({ type: "x", payload: 3 });
  const unanswered = publisher.flush().catch((error: unknown) => error);
  await publisher.publish({ type: "x", payload: 4 });
  // Frames: flush, 1, 2, flush, 3, flush, 4; the hub has not got beyond event 3.
  await hub.say({ type: "error", code: "bad_frame", message: "frame 5: not JSON" });
  hub.close();
  const error = await assertRejects(() => publisher.close(), RefusedError);
  assertStrictEquals(await unanswered, error);
  assertEquals([error.code, error.hubCode], ["bad_frame", "bad_frame"]);
  assertEquals([error.frameNumber, error.eventNumber, error.acknowledged], [5, 3, 2]);
  assertEquals(publisher.acknowledged, 2);
  // The same again for everything that follows.
  assertStrictEquals(
    await assertRejects(() => publisher.publish({ type: "x", payload: 5 })),
    error,
  );
  assertStrictEquals(await assertRejects(() => publisher.flush()), error);
});

Deno.test("Publisher counts the flush before a refused event that came after it", async () => {
  const script = await opened();
  const { publisher, hub } = script;
  await publisher.publish({ type: "x", payload: 1 });
  const unanswered = publisher.flush().catch(() => {});
  await publisher.publish({ type: "x", payload: 2 });
  // Frames: flush, 1, flush, 2.
  await hub.say({ type: "error", code: "limit", message: "frame 4: the memory is used up" });
  hub.close();
  const error = await assertRejects(() => publisher.flush(), RefusedError);
  assertEquals([error.frameNumber, error.eventNumber, error.acknowledged], [4, 2, 0]);
  await unanswered;
});

Deno.test("Publisher tells a hub that stops, or dies, by how many events are acknowledged", async () => {
  for (const stops of [true, false]) {
    const script = await opened();
    const { publisher, hub } = script;
    await publisher.publish({ type: "x", payload: 1 });
    const flushed = publisher.flush();
    await answerFlush(hub);
    await flushed;
    await publisher.publish({ type: "x", payload: 2 });
    if (stops) await hub.say({ type: "error", code: "stopped", message: "the hub stops" });
    hub.close();
    const error = await assertRejects(() => publisher.flush(), HubGoneError);
    assertEquals(error.hubReason, stops ? "stopped" : undefined);
    assertEquals(error.acknowledged, 1);
    assert(script.end.isClosed);
  }
});

Deno.test("Publisher learns why from a hub that has closed under its writes", async () => {
  const script = await opened({ capacity: 256 });
  const { publisher, hub } = script;
  const publishing = (async () => {
    for (;;) await publisher.publish({ type: "x", payload: "x".repeat(1000) });
  })();
  await hub.say({ type: "error", code: "limit", message: "frame 2: the memory is used up" });
  hub.close();
  const error = await assertRejects(() => publishing, RefusedError);
  assertEquals([error.code, error.eventNumber, error.acknowledged], ["limit", 1, 0]);
  await assertRejects(() => publisher.close(), RefusedError);
});

Deno.test("Publisher gives up on a hub that takes nothing more", async () => {
  const script = await opened({ capacity: 256, writeTimeout: 20 });
  await script.publisher.publish({ type: "x", payload: "x".repeat(1000) });
  await assertRejects(() => script.publisher.flush(), HubSilentError);
  assert(script.end.isClosed);
});

Deno.test("Publisher gives up on a hub that owes it an answer and gives no sign", async () => {
  const script = await opened({ later: 20 });
  await script.publisher.publish({ type: "x", payload: 1 });
  await assertRejects(() => script.publisher.close(), HubSilentError);
  assert(script.end.isClosed);
});

Deno.test("Publisher waits for a hub that answers slowly, as long as it gives signs", async () => {
  using time = new DrivenTime();
  const script = await opened({ later: 200 });
  const { publisher, hub } = script;
  const flushes: Promise<unknown>[] = [];
  for (let payload = 0; payload < 10; payload++) {
    await publisher.publish({ type: "x", payload });
    flushes.push(publisher.flush());
  }
  for (const flush of flushes) {
    await time.pass(199);
    await answerFlush(hub);
    await flush;
  }
  await closed(script);
});

Deno.test("Publisher that had nothing to say for long gives a hub its time from the next flush on", async () => {
  using time = new DrivenTime();
  const script = await opened({ later: 200 });
  await time.pass(1_000);
  await script.publisher.publish({ type: "x", payload: 1 });
  const flushed = script.publisher.flush();
  await time.pass(199);
  await answerFlush(script.hub);
  assertEquals((await flushed).events, 1);
  await closed(script);
});

Deno.test("Publisher as `await using` closes, and throws what nobody has heard of yet", async () => {
  const script = await opened();
  const using = (async () => {
    await using publisher = script.publisher;
    await publisher.publish({ type: "x", payload: 1 });
  })();
  await answerFlush(script.hub);
  await using;
  assert(script.end.isClosed);

  const other = await opened();
  other.hub.close();
  await assertRejects(async () => {
    await using publisher = other.publisher;
    await publisher.publish({ type: "x", payload: 1 });
  }, HubGoneError);
});

Deno.test("Publisher as `await using` does not throw twice what was thrown inside", async () => {
  const script = await opened();
  script.hub.close();
  const error = await assertRejects(async () => {
    await using publisher = script.publisher;
    await publisher.flush();
  });
  assert(error instanceof HubGoneError, `${error.name}`);
});
