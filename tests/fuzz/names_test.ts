/**
 * That no name changes what all objects have.
 */

import { assertEquals } from "@std/assert";
import { Hub } from "../../lib/hub/hub.ts";
import { decode } from "../../lib/protocol/codec.ts";
import { EventFrame } from "../../lib/protocol/event_frame.ts";
import { Random } from "../campaign/random.ts";
import { Grammar } from "./grammar.ts";
import { MESSAGES } from "./contract.ts";
import { NAMES_OF_OBJECTS } from "./values.ts";

Deno.test("whatever frames are called and hold, all objects stay as they were", () => {
  const before = Object.getOwnPropertyDescriptors(Object.prototype);
  const hub = new Hub({
    clock: { now: () => 0, wall: () => 0 },
    channel: { events: 10, bytes: 10_000 },
    memoryBytes: 1_000_000,
    subscribedBytes: 1_000_000,
  });
  const edge = { admitted: () => {}, rejected: () => {}, wake: () => {} };
  for (const name of NAMES_OF_OBJECTS) {
    const consumer = hub.join({ type: "hello", event_key: name, event_types: [name] }, edge);
    hub.publish({ event_type: name, event_id: name, body: new Uint8Array(10) });
    assertEquals(hub.consumers().map(({ event_key }) => event_key), [name]);
    hub.ask(consumer, name);
    hub.leave(consumer, "bye");
  }
  const random = new Random(33);
  const names = [...NAMES_OF_OBJECTS];
  const subject = { key: "__proto__", newId: () => random.pick(names), oldId: () => undefined };
  const grammar = new Grammar(random, subject);
  for (const type of MESSAGES.keys()) {
    for (let i = 0; i < 100; i++) {
      const message = decode(grammar.frame({ type, oneWrongIn: 20 }));
      if (message instanceof EventFrame) JSON.parse(message.payload);
    }
  }
  assertEquals(Object.getOwnPropertyDescriptors(Object.prototype), before);
});
