/**
 * One source's life: it is run, and run again when it ends.
 *
 * @module
 */

import { backoff, type PauseRange } from "../platform/backoff.ts";
import type { SystemClocks } from "../platform/clocks.ts";
import { pauseFor } from "../platform/within.ts";
import { BusError } from "../protocol/errors.ts";
import type { SourceInfo, SourceState } from "../protocol/messages.ts";
import type { Findings, Outcome, Source } from "./source.ts";

/** Milliseconds that a source has to be connected for its next failure to count as the first one. */
const HEALTH_MS = 60_000;

/** What a supervisor needs. */
export interface SupervisorOptions {
  readonly name: string;
  readonly source: Source;
  /** The pauses before it is run again. */
  readonly pauses: PauseRange;
  /** How often it is run again without a minute of health between; for ever if absent. */
  readonly restarts?: number | undefined;
  /** Takes findings. Resolves when they are routed, with what became of each. */
  readonly deliver: (findings: Findings) => Promise<readonly Outcome[]>;
  /** Is told of each change, and when nothing more comes. */
  readonly tell: (info: SourceInfo) => void;
  readonly clocks: SystemClocks;
  /** A number from 0 to 1. */
  readonly random: () => number;
}

/** Runs a source until it is told to end, and tells how the source is. */
export class Supervisor {
  #info: SourceInfo;
  #connectedAt: number | undefined;

  constructor(private readonly options: SupervisorOptions) {
    this.#info = { source: options.name, state: "connecting" };
  }

  /** How the source is now. */
  get info(): SourceInfo {
    return this.#info;
  }

  /**
   * Runs the source, again and again. Resolves when the signal has fired and the source has let go
   * of all that it had, or when it is not to be run again; never rejects.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { pauses, restarts = Infinity, random } = this.options;
    let attempt = 0;
    for (let state: SourceState = "connecting"; !signal.aborted; state = "reconnecting") {
      this.#become(state);
      const reason = await this.#runOnce(signal);
      if (signal.aborted) break;
      if (this.#wasHealthy()) attempt = 0;
      if (attempt >= restarts) return this.#become("disconnected", gaveUp(reason, attempt));
      const pause = backoff(attempt++, pauses, random());
      this.#become("disconnected", reason);
      await pauseFor(this.options.clocks, pause, signal);
    }
    this.#become("disconnected", "stopped");
  }

  /** Returns why it ended, for people. */
  async #runOnce(signal: AbortSignal): Promise<string> {
    const { source, deliver } = this.options;
    this.#connectedAt = undefined;
    const run = source.run(signal);
    try {
      let outcomes: readonly Outcome[] | undefined;
      for (;;) {
        const { value: news, done } = await run.next(outcomes);
        if (done) return "it ended";
        outcomes = undefined;
        if ("findings" in news) outcomes = await deliver(news);
        else this.#become(news.state, news.detail);
      }
    } catch (error) {
      return explained(error);
    } finally {
      await run.return().catch(() => {});
    }
  }

  #become(state: SourceState, detail?: string): void {
    this.#info = { source: this.options.name, state, ...(detail ? { detail } : {}) };
    if (state === "connected") this.#connectedAt ??= this.options.clocks.monotonic();
    this.options.tell(this.#info);
  }

  #wasHealthy(): boolean {
    if (this.#connectedAt === undefined) return false;
    return this.options.clocks.monotonic() - this.#connectedAt >= HEALTH_MS;
  }
}

function gaveUp(reason: string, restarts: number): string {
  return restarts === 0 ? reason : `${reason}; given up after ${restarts} restarts`;
}

/** Why something failed, in a sentence. */
function explained(error: unknown): string {
  if (error instanceof BusError && error.hint) return `${error.message} (${error.hint})`;
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n", 1)[0] || "it failed";
}
