/**
 * Where one is heard for whom there is no place.
 *
 * @module
 */

import type { ByteEnds } from "../platform/byte_ends.ts";
import { nextTurn } from "../platform/turn.ts";
import { encode } from "../protocol/codec.ts";
import { errorMessage } from "../protocol/messages.ts";
import { DOORWAY_CROWD_MS, DOORWAY_MS } from "./limits.ts";
import { FULL } from "./session.ts";
import type { SystemClocks } from "../platform/clocks.ts";

/** What must be known of the connection that stands there. */
export interface Caller {
  /** Since when it has said nothing, in the hub's time; nothing once its first frame has come. */
  readonly silentSince: number | undefined;
  /** It said nothing while it was heard. */
  turnAway(): void;
  /** Closes at once. */
  cut(): void;
}

/**
 * Room for one more connection than there are places, for a few milliseconds: whoever holds all
 * places, those of the reserve too, must not keep the others from asking how the hub is and from
 * stopping it.
 */
export class Doorway {
  #caller: Caller | undefined;
  /** When the last one went. */
  #leftAt = -Infinity;

  constructor(private readonly clocks: SystemClocks) {}

  /**
   * Lets one stand there, which has {@linkcode DOORWAY_MS} for its first frame, or in a crowd
   * {@linkcode DOORWAY_CROWD_MS}.
   *
   * @param over resolves when it is closed
   */
  async hear(caller: Caller, over: Promise<void>): Promise<void> {
    this.#caller = caller;
    const isCrowd = this.clocks.monotonic() - this.#leftAt < DOORWAY_CROWD_MS;
    const callOff = this.clocks.after(isCrowd ? DOORWAY_CROWD_MS : DOORWAY_MS, async () => {
      // The hub may itself have been busy, and what it said wait to be read.
      await nextTurn();
      await nextTurn();
      if (caller.silentSince !== undefined) caller.turnAway();
    });
    await over;
    callOff();
    this.#leftAt = this.clocks.monotonic();
    if (this.#caller === caller) this.#caller = undefined;
  }

  /**
   * The next one is at the door and needs the room: who still has it has not taken its answer in
   * time, and is cut.
   *
   * @returns whether somebody was
   */
  clear(): boolean {
    const caller = this.#caller;
    this.#caller = undefined;
    caller?.cut();
    return caller !== undefined;
  }
}

/** Says why to one that cannot even be heard; its socket is new, so this much always fits. */
export async function turnAway(ends: ByteEnds): Promise<void> {
  const frame = encode(errorMessage("limit", FULL));
  await ends.write(new TextEncoder().encode(frame)).catch(() => {});
  ends.close();
}
