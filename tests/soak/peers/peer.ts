/**
 * Programs that do what a hub does, in as few words of their protocols as the comparison needs.
 *
 * @module
 */

/** A connection to any of them. */
export type PeerConnection = Deno.Conn;

/** How to run one, and how to speak to it. Events are opaque bytes on one channel. */
export interface Peer {
  readonly name: string;
  /** The program, as it is found on the PATH or by its path. */
  readonly program: string;
  /** Its arguments: no persistence, one address. */
  args(place: PeerPlace): string[];
  connect(place: PeerPlace): Promise<PeerConnection>;
  /** What a subscriber says first, beginning with its greeting. */
  subscription(number: number): Uint8Array;
  /** What is in the answer that says that it is subscribed. */
  readonly subscribed: string;
  /** What a publisher says first; nothing where it need not. */
  readonly greeting: Uint8Array;
  /** What is in the answer to the greeting; nothing where there is none. */
  readonly greeted: string;
  /** An event with so many bytes of payload, as it is published. */
  publication(bytes: number): Uint8Array;
  /** Bytes of such an event as a subscriber gets it; `number` counts from 1. */
  deliveredBytes(bytes: number, number: number): number;
  /** Asks whether everything so far has been dealt with, and what is in the answer. */
  readonly question: Uint8Array;
  readonly answer: string;
}

/** Where one runs. */
export interface PeerPlace {
  readonly directory: string;
  /** For those that listen on one. */
  readonly socket: string;
  readonly port: number;
}

const encoder = new TextEncoder();

/** The bytes of a text. */
export function bytesOf(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Bytes one behind the other. */
export function joined(...pieces: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
