/**
 * redis, on a unix socket.
 *
 * @module
 */

import { bytesOf, type Peer } from "./peer.ts";

const CHANNEL = "load";

export const redis: Peer = {
  name: "redis, unix",
  program: "redis-server",
  args: ({ socket, directory }) => [
    ...["--port", "0", "--unixsocket", socket, "--dir", directory],
    ...["--save", "", "--appendonly", "no", "--daemonize", "no"],
  ],
  connect: ({ socket }) => Deno.connect({ transport: "unix", path: socket }),
  subscription: () => bytesOf(`SUBSCRIBE ${CHANNEL}\r\n`),
  subscribed: "subscribe",
  greeting: bytesOf(""),
  greeted: "",
  publication: (bytes) =>
    bytesOf(
      `*3\r\n$7\r\nPUBLISH\r\n$${CHANNEL.length}\r\n${CHANNEL}\r\n$${bytes}\r\n` +
        `${"x".repeat(bytes)}\r\n`,
    ),
  deliveredBytes: (bytes) =>
    `*3\r\n$7\r\nmessage\r\n$${CHANNEL.length}\r\n${CHANNEL}\r\n$${bytes}\r\n\r\n`.length + bytes,
  question: bytesOf("PING\r\n"),
  answer: "+PONG",
};
