/**
 * nats-server, on a port of this machine.
 *
 * @module
 */

import { bytesOf, type Peer } from "./peer.ts";

const GREETING = 'CONNECT {"verbose":false,"pedantic":false}\r\n';

export const nats: Peer = {
  name: "nats-server, TCP",
  program: "nats-server",
  args: ({ port }) => ["-a", "127.0.0.1", "-p", String(port)],
  connect: ({ port }) => Deno.connect({ hostname: "127.0.0.1", port }),
  subscription: (_number, asked) => bytesOf(`${GREETING}SUB ${asked} 1\r\nPING\r\n`),
  subscribed: "PONG",
  greeting: bytesOf(`${GREETING}PING\r\n`),
  greeted: "PONG",
  publication: ({ type, text }) => bytesOf(`PUB ${type} ${text.length}\r\n${text}\r\n`),
  deliveredBytes: ({ type, text }) => `MSG ${type} 1 ${text.length}\r\n${text}\r\n`.length,
  question: bytesOf("PING\r\n"),
  answer: "PONG",
};
