/**
 * Says of all that a peer sends what must come of it. Nothing of the product is in it but the pages
 * of the contract, read once more: text is decoded by the platform, and JSON parsed by it.
 *
 * @module
 */

import { ConsumerOracle } from "./consumer_oracle.ts";
import { Foretold } from "./foretold.ts";
import { type FrameLine, type Line, linesOf } from "./lines.ts";
import { joined } from "./mutations.ts";
import type { Oracle, Situation } from "./oracle.ts";
import { PublisherOracle } from "./publisher_oracle.ts";
import type { SeenIds } from "./seen_ids.ts";

const LINE_FEED = 0x0a;

/**
 * Says what must come of a connection.
 *
 * @param bytes all that its peer sends, in however many writes
 * @param seen the ids that were sent before on other connections
 */
export function foretell(bytes: Uint8Array, situation: Situation, seen: SeenIds): Foretold {
  const foreteller = new Foreteller(situation, seen);
  foreteller.add(bytes);
  return foreteller.end();
}

/** Says what must come of a connection, piece by piece of what its peer sends. */
export class Foreteller {
  readonly #foretold = new Foretold();
  #oracle: Oracle;
  #rest: Uint8Array = new Uint8Array();

  constructor(situation: Situation, seen: SeenIds) {
    this.#oracle = new NewcomerOracle(this.#foretold, situation, seen);
  }

  /** Whether nothing that is sent now makes a difference any more. */
  get isOver(): boolean {
    return this.#foretold.closes || this.#foretold.unsent !== undefined;
  }

  /** The next piece of what is sent. */
  add(bytes: Uint8Array): void {
    if (this.isOver) return;
    const all = this.#rest.length > 0 ? joined(this.#rest, bytes) : bytes;
    const end = all.lastIndexOf(LINE_FEED) + 1;
    this.#rest = all.subarray(end);
    this.#take(all.subarray(0, end));
  }

  /** Nothing more is sent. */
  end(): Foretold {
    this.#take(this.#rest);
    if (!this.isOver) this.#oracle.end();
    return this.#foretold;
  }

  #take(bytes: Uint8Array): void {
    for (const line of linesOf(bytes)) {
      if (this.isOver) return;
      if (line.is === "empty") continue;
      this.#foretold.frames++;
      this.#oracle = this.#oracle.take(line);
    }
  }
}

class NewcomerOracle implements Oracle {
  constructor(
    private readonly foretold: Foretold,
    private readonly situation: Situation,
    private readonly seen: SeenIds,
  ) {}

  take(line: Exclude<Line, { is: "empty" }>): Oracle {
    if (line.is === "oversized") return this.#close("error frame_too_large 1");
    if (line.is === "unreadable") return this.#close("error bad_frame 1");
    switch (line.type) {
      case "hello":
        return this.#greet(line);
      case "event":
      case "flush":
      case "bye":
        return new PublisherOracle(this.foretold, this.seen).take(line);
      case "status_query":
        return this.#close("status_response");
      case "reload":
        return this.#close("reload_ack no");
      case "shutdown":
        this.foretold.unsent = "it would stop the hub";
        return this;
      default:
        return this.#close("error bad_frame 1");
    }
  }

  end(): void {}

  #greet(line: FrameLine): Oracle {
    if (!line.isRight) return this.#close("rejected bad_hello");
    return new ConsumerOracle(this.foretold, this.situation, line);
  }

  #close(answer: string): Oracle {
    this.foretold.close(answer);
    return this;
  }
}
