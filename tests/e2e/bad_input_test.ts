/**
 * What a sender of wrong frames gets, on each kind of connection, and that nobody beside it notices.
 */

import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import { BAD_FRAMES, type BadFrame, sized } from "./bad_input.ts";
import { Place } from "./kit.ts";
import type { Wire } from "./wire.ts";

/** Token for token what a payload must keep, whatever stands between. */
const PAYLOAD =
  '{ "n" : 12345678901234567890, "d":1.0,"e":1e400,"e":-0, "u":"\\u00e9é\\/😀\uFEFF" }';

/** One who has nothing to do with any of it, and gets everything. */
class Bystander {
  #seq = 0;
  #sent = 0;

  private constructor(private readonly consumer: Wire, private readonly publisher: Wire) {}

  static async in(place: Place): Promise<Bystander> {
    const consumer = await place.wire();
    await consumer.send('{"type":"hello","event_key":"bystander","event_types":["good.>"]}');
    assertEquals((await consumer.frame()).type, "hello_ack");
    return new Bystander(consumer, await place.wire());
  }

  /** Sends an event on a connection of its own and expects it, and nothing before it. */
  async getsAnother(): Promise<void> {
    const body = `{"type":"event","event_type":"good.${++this.#sent}","payload":${PAYLOAD}`;
    await this.publisher.send(`${body}}`);
    await this.gets(body);
  }

  /** Expects an event as the next, byte for byte. */
  async gets(body: string): Promise<void> {
    const [line, expected] = [await this.consumer.line(), `${body},"seq":${++this.#seq}}`];
    if (body.length < 10_000) assertEquals(line, expected);
    else assert(line === expected, `got ${line.length} characters of ${expected.length}`);
  }
}

type Expectation = (frame: BadFrame, place: Place, bystander: Bystander) => Promise<void>;

async function expectError(wire: Wire, code: string, message: RegExp): Promise<void> {
  const [line, ...more] = await wire.rest();
  const answer = JSON.parse(line ?? "null");
  assertEquals([answer?.type, answer?.code, more], ["error", code, []]);
  assertMatch(answer.message, message);
}

/** Says a hello for a key that is its own. */
async function consumer(place: Place, key: string): Promise<Wire> {
  const wire = await place.wire();
  await wire.send(`{"type":"hello","event_key":"${key}","event_types":["other"]}`);
  const { type, first_for_key } = await wire.frame();
  assertEquals([type, first_for_key], ["hello_ack", true]);
  return wire;
}

const NO = '{"type":"pre_shutdown_ack","last_for_key":false}';
const YES = '{"type":"pre_shutdown_ack","last_for_key":true}';

const newcomer: Expectation = async ({ kind, bytes }, place) => {
  const wire = await place.wire();
  await wire.write(bytes);
  switch (kind) {
    case "hello": {
      const [line, ...more] = await wire.rest();
      const ack = JSON.parse(line ?? "null");
      assertEquals([ack?.type, ack?.rejected, ack?.reject_code], ["hello_ack", true, "bad_hello"]);
      assertEquals([ack.bus_version, ack.first_for_key, more], ["v1", false, []]);
      assertMatch(ack.reject_reason, /./);
      return;
    }
    case "oversized":
      return await expectError(wire, "frame_too_large", /^frame 1: .*1048576/);
    case "large event":
      return await expectError(wire, "frame_too_large", /^frame 1: .*1048512/);
    default:
      return await expectError(wire, "bad_frame", /^frame 1: ./);
  }
};

const publisher: Expectation = async ({ kind, bytes }, place, bystander) => {
  const wire = await place.wire();
  const before = '{"type":"event","event_type":"good.before","payload":null';
  await wire.write(`${before}}\n`, "\r\n\n", `${before}}\n`, bytes, `${before}}\n`);
  for (let i = 0; i < 2; i++) await bystander.gets(before);
  switch (kind) {
    case "oversized":
      return await expectError(wire, "frame_too_large", /^frame 3: .*1048576/);
    case "large event":
      return await expectError(wire, "frame_too_large", /^frame 3: .*1048512/);
    default:
      return await expectError(wire, "bad_frame", /^frame 3: ./);
  }
};

const registered: Expectation = async ({ kind, bytes }, place) => {
  const wire = await consumer(place, "registered");
  await wire.write(bytes);
  if (kind === "oversized") {
    assertEquals(await wire.rest(), ['{"type":"bye","reason":"protocol"}']);
    return;
  }
  if (kind === "check") assertEquals(await wire.line(), NO);
  // Had it been told anything, or been taken for one who asks, this would not be the next.
  await wire.send('{"type":"pre_shutdown_check","event_key":"registered"}');
  assertEquals(await wire.line(), YES);
  await wire.send('{"type":"bye"}');
  await wire.closed();
};

