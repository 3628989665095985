/**
 * The hub, as one of its peers: the compiled program, and from source.
 *
 * @module
 */

import configuration from "../../deno.json" with { type: "json" };
import { PROGRAM } from "../e2e/kit.ts";
import { bytesOf, type Peer } from "./peer.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

/** What `deno task serve` runs: `deno run … main.ts serve`. */
const SERVE = configuration.tasks.serve.command.split(" ");

export const hub: Peer = {
  name: "the hub, unix",
  program: PROGRAM,
  args: ({ socket }) => ["serve", "--socket", socket],
  connect: ({ socket }) => Deno.connect({ transport: "unix", path: socket }),
  subscription: (number, asked) =>
    bytesOf(`{"type":"hello","event_key":"k${Deno.pid}.${number}","event_types":["${asked}"]}\n`),
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
  args: (place) => [
    ...SERVE.slice(1, -2),
    `${ROOT}${SERVE.at(-2)}`,
    ...hub.args(place),
  ],
};
