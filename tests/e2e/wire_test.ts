/**
 * The wire as it stands in the contract, in lines written by hand: no code of the product is between
 * these tests and the hub. Beside each peer that errs a consumer gets every event.
 */

import { assertEquals, assertMatch, assertObjectMatch } from "@std/assert";
import { Place } from "./kit.ts";
import type { Wire } from "./wire.ts";

const HELLO = `{"type":"hello","pid":7,"event_key":"k","event_types":["t"],"version":"v1"}`;

function eventLine(payload: string): string {
  return `{"type":"event","event_type":"t","payload":${payload}}`;
}

/** A consumer that expects events with payloads 1, 2, 3 … and nothing else. */
class Watcher {
  #count = 0;

  private constructor(readonly place: Place, readonly wire: Wire) {}

  static async start(place: Place): Promise<Watcher> {
    const wire = await place.wire();
    await wire.send(`{"type":"hello","event_key":"watcher","event_types":["t"]}`);
    assertEquals((await wire.frame()).type, "hello_ack");
    return new Watcher(place, wire);
  }

  /** Publishes the next event, on a connection of its own, and expects it. */
  async gets(): Promise<void> {
    const number = ++this.#count;
    const publisher = await this.place.wire();
    await publisher.send(eventLine(String(number)));
    await this.has(String(number));
    publisher.close();
  }

  /** Expects an event that somebody else has published. */
  async has(payload: string): Promise<void> {
    const { length } = payload;
    const line = await this.wire.line();
    this.#seq++;
    const expected = `{"type":"event","event_type":"t","payload":${payload},"seq":${this.#seq}}`;
    // The line itself may be a megabyte, which nobody wants to read in a report.
    assertEquals(line === expected, true, `${length} bytes: ${line.slice(0, 200)}`);
  }

  #seq = 0;
}

