/**
 * `bus consume`: prints events as they come.
 *
 * @module
 */

import { resolve } from "@std/path/posix/resolve";
import { hubPid } from "../client/hub_lock.ts";
import { consume, type Consumer } from "../client/consumer.ts";
import type { ConsumedEvent } from "../client/consumed_event.ts";
import type { ConsumerEnd, ConsumerState } from "../client/consumer_state.ts";
import { HubGoneError } from "../client/errors.ts";
import { SYSTEM_CLOCKS } from "../platform/clocks.ts";
import { printableJson } from "../platform/printable.ts";
import { BusError } from "../protocol/errors.ts";
import { WRITE_TIMEOUT_MS } from "../protocol/limits.ts";
import { orAborted } from "../platform/aborted.ts";
import { counted } from "../platform/counted.ts";
import { type ConsumeEnd, endExit, endLine, type EndReason } from "./consume_end.ts";
import { EXIT, exitCodeOf } from "./exit.ts";
import { describeFailure } from "./failure.ts";
import {
  awayLine,
  backLine,
  brokenOffLine,
  endedAwayText,
  hubName,
  type KeyTask,
  noCleanupLine,
  otherCatalogueLine,
  readyLine,
  waitingLine,
} from "./hub_lines.ts";
import { KeyCommand } from "./key_command.ts";
import {
  type CommandText,
  type ConsumeInvocation,
  type KeySettings,
  keySettings,
} from "./key_settings.ts";
import { ReaderGoneError } from "./output.ts";
import { SignalWatch } from "./signals.ts";
import { StartedHub } from "./started_hub.ts";

/** Milliseconds in which a reader that takes nothing is waited for once all is over. */
const STALLED_MS = 2_000;

/** Milliseconds without room on stdout after which that is why a hub went away without a word. */
const CUT_OFF_MS = WRITE_TIMEOUT_MS - 1_000;

/** Returns when the consumer has left. */
export async function run(invocation: ConsumeInvocation): Promise<number> {
  using signals = new SignalWatch();
  const consumption = new Consumption(invocation, await keySettings(invocation), signals);
  return await Promise.race([consumption.run(), consumption.cutShort()]);
}

/** One run of the command. */
class Consumption {
  readonly #signals: SignalWatch;
  readonly #invocation: ConsumeInvocation;
  readonly #settings: KeySettings;
  readonly #setup: KeyCommand | undefined;
  readonly #cleanup: KeyCommand | undefined;
  readonly #timeout = new AbortController();
  /** Fires when nothing more is to be printed, but for the limit. */
  readonly #over: AbortSignal;
  readonly #started: StartedHub;
  /** Keeps back what is said of the hub until the consumer is ready. */
  #untilReady = Promise.withResolvers<void>();
  /** Resolves when all is said of what has become of the hub so far. */
  #told = this.#untilReady.promise;
  #events = 0;
  #lost = 0;
  /** How often it came back. */
  #returns = 0;
  /** It has a hub, and its key is set up; it may have gone away since. */
  #isSubscribed = false;
  #isAway = false;
  /** The last setup was broken off because all is over. */
  #endsInSetup = false;
  /** Milliseconds that an event of this connection waited at most for room on stdout. */
  #longestWrite = 0;

