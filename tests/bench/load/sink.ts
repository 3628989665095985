/**
 * A process of the load: takes what publishers send, and does nothing with it.
 *
 * @module
 */

import { answer, options, writeAll } from "../../campaign/load/orders.ts";
import type { PeerPlace } from "../../peers/peer.ts";
import { bare } from "../bare.ts";

if (import.meta.main) {
  const { socket } = options<PeerPlace>();
  const listener = Deno.listen({ transport: "unix", path: socket });
  answer("ready");
  const connection = await listener.accept();
  const buffer = new Uint8Array(256 * 1024);
  const sign = bare.question[0];
  for (let length; (length = await connection.read(buffer)) !== null;) {
    const asked = buffer[length - bare.question.length] === sign;
    if (asked) await writeAll(connection, new TextEncoder().encode(bare.answer));
  }
}
