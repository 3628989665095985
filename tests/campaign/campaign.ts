/**
 * A campaign against the compiled program: parts that go on for a time, count what they have done,
 * and fail where a promise was broken or next to nothing was done.
 *
 * @module
 */

import { type CampaignOptions, readOptions } from "./options.ts";
import { Random } from "./random.ts";
import { Tally } from "./tally.ts";

/** A part of a campaign. */
export interface Part {
  readonly name: string;
  /** The rows of the scorecard that it shows. */
  readonly rows: readonly number[];
  /** Its share of the campaign's time, in relation to the others'. */
  readonly weight: number;
  /** How often each thing has to happen in a minute of this part's own time, at least. */
  readonly floors: Readonly<Record<string, number>>;
  /** Goes on until {@linkcode Trial.isOver}; throws where a promise was broken. */
  run(trial: Trial): Promise<void>;
}

/** How many times its time a part gets, or how many milliseconds, to do as much as it must. */
const MOST_TIMES = 4;
const LEAST_PATIENCE_MS = 30_000;

/** One run of a part. */
export class Trial {
  readonly random: Random;
  readonly tally = new Tally();
  readonly #figures: [name: string, value: string][] = [];
  readonly #end: number;
  readonly #latest: number;
  #skipped: string | undefined;

  /** @param seconds how long it goes on */
  constructor(part: Part, seed: number, readonly seconds: number) {
    this.random = new Random(seed);
    const start = performance.now();
    this.#end = start + seconds * 1000;
    this.#latest = start + Math.max(seconds * 1000 * MOST_TIMES, LEAST_PATIENCE_MS);
    for (const [name, floor] of Object.entries(part.floors)) {
      this.tally.expect(name, floor * seconds / 60);
    }
  }

  /** Whether its time is up. What is under way is brought to its end. */
  get isOver(): boolean {
    return performance.now() >= this.#end;
  }

  /**
   * Whether there is more to do: its time is not up, or something has not yet happened as often as it
   * must. A slow machine needs longer for as much, and gets four times the time.
   *
   * @param names what has to happen, where that is not all of it
   */
  goesOn(...names: readonly string[]): boolean {
    if (!this.isOver) return true;
    return !this.tally.isEnough(...names) && performance.now() < this.#latest;
  }

  /** Milliseconds that are left. */
  get left(): number {
    return Math.max(0, this.#end - performance.now());
  }

  /** Says that it cannot be done on this machine, and why: nothing has to have happened then. */
  skip(reason: string): void {
    this.#skipped = reason;
  }

  /** Why it was not done, where it was not. */
  get skipped(): string | undefined {
    return this.#skipped;
  }

  /** Notes a measured value, with its unit, for the report. */
  note(name: string, value: string): void {
    this.#figures.push([name, value]);
  }

  /** What was noted. */
  get figures(): readonly (readonly [name: string, value: string])[] {
    return this.#figures;
  }
}

/** What became of a part. */
interface Result {
  readonly part: string;
  readonly rows: readonly number[];
  readonly seconds: number;
  readonly passed: boolean;
  readonly skipped?: string;
  readonly failures: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
  readonly figures: Readonly<Record<string, string>>;
}

/**
 * Runs the parts one after the other, each for its share of the time, says what each has done, writes
 * `dist/NAME.json`, and ends the process: with 0 where none failed.
 *
 * @param name what the campaign is called
 * @param parts its parts; a seed of its own for each follows from the campaign's
 * @param seconds how long it goes on where the command line does not say
 */
export async function runCampaign(
  name: string,
  parts: readonly Part[],
  seconds: number,
): Promise<never> {
  const options = optionsOrUsage(name, seconds);
  say(`${name}: --seconds ${options.seconds} --seed ${options.seed}`);
  const chosen = parts.filter((part) => part.name.includes(options.only));
  const weights = chosen.reduce((sum, { weight }) => sum + weight, 0);
  const results: Result[] = [];
  for (const part of chosen) {
    const share = options.seconds * part.weight / weights;
    results.push(await runPart(part, seedOf(options, part), share));
  }
  await report(name, options, results);
  Deno.exit(results.length > 0 && results.every(({ failures }) => failures.length === 0) ? 0 : 1);
}

/** The same whichever other parts run. */
function seedOf({ seed }: CampaignOptions, { name }: Part): number {
  return [...name].reduce((sum, letter) => Math.imul(sum, 31) + letter.charCodeAt(0) | 0, seed);
}

async function runPart(part: Part, seed: number, seconds: number): Promise<Result> {
  say(`\n${part.name} (${Math.round(seconds)} s)`);
  const trial = new Trial(part, seed, seconds);
  const start = performance.now();
  const failures: string[] = [];
  try {
    await part.run(trial);
  } catch (error) {
    failures.push(...inWords(error));
  }
  const { tally: { counts }, figures, skipped } = trial;
  if (skipped === undefined) failures.push(...trial.tally.missing);
  else say(`  skipped: ${skipped}`);
  for (const [name, count] of counts) say(`  ${String(count).padStart(10)}  ${name}`);
  for (const [name, value] of figures) say(`  ${value.padStart(10)}  ${name}`);
  for (const failure of failures) say(`  FAILED  ${failure}`);
  return {
    part: part.name,
    rows: part.rows,
    seconds: (performance.now() - start) / 1000,
    passed: failures.length === 0 && skipped === undefined,
    ...(skipped === undefined ? {} : { skipped }),
    failures,
    counts: Object.fromEntries(counts),
    figures: Object.fromEntries(figures),
  };
}

/** Where a part failed and its end did too, both: the second mostly follows from the first. */
function inWords(error: unknown): string[] {
  if (error instanceof SuppressedError) return [error.suppressed, error.error].flatMap(inWords);
  return [error instanceof Error ? error.stack ?? error.message : String(error)];
}

async function report(
  name: string,
  options: CampaignOptions,
  results: readonly Result[],
): Promise<void> {
  const passed = results.filter(({ passed }) => passed).length;
  const failed = results.filter(({ failures }) => failures.length > 0).length;
  const skipped = results.length - passed - failed;
  const path = new URL(`../../dist/${name}.json`, import.meta.url);
  const text = JSON.stringify(
    { name, ...options, passed, failed, skipped, parts: results },
    null,
    2,
  );
  await Deno.writeTextFile(path, `${text}\n`);
  const again = failed === 0 ? "" : `; again with: --seed ${options.seed}`;
  const left = skipped === 0 ? "" : `, ${skipped} skipped`;
  say(`\n${name}: ${passed} passed, ${failed} failed${left}${again}`);
}

function optionsOrUsage(name: string, seconds: number): CampaignOptions {
  try {
    return readOptions(Deno.args, seconds);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    say(`error: ${name}: ${error.message}`);
    Deno.exit(2);
  }
}

function say(line: string): void {
  // deno-lint-ignore no-console
  console.log(line);
}
