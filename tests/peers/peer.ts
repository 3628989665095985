/**
 * Programs that do what a hub does, in as few words of their protocols as the comparison needs.
 *
 * @module
 */

/** A connection to any of them. */
export type PeerConnection = Deno.Conn;

/** An event as all of them carry it. */
export interface PeerEvent {
  /** Tokens with a dot between them. */
  readonly type: string;
  /** The text of the whole object: a hub takes it as its frame, the others as an opaque payload. */
  readonly text: string;
}

/** How to run one, and how to speak to it. */
export interface Peer {
  readonly name: string;
  /** The program, as it is found on the PATH or by its path. */
  readonly program: string;
  /** Its arguments: no persistence, one address. */
  args(place: PeerPlace): string[];
  connect(place: PeerPlace): Promise<PeerConnection>;
  /**
   * What a subscriber says first, beginning with its greeting.
   *
   * @param number tells it from the others
   * @param asked a type, or one whose last token is `*`
   */
  subscription(number: number, asked: string): Uint8Array;
  /** What is in the answer that says that it is subscribed. */
  readonly subscribed: string;
  /** What a publisher says first; nothing where it need not. */
  readonly greeting: Uint8Array;
  /** What is in the answer to the greeting; nothing where there is none. */
  readonly greeted: string;
  /** An event as it is published. */
  publication(event: PeerEvent): Uint8Array;
  /**
   * Bytes of an event as a subscriber gets it.
   *
   * @param asked what the subscriber has asked for
   * @param number which of the events that this subscriber gets it is, from 1
   */
  deliveredBytes(event: PeerEvent, asked: string, number: number): number;
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

/**
 * An event.
 *
 * @param payload the text of a JSON value, in ASCII
 */
export function eventOf(type: string, payload: string): PeerEvent {
  return { type, text: `{"type":"event","event_type":"${type}","payload":${payload}}` };
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
