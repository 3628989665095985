/**
 * One source of a hub: from its settings to its events in the hub.
 *
 * @module
 */

import type { PublishOutcome } from "../hub/hub.ts";
import { nextTurn } from "../platform/turn.ts";
import { EventFrame } from "../protocol/event_frame.ts";
import type { SourceInfo } from "../protocol/messages.ts";
import { EventMaker, type Unmade } from "../source/event_maker.ts";
import type { Filter } from "../source/filter.ts";
import { KINDS, type SourceSettings } from "../source/kinds.ts";
import { Secrets } from "../source/secrets.ts";
import type {
  Finding,
  Findings,
  Outcome,
  Source,
  SourceContext,
  WholeEvent,
} from "../source/source.ts";
import { pausesOf } from "../source/settings.ts";
import { Supervisor } from "../source/supervisor.ts";
import type { SourcesOptions } from "./sources.ts";

/** Findings that are sifted together, and about how many characters of them. */
const TOGETHER = 64;
const CHARACTERS = 256 * 1024;

/** Milliseconds after which others have their turn: what comes to nothing waits for nobody by itself. */
const TURN_MS = 5;

/** Characters of what is said of a source's state. */
const LONGEST_DETAIL = 500;

/** States of one source that are logged in a second. */
const STATES_A_SECOND = 10;

/** Milliseconds that a filter has at the end for what was found before. */
const FILTER_MS = 2_000;

const encoder = new TextEncoder();

/** A source that a hub holds. */
export class HeldSource {
  readonly #name: string;
  readonly #options: SourcesOptions;
  readonly #secrets: Secrets;
  readonly #over = new AbortController();
  readonly #supervisor: Supervisor;
  readonly #maker: EventMaker;
  readonly #filter: Filter | undefined;
  #running: Promise<void> | undefined;
  #isGivenUp = false;
  /** When it last let others have their turn. */
  #turnAt = 0;
  /** Findings that came to nothing, by why. */
  readonly #lost = new Map<Unmade["outcome"], number>();

