/**
 * Nobody in the middle: what the load itself can do. A sink takes what publishers send and does nothing
 * with it; a blaster sends prepared bytes to readers.
 *
 * @module
 */

import { bytesOf, type Peer } from "../peers/peer.ts";

/** As long as those of a hub that has routed a million events. */
const ENDING = ',"seq":1000000}\n';

/** How the load speaks to a sink or a blaster. */
export const bare: Peer = {
  name: "nobody",
  program: "",
  args: () => [],
  connect: ({ socket }) => Deno.connect({ transport: "unix", path: socket }),
  subscription: () => bytesOf("subscribe\n"),
  subscribed: "subscribed",
  greeting: bytesOf(""),
  greeted: "",
  publication: ({ text }) => bytesOf(`${text}\n`),
  deliveredBytes: ({ text }) => text.length - 1 + ENDING.length,
  question: bytesOf("?\n"),
  answer: "!",
};

/** An event as a blaster sends it. */
export function delivered(text: string): Uint8Array {
  return bytesOf(`${text.slice(0, -1)}${ENDING}`);
}
