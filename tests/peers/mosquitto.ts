/**
 * mosquitto, on a port of this machine: MQTT 3.1.1, at most once.
 *
 * @module
 */

import { bytesOf, joined, type Peer } from "./peer.ts";

const CONNECT = 0x10;
const PUBLISH = 0x30;
const SUBSCRIBE = 0x82;
const CLEAN_SESSION = 0x02;

export const mosquitto: Peer = {
  name: "mosquitto, TCP, QoS 0",
  program: "mosquitto",
  args: ({ port }) => ["-p", String(port)],
  connect: ({ port }) => Deno.connect({ hostname: "127.0.0.1", port }),
  subscription: (number, asked) =>
    joined(
      hello(`subscriber${number}`),
      packet(SUBSCRIBE, new Uint8Array([0, 1]), text(topic(asked)), new Uint8Array([0])),
    ),
  // The acknowledgement of a subscription, with its identifier, and granted.
  subscribed: "\x90\x03\x00\x01\x00",
  greeting: hello("publisher"),
  greeted: "\x20\x02\x00\x00",
  publication: (event) => packet(PUBLISH, text(topic(event.type)), bytesOf(event.text)),
  deliveredBytes: (event) => packet(PUBLISH, text(topic(event.type)), bytesOf(event.text)).length,
  question: new Uint8Array([0xc0, 0]),
  answer: "\xd0\x00",
};

/** Its tokens have a slash between them, and its wildcard has another sign. */
function topic(type: string): string {
  return type.replaceAll(".", "/").replace("*", "+");
}

function hello(name: string): Uint8Array {
  const settings = new Uint8Array([4, CLEAN_SESSION, 0, 0]);
  return packet(CONNECT, text("MQTT"), settings, text(name));
}

function text(value: string): Uint8Array {
  const bytes = bytesOf(value);
  return joined(new Uint8Array([bytes.length >> 8, bytes.length & 0xff]), bytes);
}

/** A packet, with its length in groups of seven bits. */
function packet(kind: number, ...pieces: Uint8Array[]): Uint8Array {
  const body = joined(...pieces);
  const length: number[] = [];
  let rest = body.length;
  do {
    length.push(rest % 128 + (rest >= 128 ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return joined(new Uint8Array([kind, ...length]), body);
}
