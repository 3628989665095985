/**
 * A connection whose every write arrives as a read of its own.
 *
 * @module
 */

import { AssertionError } from "@std/assert";
import { setImmediate } from "node:timers";
import { PATIENCE_MS } from "../e2e/waiting.ts";
import { GatheredLines } from "./gathered_lines.ts";
import { SystemSocket } from "./system_socket.ts";
import type { Conversation } from "./talk.ts";

/** Goes on only when the hub has read what was written. */
export class ObservedTalk implements Conversation {
  readonly #socket: SystemSocket;
  readonly #gathered = new GatheredLines();
  #isClosed = false;

  private constructor(path: string) {
    this.#socket = new SystemSocket(path);
  }

  static connect(path: string): Promise<ObservedTalk> {
    return Promise.resolve(new ObservedTalk(path));
  }

  async write(bytes: Uint8Array): Promise<boolean> {
    for (let rest = bytes; rest.length > 0;) {
      const taken = this.#socket.send(rest);
      rest = rest.subarray(taken);
      if (taken > 0) continue;
      if (this.#socket.isOver) return false;
      await this.#turn();
    }
    await this.#until("the hub reads what was written", () => this.#socket.isRead);
    return !this.#socket.isOver;
  }

  end(): Promise<void> {
    this.#socket.end();
    return Promise.resolve();
  }

  async hears(lines: number): Promise<void> {
    await this.#until(`${lines} lines from the hub`, () => this.#gathered.count >= lines);
  }

  async closed(): Promise<void> {
    await this.#until("the hub's close", () => false);
  }

  get lines(): string[] {
    return this.#gathered.lines;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#socket.close();
  }

  /** Reads until a condition holds, or the hub has closed and all is read. */
  async #until(name: string, condition: () => boolean): Promise<void> {
    const end = performance.now() + PATIENCE_MS;
    for (;;) {
      // In this order: what comes before the close is read after it was seen.
      const isOver = this.#socket.isOver;
      this.#receive();
      if (isOver || condition()) return;
      if (performance.now() > end) {
        throw new AssertionError(`not within ${PATIENCE_MS} ms: ${name}`);
      }
      await this.#turn();
    }
  }

  async #turn(): Promise<void> {
    this.#receive();
    await new Promise<void>((resolve) => setImmediate(resolve));
  }

  #receive(): void {
    for (let bytes = this.#socket.receive(); bytes; bytes = this.#socket.receive()) {
      this.#gathered.add(bytes);
    }
  }
}