  constructor(invocation: ConsumeInvocation, settings: KeySettings, signals: SignalWatch) {
    this.#invocation = invocation;
    this.#settings = settings;
    this.#setup = this.#keyCommand("setup", settings.setup);
    this.#cleanup = this.#keyCommand("cleanup", settings.cleanup);
    this.#signals = signals;
    this.#over = AbortSignal.any([
      signals.asked,
      this.#timeout.signal,
      invocation.output.broken,
    ]);
    this.#started = new StartedHub(invocation.paths, invocation.output);
  }

  async run(): Promise<number> {
    const { flags } = this.#invocation;
    // The clock of `performance` starts with the program.
    const timer = flags.timeout === undefined ? undefined : setTimeout(
      () => this.#timeout.abort(),
      Math.max(0, flags.timeout - performance.now()),
    );
    try {
      const consumer = await this.#subscribe();
      if (!consumer) return this.#endUnsubscribed();
      return await this.#printUntilEnd(consumer);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Resolves at a signal that leaves undone what is not done: the second, for a cleanup the third. */
  async cutShort(): Promise<number> {
    const { output, arguments: { key } } = this.#invocation;
    await this.#signals.insisted;
    this.#setup?.kill();
    if (this.#cleanup) await this.#signals.forced;
    if (this.#cleanup?.isRunning) output.say(brokenOffLine("cleanup", key));
    this.#cleanup?.kill();
    return exitCodeOf(this.#signals.first ?? "SIGINT");
  }

  #keyCommand(task: KeyTask, command: CommandText | undefined): KeyCommand | undefined {
    if (command === undefined) return undefined;
    const { output, paths: { socket }, arguments: { key } } = this.#invocation;
    // The command may go to another directory.
    const settings = { task, key, command, socket: resolve(socket) };
    return new KeyCommand({ ...settings, output, clocks: SYSTEM_CLOCKS });
  }

  /** Nothing where it was over before the hub had answered, or the key was set up. */
  async #subscribe(): Promise<Consumer | undefined> {
    const { flags, arguments: { key }, hub } = this.#invocation;
    const [setup, cleanup] = [this.#setup, this.#cleanup];
    try {
      const consumer = await consume({
        ...hub,
        config: flags.config,
        key,
        types: this.#settings.types,
        setup: setup && ((signal) => this.#setUp(setup, signal)),
        cleanup: cleanup && (() => cleanup.run()),
        start: !flags["no-start"],
        reconnect: !flags["no-reconnect"],
        signal: this.#over,
        onWaiting: () => void this.#sayWaiting(),
        onState: (state) => this.#noteState(state),
      });
      this.#isSubscribed = true;
      return consumer;
    } catch (error) {
      if (this.#over.aborted) return undefined;
      throw error;
    } finally {
      await this.#started.say();
    }
  }

  async #setUp(setup: KeyCommand, signal: AbortSignal): Promise<void> {
    await this.#started.say();
    // That a hub went away during the setup is said at once; what comes of the next, once it is ready.
    this.#untilReady.resolve();
    await this.#told;
    try {
      await setup.run(signal);
    } catch (error) {
      this.#endsInSetup = this.#over.aborted;
      throw error;
    }
    if (this.#isSubscribed) return;
    const { promise } = this.#untilReady = Promise.withResolvers<void>();
    this.#told = this.#told.then(() => promise);
  }

  #noteState(state: ConsumerState): void {
    // It had set its key up, and its hub went away all the same: it is not ready before the next one.
    if (state.state === "away" && !this.#isSubscribed) this.#untilReady.resolve();
    this.#told = this.#told.then(() => this.#tell(state));
  }

  async #printUntilEnd(consumer: Consumer): Promise<number> {
    const { output, arguments: { key } } = this.#invocation;
    output.say(readyLine(key, consumer.first));
    this.#compareCatalogues(consumer.state);
    this.#isAway = false;
    this.#untilReady.resolve();
    let failure: unknown;
    try {
      for await (const event of consumer) {
        await this.#told;
        await this.#print(event);
        if (this.#isLimitReached) break;
      }
    } catch (error) {
      failure = error;
    }
    await consumer.leave();
    const how = await consumer.closed;
    await this.#told;
    // The loop throws it where nothing else went wrong; it is not why the consumer ended.
    if (failure === how.cleanupError) failure = undefined;
    failure = await this.#flush() ?? failure;
    if (this.#cleanup && how.last === undefined) output.say(noCleanupLine(key));
    const end = this.#end(this.#reason(failure), how);
    output.say(endLine(end));
    return this.#conclude(end, how, failure);
  }

  /** The exit code, where nothing failed. */
  #conclude(end: ConsumeEnd, how: ConsumerEnd, failure: unknown): number {
    const { output } = this.#invocation;
    const { cleanupError, error } = how;
    if (failure && end.reason.kind !== "reader gone") {
      const { text } = describeFailure(cleanupError);
      if (cleanupError !== undefined && text !== undefined) output.sayError(text);
      throw this.#explained(failure);
    }
    if (cleanupError !== undefined) throw cleanupError;
    const exit = endExit(end);
    if (exit === EXIT.hubGone && end.away) {
      output.sayError(endedAwayText(error, whatEnded(end), end.inSetup));
    }
    return exit;
  }

  /** Says what has become of the hub. */
  async #tell(state: ConsumerState): Promise<void> {
    const { output, paths, arguments: { key } } = this.#invocation;
    if (state.state !== "ended") this.#isAway = state.state === "away";
    if (state.state === "away") {
      output.say(awayLine(key, state, this.#explained(state.error), paths));
    } else if (state.state === "connected" && state.absence) {
      this.#longestWrite = 0;
      this.#returns++;
      await this.#started.say();
      output.say(backLine(key, state.ack.first_for_key, state.absence));
      this.#compareCatalogues(state);
    }
  }

  /** A hub that was there goes by what it was started with, whatever this consumer was given. */
  #compareCatalogues(state: ConsumerState): void {
    const { output, paths } = this.#invocation;
    const { catalogue } = this.#settings;
    if (state.state !== "connected" || catalogue === undefined) return;
    const { config } = state.ack;
    if (config !== catalogue) output.say(otherCatalogueLine(config, catalogue, paths));
  }

  async #print(event: ConsumedEvent): Promise<void> {
    const { flags, output } = this.#invocation;
    if (event.lost > 0) {
      this.#lost += event.lost;
      output.say(`lost ${counted(event.lost, "event")} before seq ${event.seq}`);
    }
    this.#events++;
    const json = flags.payload ? event.payloadText : event.text;
    const start = performance.now();
    await output.write(`${output.isTerminal ? printableJson(json) : json}\n`, this.#over);
    this.#longestWrite = Math.max(this.#longestWrite, performance.now() - start);
  }

  /** A hub that cuts off who takes nothing often cannot say so: there is no room for a last frame. */
  #explained(failure: unknown): unknown {
    if (!(failure instanceof HubGoneError) || failure.hubReason !== undefined) return failure;
    if (this.#longestWrite < CUT_OFF_MS) return failure;
    const seconds = Math.round(this.#longestWrite / 1000);
    const limit = `a hub cuts off who takes nothing for ${WRITE_TIMEOUT_MS / 1000} s`;
    const hint = `nobody read stdout for ${seconds} s: ${limit}`;
    return new BusError(failure.code, failure.message, hint);
  }

  get #isLimitReached(): boolean {
    return this.#events === this.#invocation.flags["max-events"];
  }

  /** What went wrong with stdout, if something did. A slow reader has time until it is over. */
  async #flush(): Promise<unknown> {
    const { output } = this.#invocation;
    try {
      await orAborted(output.flush(), this.#over);
      if (await output.flush(STALLED_MS)) return undefined;
      return new BusError("failed", "nobody reads stdout: the last events were not written");
    } catch (error) {
      return error;
    }
  }

  #reason(failure: unknown): EndReason {
    if (failure instanceof ReaderGoneError) return { kind: "reader gone" };
    if (failure instanceof HubGoneError) return { kind: "hub gone" };
    if (failure !== undefined) return { kind: "failed" };
    if (this.#isLimitReached) return { kind: "limit" };
    // A signal may also come when it has ended already, and only its cleanup still runs.
    const isTimeout = this.#over.reason === this.#timeout.signal.reason;
    const signal = isTimeout ? undefined : this.#signals.first;
    return signal === undefined ? { kind: "timeout" } : { kind: "signal", signal };
  }

  /** @param how nothing where it never came to be a consumer */
  #end(reason: EndReason, how?: ConsumerEnd): ConsumeEnd {
    const away = how?.away ?? this.#isAway;
    return {
      reason,
      events: this.#events,
      lost: this.#lost,
      maxEvents: this.#invocation.flags["max-events"],
      last: how?.last ?? false,
      absences: this.#returns + (away ? 1 : 0),
      away,
      inSetup: this.#endsInSetup,
      uncleaned: this.#cleanup !== undefined && how !== undefined && how.last === undefined,
    };
  }

  async #sayWaiting(): Promise<void> {
    const { output, paths, arguments: { key } } = this.#invocation;
    output.say(waitingLine(key, paths.socket, await hubPid(paths)));
  }

  /** It never came to be a consumer: that must not look like one that saw no events. */
  async #endUnsubscribed(): Promise<number> {
    const { output, paths } = this.#invocation;
    const end = this.#end(this.#reason(undefined));
    if (end.reason.kind === "timeout" && !end.inSetup) {
      const who = hubName(paths.socket, await hubPid(paths));
      output.say(`the timeout came before ${who} had answered`);
    }
    output.say(endLine(end));
    return endExit(end);
  }
}

function whatEnded({ reason }: ConsumeEnd): string {
  return reason.kind === "signal" ? reason.signal : "the timeout";
}
