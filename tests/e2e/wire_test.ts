/**
 * The wire as it stands in the contract, in lines written by hand: no code of the product is between
 * these tests and the hub.
 */

import { assertEquals, assertMatch, assertObjectMatch } from "@std/assert";
import { Place } from "./kit.ts";

const HELLO = `{"type":"hello","pid":7,"event_key":"k","event_types":["t"],"version":"v1"}`;

function eventLine(payload: string): string {
  return `{"type":"event","event_type":"t","payload":${payload}}`;
}

Deno.test("wire: a session word by word", async () => {
  await using place = await Place.withHub();
  const consumer = await place.wire();
  await consumer.write(`\n\r\n${HELLO}\r\n`);
  const { hub_id, ...ack } = await consumer.frame();
  assertMatch(String(hub_id), /^[0-9a-f-]{36}$/);
  assertObjectMatch(ack, {
    type: "hello_ack",
    bus_version: "v1",
    first_for_key: true,
    capabilities: ["patterns", "flush", "bye_reason", "sets_up"],
    sources: [],
  });

  const publisher = await place.wire();
  const delicate = `{"n":12345678901234567890,"x":1.0,"e":1e400,"n":[ "\\u0041\uFEFF\u2028" ]}`;
  await publisher.send(
    `{ "type" : "event", "event_type":"t","seq":99,"app_id":"a", "payload": ${delicate} }`,
    `{"type":"event","event_type":"nobody","payload":null}`,
    `{"type":"event","event_type":"t","event_id":"i","payload":2}`,
    `{"type":"event","event_type":"t","event_id":"i","payload":2}`,
    `{"type":"flush","id":5}`,
  );
  assertEquals(
    await publisher.line(),
    `{"type":"flush_ack","id":5,"events":3,"matched":2,"duplicates":1}`,
  );
  const first = await consumer.line();
  assertMatch(first, /,"seq":1\}$/);
  assertEquals(first.includes(`"payload": ${delicate}`), true, first);
  assertEquals(JSON.parse(first).app_id, "a");
  assertEquals(
    await consumer.line(),
    `{"type":"event","event_type":"t","event_id":"i","payload":2,"seq":2}`,
  );
  await publisher.send(`{"type":"bye"}`);
  await publisher.closed();

  const asker = await place.wire();
  await asker.send(`{"type":"status_query"}`);
  const status = await asker.frame();
  assertObjectMatch(status, { type: "status_response", pid: place.hub.pid, active_conns: 1 });
  assertObjectMatch((status.consumers as object[])[0] ?? {}, {
    pid: 7,
    event_key: "k",
    received: 2,
    dropped: 0,
  });
  await asker.closed();

  await consumer.send(`{"type":"pre_shutdown_check","event_key":"k"}`);
  assertEquals(await consumer.line(), `{"type":"pre_shutdown_ack","last_for_key":true}`);
  await consumer.send(`{"type":"bye"}`);
  await consumer.closed();

  const stopper = await place.wire();
  await stopper.send(`{"type":"shutdown"}`);
  await stopper.closed();
  assertEquals((await place.hub.end()).code, 0);
});

Deno.test("wire: the end of what a peer sends is not the end of what it gets", async () => {
  await using place = await Place.withHub();
  const publisher = await place.wire();
  await publisher.send(eventLine("1"), `{"type":"flush","id":1}`);
  await publisher.end();
  assertEquals(await publisher.rest(), [
    `{"type":"flush_ack","id":1,"events":1,"matched":0,"duplicates":0}`,
  ]);
  const asker = await place.wire();
  await asker.send(`{"type":"status_query"}`);
  await asker.end();
  assertEquals((await asker.rest()).length, 1);
});

Deno.test("wire: who says nothing, or a byte now and then, is cut off after 5 s", async () => {
  await using place = await Place.withHub();
  const [silent, dripping] = [await place.wire(), await place.wire()];
  const start = performance.now();
  let isOver = false;
  const drip = async () => {
    for (let at = 0; !isOver; at++) {
      if (!await dripping.write(HELLO[at] ?? " ")) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };
  const dripped = drip();
  for (const wire of [silent, dripping]) {
    const [error, ...more] = (await wire.rest()).map((line) => JSON.parse(line));
    assertObjectMatch(error, { type: "error", code: "timeout" });
    assertEquals(more, []);
  }
  const took = performance.now() - start;
  isOver = true;
  await dripped;
  assertEquals(took > 4_900 && took < 7_000, true, `${took} ms`);
});