const waiting: Expectation = async ({ kind, bytes }, place) => {
  const holder = await consumer(place, "held");
  await holder.send('{"type":"pre_shutdown_check","event_key":"held"}');
  assertEquals(await holder.line(), YES);
  const wire = await place.wire();
  await wire.send('{"type":"hello","event_key":"held","event_types":["other"]}');
  await wire.write(bytes);
  if (kind === "oversized") {
    await expectError(wire, "frame_too_large", /1048576/);
    holder.close();
    return;
  }
  await wire.send('{"type":"pre_shutdown_check","event_key":"held"}');
  holder.close();
  const { type, first_for_key } = await wire.frame();
  assertEquals([type, first_for_key], ["hello_ack", true]);
  if (kind === "check") assertEquals(await wire.line(), NO);
  assertEquals(await wire.line(), YES);
  await wire.send('{"type":"bye"}');
  await wire.closed();
};

const question: Expectation = async ({ bytes }, place) => {
  for (const [query, answer] of [["status_query", "status_response"], ["reload", "reload_ack"]]) {
    const wire = await place.wire();
    await wire.write(`{"type":"${query}"}\n`, bytes);
    const lines = await wire.rest();
    assertEquals(lines.map((line) => JSON.parse(line).type), [answer]);
  }
};

const CONNECTIONS: [string, Expectation][] = [
  ["a new connection", newcomer],
  ["a publisher", publisher],
  ["a consumer", registered],
  ["a consumer that waits for its key", waiting],
  ["one that has asked a question", question],
];

for (const [sender, expectation] of CONNECTIONS) {
  Deno.test(`bad input: what ${sender} gets for each wrong frame, and nobody beside it`, async (t) => {
    await using place = await Place.withHub();
    const bystander = await Bystander.in(place);
    for (const frame of BAD_FRAMES) {
      await t.step(frame.what, async () => {
        await expectation(frame, place, bystander);
        await bystander.getsAnother();
      });
    }
    assertEquals((await place.status()).active_conns, 1);
  });
}

Deno.test("bad input: frames of the full size are taken, whoever sends them", async () => {
  await using place = await Place.withHub();
  const bystander = await Bystander.in(place);
  const most = 1_048_576;

  const wire = await place.wire();
  for (const seq of ["", ',"seq":7']) {
    const head = `{"type":"event","event_type":"good.big"${seq},"payload":"`;
    const frame = sized(most - 64 + seq.length, head, '"}\n');
    await wire.write(frame.slice(0, 500_000), frame.slice(500_000));
    await bystander.gets(frame.slice(0, -2).replace(seq, ""));
  }
  await wire.write(sized(most, '{"type":"flush","id":1,"pad":"', '"}\r\n'));
  assertEquals((await wire.frame()).events, 2);

  const consumer = await place.wire();
  await consumer.write(
    sized(most, '{"type":"hello","event_key":"k","event_types":["t"],"pad":"', '"}\n'),
  );
  assertEquals((await consumer.frame()).type, "hello_ack");
  await consumer.write(sized(most, '{"type":"pre_shutdown_check","event_key":"k","pad":"', '"}\n'));
  assertEquals(await consumer.line(), YES);
});

Deno.test("bad input: half a frame of one that died is never delivered", async () => {
  await using place = await Place.withHub();
  const bystander = await Bystander.in(place);
  const whole = '{"type":"event","event_type":"good.half","payload":1';
  for (let cut = 1; cut <= whole.length + 1; cut++) {
    const wire = await place.wire();
    await wire.write(`${whole}}\n`, `${whole}}`.slice(0, cut));
    if (cut % 2 === 0) {
      await wire.end();
      await wire.closed();
    }
    wire.close();
    await bystander.gets(whole);
  }
  await bystander.getsAnother();
});

Deno.test("bad input: a line of 64 MiB costs its sender the connection, and the hub next to nothing", async () => {
  await using place = await Place.withHub();
  const bystander = await Bystander.in(place);
  const holder = await consumer(place, "held");
  await holder.send('{"type":"pre_shutdown_check","event_key":"held"}');
  assertEquals(await holder.line(), YES);
  await bystander.getsAnother();
  const before = place.hub.memory();
  const beginnings = [
    '{"type":"hello","pad":"',
    '{"type":"hello","event_key":"k","event_types":["t"]}\n{"type":"bye","reason":"',
    '{"type":"hello","event_key":"held","event_types":["t"]}\n{"type":"bye","reason":"',
    '{"type":"flush","id":1}\n{"type":"event","payload":"',
    '{"type":"reload"}\n{"type":"event","payload":"',
  ];
  const ends = ["error", "bye", "error", "error", "reload_ack"];
  const piece = new Uint8Array(64 * 1024).fill(0x78);
  for (const [index, beginning] of beginnings.entries()) {
    const wire = await place.wire();
    await wire.write(beginning);
    let pieces = 0;
    while (pieces < 1024 && await wire.write(piece)) pieces++;
    assertLess(pieces, 64, "it was read on and on");
    assertEquals(JSON.parse((await wire.rest()).at(-1) ?? "null").type, ends[index]);
    assertLess(place.hub.memory() - before, 32 * 1024 * 1024);
    await bystander.getsAnother();
  }
});
