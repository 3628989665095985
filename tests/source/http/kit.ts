/**
 * An `http` source that a test runs, and posts to.
 *
 * @module
 */

import { orAborted } from "../../../lib/platform/aborted.ts";
import { SYSTEM_CLOCKS, type SystemClocks } from "../../../lib/platform/clocks.ts";
import { type HttpSettings, openHttp } from "../../../lib/source/http.ts";
import type { Finding, Outcome, Values } from "../../../lib/source/source.ts";
import { Play, type TestContext, testContext } from "../kit.ts";

/** Milliseconds after which what is waited for does not come. */
const PATIENCE_MS = 20_000;

/** What the source answered. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

/** A source that runs. */
export class Hooks implements AsyncDisposable {
  private constructor(readonly play: Play, readonly context: TestContext, readonly url: string) {}

  /** @param answer what becomes of each finding */
  static async open(
    more: Partial<HttpSettings> = {},
    answer?: (finding: Finding) => Outcome | Promise<Outcome>,
    clocks: SystemClocks = SYSTEM_CLOCKS,
  ): Promise<Hooks> {
    const context = testContext();
    const source = openHttp({ kind: "http", port: 0, ...more }, context, clocks);
    const play = new Play(source, answer && ((finding) => answer(finding as Finding)));
    await play.until(({ states }) => states.length === 1);
    const url = /http:\/\/\S+/.exec(play.states[0] ?? "")?.[0] ?? "";
    return new Hooks(play, context, url);
  }

  /** Everything found, with the values that some places of templates have. */
  found(places: readonly string[] = []): unknown[] {
    return this.play.findings.map(({ values, ...finding }) => ({
      ...finding,
      ...(places.length > 0 ? { values: places.map((place) => valueAt(place, values)) } : {}),
    }));
  }

  /** The payloads found. */
  get payloads(): string[] {
    return this.play.findings.map(({ payload }) => payload);
  }

  /** Posts a body, or does with it what `init` says. */
  async post(
    body: BodyInit | null,
    headers: Readonly<Record<string, string>> = {},
    { path = "", method = "POST" } = {},
  ): Promise<Answer> {
    const response = await fetch(this.url + path, { method, headers, body });
    return {
      status: response.status,
      text: (await response.text()).trim(),
      headers: response.headers,
    };
  }

  /** The status alone. */
  async status(...words: Parameters<Hooks["post"]>): Promise<number> {
    return (await this.post(...words)).status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.play.stop();
  }
}

/** Clocks that tell which alarms are set. */
export class AlarmWatch implements SystemClocks {
  /** Alarms that are set, by their milliseconds. */
  readonly #counts = new Map<number, number>();
  #changed = Promise.withResolvers<void>();

  constructor(private readonly clocks: SystemClocks = SYSTEM_CLOCKS) {}

  monotonic(): number {
    return this.clocks.monotonic();
  }

  wall(): number {
    return this.clocks.wall();
  }

  after(milliseconds: number, callback: () => void): () => void {
    let isSet = true;
    const end = () => {
      if (isSet) this.#count(milliseconds, -1);
      isSet = false;
    };
    const callOff = this.clocks.after(milliseconds, () => {
      end();
      callback();
    });
    this.#count(milliseconds, 1);
    return () => {
      end();
      callOff();
    };
  }

  /** Resolves when so many alarms of so many milliseconds are set. */
  async untilSet(milliseconds: number, count: number): Promise<void> {
    const late = AbortSignal.timeout(PATIENCE_MS);
    while (this.#counts.get(milliseconds) !== count) {
      await orAborted(this.#changed.promise, late);
      if (late.aborted) throw new Error(`${this.#counts.get(milliseconds)} are set, not ${count}`);
    }
  }

  #count(milliseconds: number, change: number): void {
    this.#counts.set(milliseconds, (this.#counts.get(milliseconds) ?? 0) + change);
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

function valueAt(place: string, values: Values = {}): string | undefined {
  const [scope = "", name = ""] = place.split(":");
  return values[scope]?.(name);
}
