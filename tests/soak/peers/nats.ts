/**
 * nats-server, on a port of this machine.
 *
 * @module
 */

import { bytesOf, type Peer } from "./peer.ts";

const CHANNEL = "load";
const GREETING = 'CONNECT {"verbose":false,"pedantic":false}\r\n';

export const nats: Peer = {
  name: "nats-server, TCP",
  program: "nats-server",
  args: ({ port }) => ["-a", "127.0.0.1", "-p", String(port)],
  connect: ({ port }) => Deno.connect({ hostname: "127.0.0.1", port }),
  subscription: () => bytesOf(`${GREETING}SUB ${CHANNEL} 1\r\nPING\r\n`),
  subscribed: "PONG",
  greeting: bytesOf(`${GREETING}PING\r\n`),
  greeted: "PONG",
  publication: (bytes) => bytesOf(`PUB ${CHANNEL} ${bytes}\r\n${"x".repeat(bytes)}\r\n`),
  deliveredBytes: (bytes) => `MSG ${CHANNEL} 1 ${bytes}\r\n\r\n`.length + bytes,
  question: bytesOf("PING\r\n"),
  answer: "PONG",
};
