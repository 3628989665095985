/**
 * The hub, as one of its peers.
 *
 * @module
 */

import { PROGRAM } from "../../e2e/kit.ts";
import { bytesOf, type Peer } from "./peer.ts";

const HEAD = '{"type":"event","event_type":"load","payload":"';

export const hub: Peer = {
  name: "the hub, unix",
  program: PROGRAM,
  args: ({ socket }) => ["serve", "--socket", socket],
  connect: ({ socket }) => Deno.connect({ transport: "unix", path: socket }),
  subscription: (number) =>
    bytesOf(`{"type":"hello","event_key":"k${number}","event_types":["load"]}\n`),
  subscribed: '"first_for_key":true',
  greeting: bytesOf(""),
  greeted: "",
  publication: (bytes) => bytesOf(`${HEAD}${"x".repeat(bytes)}"}\n`),
  deliveredBytes: (bytes, number) => HEAD.length + bytes + `","seq":${number}}\n`.length,
  question: bytesOf('{"type":"flush","id":1}\n'),
  answer: '"flush_ack"',
};
