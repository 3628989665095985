/**
 * Names that every object has, wherever a name may stand: they are kept as data.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { Part, Trial } from "../campaign/campaign.ts";
import { Place } from "../e2e/kit.ts";
import { Wire } from "../e2e/wire.ts";
import { beside, NO_BOUND } from "./bystanders.ts";
import { NAMES_OF_OBJECTS } from "./values.ts";

/** As key, subscription, type, id, field and value, one name at a time and all at once. */
export const namesPart: Part = {
  name: "names",
  rows: [33],
  weight: 1,
  floors: {},
  async run(trial) {
    trial.tally.expect("names", NAMES_OF_OBJECTS.length);
    await using place = await Place.withHub();
    await beside(trial, place, NO_BOUND, async () => {
      for (const name of NAMES_OF_OBJECTS) await live(trial, place, name);
      await allAtOnce(place);
    });
  },
};

/** A consumer's whole life, and a publisher's, in which every name is this one. */
async function live(trial: Trial, { socket }: Place, name: string): Promise<void> {
  const consumer = await Wire.connect(socket);
  const publisher = await Wire.connect(socket);
  try {
    await consumer.send(hello(name));
    const ack = await consumer.frame();
    assertEquals([ack.type, ack.first_for_key], ["hello_ack", true], name);

    const event = `{"type":"event","event_type":"${name}","event_id":"${name}",` +
      `"${name}":{"${name}":1},"payload":{"${name}":{"x":"${name}"},"${name}":2}`;
    await publisher.send(`${event}}`, `${event}}`, '{"type":"flush","id":7}');
    const { id, events, matched, duplicates } = await publisher.frame();
    assertEquals([id, events, matched, duplicates], [7, 1, 1, 1], name);
    assertEquals(await consumer.line(), `${event},"seq":1}`);
    assertEquals(await consumersOf(socket, name), [[name, name, [name], 1]]);

    const check = (key: string) => `{"type":"pre_shutdown_check","subscription_id":"${key}"}`;
    await consumer.send(check(`${name}x`), check(name), '{"type":"bye"}');
    const answers = (await consumer.rest()).map((line) => JSON.parse(line).last_for_key);
    assertEquals(answers, [false, true], name);
    trial.tally.add("names");
  } finally {
    consumer.close();
    publisher.close();
  }
}

/** Side by side they do not touch each other: each is the first of its key. */
async function allAtOnce({ socket }: Place): Promise<void> {
  const wires = await Promise.all(NAMES_OF_OBJECTS.map(() => Wire.connect(socket)));
  try {
    for (const [i, wire] of wires.entries()) {
      await wire.send(hello(NAMES_OF_OBJECTS[i] ?? ""));
      assertEquals((await wire.frame()).first_for_key, true, NAMES_OF_OBJECTS[i]);
    }
    for (const name of NAMES_OF_OBJECTS) {
      assertEquals(await consumersOf(socket, name), [[name, name, [name], 0]]);
    }
  } finally {
    for (const wire of wires) wire.close();
  }
}

function hello(name: string): string {
  return `{"type":"hello","event_key":"${name}","subscription_id":"${name}",` +
    `"event_types":["${name}"],"${name}":{"sets_up":true},"__proto__":{"sets_up":true}}`;
}

/** How the hub's state names the consumers of a key. */
async function consumersOf(socket: string, key: string): Promise<unknown[]> {
  const wire = await Wire.connect(socket);
  try {
    await wire.send('{"type":"status_query"}');
    const { consumers } = await wire.frame();
    if (!Array.isArray(consumers)) throw new Error("no consumers in the status");
    return consumers.filter(({ event_key }) => event_key === key).map((
      { event_key, subscription_id, event_types, received },
    ) => [event_key, subscription_id, event_types, received]);
  } finally {
    wire.close();
  }
}
