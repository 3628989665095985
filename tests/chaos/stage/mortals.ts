/**
 * Where those come from who die in a round, and what they find.
 *
 * @module
 */

import type { Trial } from "../../campaign/campaign.ts";
import type { Place } from "../../e2e/kit.ts";
import { eventually } from "../../e2e/waiting.ts";
import { Wire } from "../../e2e/wire.ts";
import { type Mortal, PeerProcess } from "./peer_process.ts";
import { askStatus, check, firstOf, hello, insist } from "../../campaign/questions.ts";
import { Spread } from "../../campaign/spread.ts";

/** One in so many rounds is played by processes, which cost more. */
const PROCESSES_IN = 40;

/** Milliseconds in which a reservation is free whose holder has died. */
const FREE_MS = 100;

/** A hub, and those who come, ask and die in the rounds around it. */
export class Mortals {
  /** From the death of who held a key to the answer of who waited for it. */
  readonly freed = new Spread();
  #isOfProcesses = false;
  #round = 0;
  #open: Mortal[] = [];

  constructor(readonly place: Place, readonly trial: Trial) {}

  /** A key that nobody has used. */
  get key(): string {
    return `key-${this.#round}`;
  }

  /** Plays a round; nothing of it is left at its end. */
  async round(name: string, play: () => Promise<void>): Promise<void> {
    this.#round++;
    this.#isOfProcesses = this.trial.random.oneIn(PROCESSES_IN);
    try {
      await play();
    } finally {
      const open = this.#open;
      this.#open = [];
      for (const mortal of open) mortal.close();
      for (const mortal of open) if (mortal instanceof PeerProcess) await mortal.end();
    }
    this.trial.tally.add(name);
    if (this.#isOfProcesses) this.trial.tally.add("played by processes");
  }

  /** A new peer of the hub. */
  async peer(): Promise<Mortal> {
    const { socket } = this.place;
    const peer = this.#isOfProcesses ? new PeerProcess(socket) : await Wire.connect(socket);
    this.#open.push(peer);
    return peer;
  }

  /** New peers that have said hello, one after the other, for the key of this round. */
  async hellos(count: number, more: object = {}): Promise<Mortal[]> {
    const peers: Mortal[] = [];
    for (let number = 0; number < count; number++) {
      const peer = await this.peer();
      await peer.send(hello(this.key, [this.key], more));
      peers.push(peer);
    }
    return peers;
  }

  /** New consumers of this round's key, of whom the first is first. */
  async members(count: number, more: object = {}): Promise<Mortal[]> {
    const members = await this.hellos(count, more);
    this.expectOneFirst(await firstOf(members), "that came to a new key");
    return members;
  }

  /** The answer to a member that asks whether it is the last. */
  async ask(member: Mortal): Promise<boolean> {
    await member.send(check(this.key));
    const answer = await member.frame();
    insist(answer.type === "pre_shutdown_ack", `a check got ${JSON.stringify(answer)}`);
    return answer.last_for_key === true;
  }

  /** Returns when the hub has read all that was sent so far. */
  async settle(): Promise<void> {
    // A question is read in its turn, and so is answered after what was there before it.
    for (let times = 0; times < 2; times++) await askStatus(this.place.socket);
  }

  /** How many consumers of this round's key are registered. */
  async registered(): Promise<number> {
    const { consumers } = await askStatus(this.place.socket);
    return consumers.filter(({ event_key }) => event_key === this.key).length;
  }

  /** Returns when the hub has seen that of the round's consumers only so many are left. */
  async untilLeft(count: number): Promise<void> {
    await eventually(
      `${count} are left of ${this.key}`,
      async () => await this.registered() === count,
    );
  }

  /** Lets the holder of the key die, and expects that exactly one of those that wait is first, soon. */
  async dieAndFree(holder: Mortal, waiting: readonly Mortal[]): Promise<void> {
    const start = performance.now();
    holder.close();
    const firsts = await firstOf(waiting);
    const took = performance.now() - start;
    this.freed.add(took);
    this.expectOneFirst(firsts, "that waited");
    insist(took <= FREE_MS, `a reservation was free only ${took} ms after its holder died`);
  }

  /** Expects that of some hellos the one that came first is first, and no other. */
  expectOneFirst(firsts: readonly boolean[], who: string): void {
    const found = firsts.filter((first) => first).length;
    insist(found === 1, `of ${firsts.length} hellos ${who} ${found} were first`);
  }

  /** The beginning of a frame, cut off at any byte; at most its line end is missing. */
  cut(frame: string): Uint8Array {
    const bytes = new TextEncoder().encode(frame);
    return bytes.subarray(0, this.trial.random.int(1, bytes.length));
  }
}