  private constructor(
    name: string,
    readonly settings: SourceSettings,
    source: Source,
    secrets: Secrets,
    maker: (signal: AbortSignal) => EventMaker,
    filter: Filter | undefined,
    options: SourcesOptions,
  ) {
    this.#name = name;
    this.#options = options;
    this.#secrets = secrets;
    this.#filter = filter;
    this.#maker = maker(this.#over.signal);
    this.#supervisor = new Supervisor({
      name,
      source,
      pauses: pausesOf(settings),
      restarts: settings.restarts,
      deliver: (findings) => this.#deliver(findings),
      tell: (info) => this.#tell(info),
      clocks: options.clocks,
      random: options.random,
    });
  }

  /**
   * Makes one that is not yet run.
   *
   * @throws {BusError} something that it needs is missing, or its settings contradict each other
   */
  static async open(
    name: string,
    settings: SourceSettings,
    options: SourcesOptions,
  ): Promise<HeldSource> {
    const secrets = new Secrets();
    const { log, outlet, clocks } = options;
    const context: SourceContext = {
      name,
      log(cause, text, most) {
        log.limited(`source ${name} ${cause}`, secrets.strikeOut(`source ${name}: ${text}`), most);
      },
      secret: (secret) => secrets.value(secret),
      consume: (types, signal) => outlet.consume(types, name, signal),
    };
    // Loaded with what it needs only where a source has a filter.
    const filter = settings.only === undefined
      ? undefined
      : await (await import("../source/filter.ts")).Filter.of(settings.only, {
        clocks,
        onSaid: (text) => context.log("filter", `the filter says: ${text}`),
      });
    const kind = kindOf(settings);
    let source: Source;
    try {
      source = await kind.open(settings, context);
    } catch (error) {
      filter?.close();
      throw error;
    }
    const maker = (signal: AbortSignal) =>
      new EventMaker({ name, settings, filter, clocks, signal, sheds: kind.sheds ?? false });
    return new HeldSource(name, settings, source, secrets, maker, filter, options);
  }

  /** How it is. */
  get info(): SourceInfo {
    return this.#clean(this.#supervisor.info);
  }

  /** Whether it was run as often as it may be, so that nothing more comes of it. */
  get isGivenUp(): boolean {
    return this.#isGivenUp;
  }

  /** Runs it from now on. Given up, it lets go of all that it had. */
  begin(): void {
    this.#running ??= this.#supervisor.run(this.#over.signal).then(() => {
      this.#isGivenUp = true;
      this.#over.abort();
      this.#filter?.close();
    });
  }

  /** Ends it. Resolves when it has let go of all that it had. */
  async end(): Promise<void> {
    this.#over.abort();
    const callOff = this.#options.clocks.after(FILTER_MS, () => this.#filter?.close());
    await this.#running;
    callOff();
    this.#filter?.close();
  }

  #tell(info: SourceInfo): void {
    const clean = this.#clean(info);
    const { source, state, detail } = clean;
    const more = detail === undefined ? "" : `: ${detail}`;
    const text = `source ${source} ${state}${more}`;
    this.#options.log.limited(`source ${source}`, text, STATES_A_SECOND);
    this.#options.outlet.announce(clean);
  }

  #clean(info: SourceInfo): SourceInfo {
    if (info.detail === undefined) return info;
    // Cut before, a secret would be known by its part.
    return { ...info, detail: this.#secrets.strikeOut(info.detail).slice(0, LONGEST_DETAIL) };
  }

  async #deliver({ findings }: Findings): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const part of parts(findings)) {
      await this.#turn();
      const sifted = await this.#maker.sift(part);
      for (const [index, finding] of part.entries()) {
        const made = sifted[index] ?? await this.#maker.make(finding);
        outcomes.push(made instanceof EventFrame ? await this.#route(made) : this.#note(made));
      }
    }
    return outcomes;
  }

  async #turn(): Promise<void> {
    const now = this.#options.clocks.monotonic();
    if (now - this.#turnAt < TURN_MS) return;
    await nextTurn();
    this.#turnAt = this.#options.clocks.monotonic();
  }

  async #route({ event_type, event_id, body }: EventFrame): Promise<PublishOutcome> {
    const outcome = await this.#options.outlet.route({
      event_type,
      ...(event_id === undefined ? {} : { event_id }),
      body: encoder.encode(body),
      isGiven: true,
    });
    if (outcome === "duplicate") this.#maker.wasDuplicate();
    return outcome;
  }

  /** What came to nothing is counted, and said but where it was to be so. */
  #note({ outcome, reason }: Unmade): Outcome {
    const count = (this.#lost.get(outcome) ?? 0) + 1;
    this.#lost.set(outcome, count);
    if (outcome !== "filtered") {
      const text = `source ${this.#name}: an event was left out, ${reason} (${count} so far)`;
      this.#options.log.limited(`source ${this.#name} ${outcome}`, this.#secrets.strikeOut(text));
    }
    return outcome;
  }
}

/** Findings as they are sifted together. */
function* parts<T extends Finding | WholeEvent>(findings: readonly T[]): Generator<readonly T[]> {
  let [from, characters] = [0, 0];
  for (const [at, finding] of findings.entries()) {
    characters += ("frame" in finding ? finding.frame : finding.payload).length;
    if (at + 1 - from < TOGETHER && characters < CHARACTERS) continue;
    yield findings.slice(from, at + 1);
    [from, characters] = [at + 1, 0];
  }
  if (from < findings.length) yield findings.slice(from);
}

/** The kind of some settings, which it can therefore open. */
function kindOf<S extends SourceSettings>(settings: S) {
  const kind = KINDS[settings.kind];
  return kind as unknown as {
    readonly sheds?: true;
    open(settings: S, context: SourceContext): Promise<Source>;
  };
}
