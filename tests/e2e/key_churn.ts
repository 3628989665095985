/**
 * Consumers of one key that come and go at random, with commands that set it up and clean it up.
 *
 * @module
 */

import { assertEquals, assertGreater, AssertionError } from "@std/assert";
import type { Random } from "../campaign/random.ts";
import type { Place } from "./kit.ts";
import { KeyLog, type KeyStory } from "./key_log.ts";
import type { Running } from "./running.ts";
import { eventually } from "./waiting.ts";

/** Those that come and go. */
const ACTORS = 30;

/** Milliseconds that a command takes. */
const COMMAND_MS = 40;

/** Milliseconds that a command takes in which its consumer is killed. */
const LONG_COMMAND_MS = 300;

/** Milliseconds between two lives of an actor, at most: mostly one or two are there, often nobody. */
const AWAY_MS = 12_000;

/** How it went. */
export interface Churn extends KeyStory {
  /** Consumers that came. */
  readonly lives: number;
}

/** What is done with those that come. */
export interface ChurnOptions {
  readonly random: Random;
  /** Milliseconds in which they come. */
  readonly milliseconds: number;
  /** Whether some are killed by SIGKILL. */
  readonly kills: boolean;
}

/**
 * Lets them come and go, and waits until the last has gone and no command runs.
 *
 * @throws {AssertionError} commands overlapped or did not alternate, or a consumer failed
 */
export async function churn(
  place: Place,
  { random, milliseconds, kills }: ChurnOptions,
): Promise<Churn> {
  const log = new KeyLog(place.directory);
  const end = performance.now() + milliseconds;
  let lives = 0;
  const act = async (random: Random) => {
    const pause = (most: number) => elapsed(random.int(0, most));
    while (performance.now() < end) {
      await elapsed(Math.min(random.int(0, AWAY_MS), Math.max(0, end - performance.now())));
      if (performance.now() >= end) return;
      lives++;
      await live(place, log, random, kills && random.oneIn(3), pause);
    }
  };
  await Promise.all(Array.from({ length: ACTORS }, () => act(random.fork())));
  return { ...await log.whole(), lives };
}

async function live(
  place: Place,
  log: KeyLog,
  random: Random,
  dies: boolean,
  pause: (most: number) => Promise<void>,
): Promise<void> {
  const consumer = place.start(["consume", "k", "--types", "t", ...log.flags(COMMAND_MS)]);
  // Some are told to go while they come.
  if (random.oneIn(8)) {
    await pause(200);
  } else if (random.oneIn(7)) {
    await consumer.says(/^(setting up|ready) /);
  } else {
    await consumer.says(/^ready /);
    await pause(random.oneIn(2) ? 20 : 300);
  }
  // Some die on their way out.
  if (!dies || random.oneIn(2)) signal(consumer, random.pick(["SIGTERM", "SIGINT", "SIGHUP"]));
  if (dies) {
    await pause(60);
    log.noteKill(consumer.pid);
    consumer.kill();
  }
  const { code, stderr } = await consumer.end();
  const isWell = dies || code === 0 || code > 128;
  if (!isWell || /^error:/m.test(stderr)) {
    throw new AssertionError(`a consumer ended with ${code}: ${stderr}`);
  }
}

/**
 * Tells a consumer to go in the midst of its setup, and expects that it obeys, and that the next one
 * is first.
 */
export async function breakOff(place: Place, log: KeyLog, name: Deno.Signal): Promise<void> {
  const start = (milliseconds: number) =>
    place.start(["consume", "k", "--types", "t", ...log.flags(milliseconds)]);
  const consumer = start(LONG_COMMAND_MS);
  await eventually("the setup begins", () => log.notes.at(-1) === "setup begins");
  consumer.signal(name);
  const { code } = await consumer.end();
  assertGreater(code, 128, `who was told to go in its setup by ${name}`);
  const next = start(COMMAND_MS);
  await next.says(/^ready .*first=true/);
  next.signal("SIGTERM");
  assertEquals((await next.end()).code, 0, "who came after a setup that was broken off");
}

/** When a consumer is killed. */
export const MOMENTS = ["setup", "ready", "cleanup"] as const;

/**
 * Kills a consumer that is alone in such a moment, and expects that of those that come next one is
 * first, and one is last.
 */
export async function killAlone(
  place: Place,
  log: KeyLog,
  moment: typeof MOMENTS[number],
): Promise<void> {
  const start = (milliseconds: number) =>
    place.start(["consume", "k", "--types", "t", ...log.flags(milliseconds)]);
  const consumer = start(LONG_COMMAND_MS);
  if (moment !== "setup") await consumer.says(/^ready /);
  if (moment === "cleanup") consumer.signal("SIGTERM");
  if (moment !== "ready") {
    await eventually(`the ${moment} begins`, () => log.notes.at(-1) === `${moment} begins`);
  }
  // Where it holds the key one waits already when it is killed.
  const next = moment === "ready" ? [] : [start(COMMAND_MS)];
  if (moment !== "ready") await elapsed(LONG_COMMAND_MS / 2);
  log.noteKill(consumer.pid);
  consumer.kill();
  while (next.length < 2) next.push(start(COMMAND_MS));
  await Promise.all(next.map((one) => one.says(/^ready /)));
  for (const one of next) one.signal("SIGTERM");
  const ends = await Promise.all(next.map((one) => one.end()));
  for (const what of ["first", "last"]) {
    const count = ends.filter(({ stderr }) => stderr.includes(`${what}=true`)).length;
    assertEquals(count, 1, `${what} of those that came after one was killed (${moment})`);
  }
  await consumer.end();
}

/** To one that may just have ended. */
function signal(consumer: Running, name: Deno.Signal): void {
  if (!consumer.hasEnded) consumer.signal(name);
}

function elapsed(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
