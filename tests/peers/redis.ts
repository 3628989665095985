/**
 * redis, on a unix socket.
 *
 * @module
 */

import { bytesOf, type Peer } from "./peer.ts";

export const redis: Peer = {
  name: "redis, unix",
  program: "redis-server",
  args: ({ socket, directory }) => [
    ...["--port", "0", "--unixsocket", socket, "--dir", directory],
    ...["--save", "", "--appendonly", "no", "--daemonize", "no"],
  ],
  connect: ({ socket }) => Deno.connect({ transport: "unix", path: socket }),
  subscription: (_number, asked) =>
    bytesOf(`${isPattern(asked) ? "PSUBSCRIBE" : "SUBSCRIBE"} ${asked}\r\n`),
  subscribed: "subscribe",
  greeting: bytesOf(""),
  greeted: "",
  publication: ({ type, text }) => bytesOf(array("PUBLISH", type, text)),
  deliveredBytes: ({ type, text }, asked) =>
    array(...(isPattern(asked) ? ["pmessage", asked] : ["message"]), type, text).length,
  question: bytesOf("PING\r\n"),
  answer: "+PONG",
};

function isPattern(asked: string): boolean {
  return asked.endsWith("*");
}

function array(...texts: string[]): string {
  const parts = texts.map((text) => `$${text.length}\r\n${text}\r\n`);
  return `*${texts.length}\r\n${parts.join("")}`;
}
