/**
 * What a process of the load is told as it starts.
 *
 * @module
 */

import { type PeerName, PEERS } from "../../peers/peers.ts";
import type { Peer, PeerPlace } from "../../peers/peer.ts";
import { bare } from "../bare.ts";

/** Whom it speaks to, and where. */
export interface PartOptions {
  readonly peer: PeerName | "bare";
  readonly place: PeerPlace;
}

/** How to speak to a peer. */
export function peerNamed(name: PartOptions["peer"]): Peer {
  return name === "bare" ? bare : PEERS[name];
}
