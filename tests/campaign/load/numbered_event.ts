/**
 * Events whose payload says which one they are and when they were made, at places where it can be read
 * without parsing: a reader of millions has no time for that.
 *
 * @module
 */

const NUMBER_DIGITS = 10;
const TIME_DIGITS = 16;
const BEFORE_TIME = '","at":"';

/** The events of one type, all of one length. */
export class NumberedEvents {
  readonly #head: string;
  readonly #tail: string;
  /** Where the number begins in a frame. */
  readonly #numberAt: number;

  /**
   * @param type their type, in ASCII
   * @param filler how many bytes the payload has beside number and time
   */
  constructor(type: string, filler: number) {
    this.#head = `{"type":"event","event_type":"${type}","payload":{"n":"`;
    this.#tail = `","x":"${"x".repeat(filler)}"}`;
    this.#numberAt = this.#head.length;
  }

  /** Bytes of a frame up to where the hub adds its `seq`. */
  get bodyLength(): number {
    return this.#numberAt + NUMBER_DIGITS + BEFORE_TIME.length + TIME_DIGITS + this.#tail.length;
  }

  /** The frame of an event, without its closing brace. */
  body(number: number, microseconds: number): string {
    const digits = String(number).padStart(NUMBER_DIGITS, "0");
    return `${this.#head}${digits}${BEFORE_TIME}${microseconds}${this.#tail}`;
  }

  /** The number of an event whose frame begins there. */
  number(bytes: Uint8Array, at: number): number {
    return digits(bytes, at + this.#numberAt, NUMBER_DIGITS);
  }

  /** When it was made, in microseconds of unix time. */
  time(bytes: Uint8Array, at: number): number {
    const start = at + this.#numberAt + NUMBER_DIGITS + BEFORE_TIME.length;
    return digits(bytes, start, TIME_DIGITS);
  }
}

function digits(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i++) value = value * 10 + (bytes[i] ?? 0) - 0x30;
  return value;
}