async function consumer(place: Place): Promise<Wire> {
  const wire = await place.wire();
  await wire.send(HELLO);
  assertEquals((await wire.frame()).type, "hello_ack");
  return wire;
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

const utf8 = new TextEncoder();

/** Lines that are no frames, without their ends. */
const BAD_LINES: readonly [name: string, line: Uint8Array][] = [
  ["no JSON", utf8.encode("hello")],
  ["blanks", utf8.encode("  ")],
  ["a byte order mark", utf8.encode(`\uFEFF${eventLine("1")}`)],
  ["a NUL", utf8.encode(eventLine(`"\0"`))],
  ["an array", utf8.encode(`[${eventLine("1")}]`)],
  ["an unknown type", utf8.encode(`{"type":"events"}`)],
  ["a type that is a number", utf8.encode(`{"type":1,"event_type":"t","payload":1}`)],
  ["200,000 open brackets", utf8.encode("[".repeat(200_000))],
  ["513 deep", utf8.encode(eventLine("[".repeat(512) + "]".repeat(512)))],
  ["200,000 deep", utf8.encode(eventLine("[".repeat(200_000) + "]".repeat(200_000)))],
  [
    "invalid UTF-8",
    new Uint8Array([...utf8.encode(`{"type":"bye","x":"`), 0xc3, 0x28, 0x22, 0x7d]),
  ],
];

/** Lines that are bad because they are events. */
const BAD_EVENTS: readonly [name: string, line: Uint8Array][] = [
  ["no payload", utf8.encode(`{"type":"event","event_type":"t"}`)],
  ["no event type", utf8.encode(`{"type":"event","payload":1}`)],
  ["an event type that is a number", utf8.encode(`{"type":"event","event_type":1,"payload":1}`)],
];

const END = utf8.encode("\n");

Deno.test("wire: a bad first frame is answered and the connection closed", async () => {
  await using place = await Place.withHub();
  const watcher = await Watcher.start(place);
  for (const [name, line] of BAD_LINES) {
    const wire = await place.wire();
    await wire.write(line, END);
    const [error, ...more] = await wire.rest();
    assertObjectMatch(JSON.parse(error ?? "{}"), { type: "error", code: "bad_frame" }, name);
    assertEquals(more, []);
    await watcher.gets();
  }
});

Deno.test("wire: a publisher's bad frame is named by its number, what was before it stands", async () => {
  await using place = await Place.withHub();
  const watcher = await Watcher.start(place);
  for (const [name, line] of [...BAD_LINES, ...BAD_EVENTS]) {
    const wire = await place.wire();
    await wire.send(eventLine("1"), "", eventLine("2"));
    await wire.write(line, END, eventLine("3"), END);
    const [error, ...more] = (await wire.rest()).map((line) => JSON.parse(line));
    assertObjectMatch(error, { type: "error", code: "bad_frame" }, name);
    assertMatch(error.message, /\bframe 3\b/, name);
    assertEquals(more, []);
    await watcher.has("1");
    await watcher.has("2");
  }
  assertEquals((await place.status()).refused, BAD_LINES.length + BAD_EVENTS.length);
});

Deno.test("wire: a consumer's bad frames are skipped", async () => {
  await using place = await Place.withHub();
  const watcher = await Watcher.start(place);
  const wire = await consumer(place);
  for (const [, line] of [...BAD_LINES, ...BAD_EVENTS]) await wire.write(line, END);
  await wire.send(`{"type":"pre_shutdown_check","event_key":5}`);
  assertEquals(await wire.line(), `{"type":"pre_shutdown_ack","last_for_key":false}`);
  await watcher.gets();
  assertEquals(await wire.line(), `{"type":"event","event_type":"t","payload":1,"seq":1}`);
});

Deno.test("wire: a hello with wrong fields is rejected with a reason", async () => {
  await using place = await Place.withHub();
  const hellos = [
    `{"type":"hello"}`,
    `{"type":"hello","event_key":"","event_types":["t"]}`,
    `{"type":"hello","event_key":"k","event_types":[]}`,
    `{"type":"hello","event_key":"k","event_types":[""]}`,
    `{"type":"hello","event_key":"k","event_types":"t"}`,
    `{"type":"hello","event_key":"${"k".repeat(1_025)}","event_types":["t"]}`,
  ];
  for (const hello of hellos) {
    const wire = await place.wire();
    await wire.send(hello);
    const [ack, ...more] = (await wire.rest()).map((line) => JSON.parse(line));
    assertObjectMatch(ack, { type: "hello_ack", rejected: true, reject_code: "bad_hello" });
    assertMatch(ack.reject_reason, /./);
    assertEquals(more, []);
  }
});

/** A frame of exactly so many bytes, its line end included. */
function ofSize(bytes: number, start: string): string {
  return `${start}${"x".repeat(bytes - start.length - 3)}"}\n`;
}

const EVENT_START = `{"type":"event","event_type":"t","payload":"`;

Deno.test("wire: an event of 1,048,512 bytes is delivered, one more is refused", async () => {
  await using place = await Place.withHub();
  const watcher = await Watcher.start(place);
  const wire = await place.wire();
  const largest = ofSize(1_048_512, EVENT_START);
  const sent = wire.write(largest, ofSize(1_048_513, EVENT_START));
  await watcher.has(largest.slice(EVENT_START.length - 1, -2));
  await sent;
  const [error, ...more] = (await wire.rest()).map((line) => JSON.parse(line));
  assertObjectMatch(error, { type: "error", code: "frame_too_large" });
  assertMatch(error.message, /\bframe 2\b/);
  assertEquals(more, []);
  await watcher.wire.send(`{"type":"pre_shutdown_check","event_key":"watcher"}`);
  assertEquals(await watcher.wire.line(), `{"type":"pre_shutdown_ack","last_for_key":true}`);
});

Deno.test("wire: any other frame may have 1,048,576 bytes, and not one more", async () => {
  await using place = await Place.withHub();
  const watcher = await Watcher.start(place);
  const [limit, tooLarge] = [1_048_576, { type: "error", code: "frame_too_large" }];

  const publisher = await place.wire();
  await publisher.write(ofSize(limit, `{"type":"flush","id":1,"x":"`));
  assertEquals((await publisher.frame()).type, "flush_ack");
  await publisher.write(ofSize(limit + 1, `{"type":"flush","id":2,"x":"`));
  assertObjectMatch(await publisher.frame(), tooLarge);
  await publisher.closed();

  const start = `{"type":"hello","event_key":"k","event_types":["t"],"x":"`;
  const good = await place.wire();
  await good.write(ofSize(limit, start));
  assertEquals((await good.frame()).type, "hello_ack");
  await good.write(ofSize(limit, `{"type":"pre_shutdown_check","event_key":"other","x":"`));
  assertEquals(await good.line(), `{"type":"pre_shutdown_ack","last_for_key":false}`);
  await good.write(ofSize(limit + 1, `{"type":"pre_shutdown_check","event_key":"k","x":"`));
  assertEquals(await good.rest(), [`{"type":"bye","reason":"protocol"}`]);

  const stranger = await place.wire();
  await stranger.write(ofSize(limit + 1, start));
  assertObjectMatch(await stranger.frame(), tooLarge);
  await stranger.closed();
  await watcher.gets();
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
