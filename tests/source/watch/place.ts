/**
 * A folder that is watched, and what a watch of it has told.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { orAborted } from "../../../lib/platform/aborted.ts";
import { SYSTEM_CLOCKS } from "../../../lib/platform/clocks.ts";
import { BusError } from "../../../lib/protocol/errors.ts";
import type { Source } from "../../../lib/source/source.ts";
import { openWatch, type WatchLimits, type WatchSettings } from "../../../lib/source/watch.ts";
import { Play, testContext } from "../kit.ts";
import type { WatchedClocks } from "../watched_clocks.ts";

/** A folder, and one who changes what is in it. */
export class Place implements AsyncDisposable {
  readonly context = testContext();

  private constructor(readonly folder: string) {}

  static async make(): Promise<Place> {
    return new Place(await Deno.makeTempDir({ prefix: "bus-watch-" }));
  }

  /** The folder `w` in it, which is watched, or what is in that. */
  at(name = ""): string {
    return `${this.folder}/w${name === "" ? "" : `/${name}`}`;
  }

  watch(more: Partial<WatchSettings> = {}, clocks = SYSTEM_CLOCKS, limits?: WatchLimits): Source {
    const settings = { kind: "watch", paths: [this.at()], debounce: "50ms", ...more } as const;
    return openWatch(settings, this.context, clocks, limits);
  }

  async write(name: string, text = "x"): Promise<void> {
    const path = this.at(name);
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(path, text);
  }

  async move(from: string, to: string): Promise<void> {
    await Deno.rename(this.at(from), this.at(to));
  }

  async remove(name: string): Promise<void> {
    await Deno.remove(this.at(name), { recursive: true });
  }

  /** What was told so far: `modified a 3`, the paths from the watched folder. */
  told(...plays: Play[]): string[] {
    return plays.flatMap(({ findings }) => findings).map(({ type, payload }) => {
      const { path, from, size } = JSON.parse(payload);
      const names = [from, path].flatMap((path?: string) => path?.replace(this.at("."), "") ?? []);
      return [type?.replace("file.", ""), ...names, size].join(" ").trimEnd();
    }).map((line) => line.replaceAll(`${this.at()}/`, ""));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** A place in which there are some files. */
export async function placeWith(...names: string[]): Promise<Place> {
  const place = await Place.make();
  await Deno.mkdir(place.at());
  for (const name of names) await place.write(name);
  return place;
}

/** Plays a watch until it is connected. */
export async function started(
  source: Source,
  answer?: ConstructorParameters<typeof Play>[1],
): Promise<Play> {
  const play = new Play(source, answer);
  await play.until(({ changes }) => changes.some(({ state }) => state === "connected"));
  return play;
}

/** Plays until so much was told, and one more file after that, so that nothing else came before it. */
export async function told(place: Place, play: Play, count: number): Promise<string[]> {
  await play.until(({ found }) => found.length >= count);
  const lines = place.told(play);
  await place.write("last", String(play.found.length));
  await play.until(() => place.told(play).some((line) => / last /.test(line)));
  const last = place.told(play).findIndex((line) => / last /.test(line));
  assertEquals(place.told(play).slice(0, last), lines);
  return lines;
}

/** Lets the time pass until so much was found. What happens at one moment comes to rest together. */
export async function rested(play: Play, clocks: WatchedClocks, count: number): Promise<void> {
  await clocks.untilDue(clocks.monotonic() + 55);
  for (let turns = 0; play.found.length < count; turns++) {
    assert(turns < 1_000, "it did not come");
    clocks.goTo(clocks.monotonic() + 55);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Why a run ended. */
export async function failure(play: Play): Promise<string> {
  const error = await orAborted(play.ended, AbortSignal.timeout(20_000));
  assert(error instanceof BusError, `${error}`);
  return error.message;
}
