/**
 * The hub, as one of its peers: the compiled program, and from source.
 *
 * @module
 */

import { PROGRAM } from "../e2e/kit.ts";
import { bytesOf, type Peer } from "./peer.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

export const hub: Peer = {
  name: "the hub, unix",
  program: PROGRAM,
  args: ({ socket }) => ["serve", "--socket", socket],
  connect: ({ socket }) => Deno.connect({ transport: "unix", path: socket }),
  subscription: (number, asked) =>
    bytesOf(`{"type":"hello","event_key":"k${number}","event_types":["${asked}"]}\n`),
  subscribed: '"first_for_key":true',
  greeting: bytesOf(""),
  greeted: "",
  publication: ({ text }) => bytesOf(`${text}\n`),
  deliveredBytes: ({ text }, _asked, number) => text.length + `,"seq":${number}\n`.length,
  question: bytesOf('{"type":"flush","id":1}\n'),
  answer: '"flush_ack"',
};

export const hubFromSource: Peer = {
  ...hub,
  name: "the hub from source, unix",
  program: Deno.execPath(),
  args: (place) => ["run", "-A", "--quiet", MAIN, ...hub.args(place)],
};
