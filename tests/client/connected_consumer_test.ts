import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { subscribe } from "../../lib/client/connected_consumer.ts";
import { HubGoneError, RefusedError, RejectedError } from "../../lib/client/errors.ts";
import { BusError } from "../../lib/protocol/errors.ts";
import { scripted } from "./scripted_hub.ts";
import { ACK, numbered } from "./subscribed.ts";

Deno.test("subscribe() says hello with key, types, version and pid", async () => {
  const { connection, hub } = scripted();
  const opening = subscribe(connection, { key: "gh", types: ["github.push", "github.*.opened"] });
  assertEquals(await hub.next(), {
    type: "hello",
    version: "v1",
    pid: Deno.pid,
    event_key: "gh",
    event_types: ["github.push", "github.*.opened"],
  });
  await hub.say({ ...ACK, capabilities: ["patterns"], hub_id: "h1" });
  const consumer = await opening;
  assertEquals([consumer.ack.first_for_key, consumer.ack.hub_id], [true, "h1"]);
  hub.close();
  assertEquals((await consumer.closed).reason, "hub_gone");
});

Deno.test("subscribe() waits for the answer and not for what a newer hub says before it", async () => {
  const { connection, hub } = scripted();
  const opening = subscribe(connection, { key: "gh", types: ["github.push"] });
  await hub.say({ type: "greeting", text: "of a newer hub" }, "no JSON");
  await hub.say({ ...ACK, first_for_key: false });
  const consumer = await opening;
  assertEquals(consumer.ack.first_for_key, false);
  hub.close();
  await consumer.leave();
});

Deno.test("subscribe() throws a rejection with the hub's code and reason", async () => {
  for (
    const [answer, code] of [
      [{ reject_code: "cleanup", reject_reason: "waited 30 s" }, "cleanup"],
      [{ reject_code: "of a newer hub", reject_reason: "waited 30 s" }, "rejected"],
      // A code of ours that is none of the wire means nothing there.
      [{ reject_code: "no_hub", reject_reason: "waited 30 s" }, "rejected"],
      [{ reject_reason: "waited 30 s" }, "rejected"],
    ] as const
  ) {
    const { connection, hub, end } = scripted();
    await hub.say({ ...ACK, first_for_key: false, rejected: true, ...answer });
    const error = await assertRejects(
      () => subscribe(connection, { key: "gh", types: ["github.push"] }),
      RejectedError,
    );
    assertEquals(error.code, code);
    assertEquals(error.reason, "waited 30 s");
    assertEquals(error.message, "the hub rejects this consumer: waited 30 s");
    assert(end.isClosed);
  }
});

Deno.test("subscribe() takes a hub that stops at once as one that leaves, and one that stops later not", async () => {
  const stopped = {
    ...ACK,
    rejected: true,
    reject_code: "stopped",
    reject_reason: "the hub stops",
  };
  for (const waits of [0, 600]) {
    const { connection, hub } = scripted();
    const opening = subscribe(connection, { key: "gh", types: ["x"] });
    const outcome = assertRejects(() => opening, BusError);
    await hub.expect({ type: "hello" });
    // The hello waits for its key.
    await new Promise((resolve) => setTimeout(resolve, waits));
    await hub.say(stopped);
    assertEquals((await outcome).code, waits === 0 ? "hub_gone" : "stopped");
  }
});

Deno.test("subscribe() throws what a hub says that does not answer the hello", async () => {
  const outcomes = [
    [[{ type: "error", code: "limit", message: "no room" }], RefusedError, "limit"],
    [[{ type: "error", code: "stopped", message: "the hub stops" }], HubGoneError, "hub_gone"],
    [[{ type: "bye", reason: "stopped" }], HubGoneError, "hub_gone"],
    [[], HubGoneError, "hub_gone"],
    [[{ type: "hello_ack", bus_version: 1 }], Error, "bad_frame"],
  ] as const;
  for (const [lines, errorClass, code] of outcomes) {
    const { connection, hub, end } = scripted();
    await hub.say(...lines);
    hub.close();
    const error = await assertRejects(
      () => subscribe(connection, { key: "gh", types: ["github.push"] }),
      errorClass,
    );
    assertEquals((error as HubGoneError).code, code);
    assert(end.isClosed);
  }
});

Deno.test("subscribe() gives up when its signal fires, with the signal's reason", async () => {
  const controller = new AbortController();
  const { connection, hub } = scripted();
  const opening = subscribe(
    connection,
    { key: "gh", types: ["github.push"] },
    controller.signal,
  );
  await hub.expect({ type: "hello" });
  const reason = new Error("enough");
  controller.abort(reason);
  assertStrictEquals(await assertRejects(() => opening), reason);
  assertEquals(await hub.line(), undefined);
});

Deno.test("ConnectedConsumer asks with its subscription where it has one", async () => {
  const { connection, hub } = scripted();
  const opening = subscribe(connection, { key: "gh", types: ["x"], subscriptionId: "s1" });
  await hub.expect({ type: "hello", event_key: "gh", subscription_id: "s1" });
  await hub.say(ACK);
  const leaving = (await opening).leave();
  await hub.expect({ type: "pre_shutdown_check", event_key: "gh", subscription_id: "s1" });
  await hub.say({ type: "pre_shutdown_ack", last_for_key: true });
  assertEquals(await leaving, { last: true });
});

Deno.test("ConnectedConsumer is spent when all is taken and no more comes, and not before", async () => {
  const { connection, hub } = scripted();
  const opening = subscribe(connection, { key: "gh", types: ["x"] });
  await hub.say(ACK, numbered(1), numbered(2));
  hub.close();
  const consumer = await opening;
  while (consumer.take()?.seq !== 1) await consumer.changed();
  assertEquals(consumer.isSpent, false);
  assertEquals(consumer.take()?.seq, 2);
  assertEquals((await consumer.closed).reason, "hub_gone");
  assertEquals([consumer.isSpent, consumer.take()], [true, undefined]);
});
