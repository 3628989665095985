/**
 * A source that a test runs, as a supervisor would, once.
 *
 * @module
 */

import { orAborted } from "../../lib/platform/aborted.ts";
import { Secrets } from "../../lib/source/secrets.ts";
import type {
  Change,
  Finding,
  HubEvent,
  Outcome,
  Source,
  SourceContext,
  WholeEvent,
} from "../../lib/source/source.ts";

/** Milliseconds after which what is waited for does not come. */
const PATIENCE_MS = 20_000;

/** What a source has of the hub around it, recorded. */
export interface TestContext extends SourceContext {
  /** Lines of the log, each with its cause before it. */
  readonly lines: string[];
}

/** Makes one; `consume` has the events that a test gives it. */
export function testContext(
  name = "test",
  consume: SourceContext["consume"] = async function* (): AsyncGenerator<HubEvent> {},
): TestContext {
  const secrets = new Secrets();
  const lines: string[] = [];
  return {
    name,
    lines,
    log: (cause, text) => void lines.push(`${cause}: ${text}`),
    secret: (secret) => secrets.value(secret),
    consume,
  };
}

/** Runs a source until it is stopped, and keeps all that it says. */
export class Play implements AsyncDisposable {
  readonly changes: Change[] = [];
  readonly found: (Finding | WholeEvent)[] = [];
  /** Resolves when the run has ended; with what it threw, if it did. */
  readonly ended: Promise<unknown>;
  readonly #over = new AbortController();
  #heard = Promise.withResolvers<void>();
  #hasEnded = false;

  /** @param answer what becomes of each finding */
  constructor(
    source: Source,
    answer: (finding: Finding | WholeEvent) => Outcome | Promise<Outcome> = () => "routed",
  ) {
    this.ended = this.#run(source, answer);
  }

  /** The findings of which the test knows that none is a whole event. */
  get findings(): Finding[] {
    return this.found.filter((finding): finding is Finding => "payload" in finding);
  }

  /** The states so far, with their details where they have one. */
  get states(): string[] {
    return this.changes.map(({ state, detail }) => detail ? `${state}: ${detail}` : state);
  }

  /** Resolves when the condition holds; it is looked at whenever the source has said something. */
  async until(condition: (play: this) => boolean): Promise<void> {
    const late = AbortSignal.timeout(PATIENCE_MS);
    while (!condition(this)) {
      if (this.#hasEnded) throw new Error(`the run has ended: ${await this.ended}`);
      await orAborted(this.#heard.promise, late);
      if (late.aborted) throw new Error(`it did not come: ${condition}; ${this.states}`);
    }
  }

  /** Ends the run, and resolves when it has ended. */
  async stop(): Promise<unknown> {
    this.#over.abort();
    return await this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #run(
    source: Source,
    answer: (finding: Finding | WholeEvent) => Outcome | Promise<Outcome>,
  ): Promise<unknown> {
    const run = source.run(this.#over.signal);
    try {
      for (let outcomes: Outcome[] | undefined;;) {
        const { value: news, done } = await run.next(outcomes);
        outcomes = undefined;
        if (done) return undefined;
        if ("findings" in news) {
          this.found.push(...news.findings);
          this.#tell();
          outcomes = await Promise.all(news.findings.map(answer));
        } else this.changes.push(news);
        this.#tell();
      }
    } catch (error) {
      return error;
    } finally {
      await run.return();
      this.#hasEnded = true;
      this.#tell();
    }
  }

  #tell(): void {
    this.#heard.resolve();
    this.#heard = Promise.withResolvers();
  }
}
