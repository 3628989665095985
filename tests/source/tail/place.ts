/**
 * A log in a folder, one who writes to it, and what a tail of it finds.
 *
 * @module
 */

import { SYSTEM_CLOCKS } from "../../../lib/platform/clocks.ts";
import type { Source } from "../../../lib/source/source.ts";
import { openTail, type TailSettings } from "../../../lib/source/tail.ts";
import { Play, testContext } from "../kit.ts";

/** A folder with a log, and one who writes to it. */
export class Place implements AsyncDisposable {
  readonly context = testContext();

  private constructor(readonly folder: string) {}

  static async make(): Promise<Place> {
    return new Place(await Deno.makeTempDir({ prefix: "bus-tail-" }));
  }

  get log(): string {
    return `${this.folder}/app.log`;
  }

  tail(more: Partial<TailSettings> = {}, clocks = SYSTEM_CLOCKS): Source {
    return openTail({ kind: "tail", path: this.log, ...more }, this.context, clocks);
  }

  async append(text: string | Uint8Array<ArrayBuffer>, name = "app.log"): Promise<void> {
    const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
    await Deno.writeFile(`${this.folder}/${name}`, bytes, { append: true });
  }

  async move(from: string, to: string): Promise<void> {
    await Deno.rename(`${this.folder}/${from}`, `${this.folder}/${to}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

export function payloads(play: Play): string[] {
  return play.findings.map(({ payload }) => payload);
}

/** Plays a tail until it is connected. */
export async function started(
  source: Source,
  answer?: ConstructorParameters<typeof Play>[1],
): Promise<Play> {
  const play = new Play(source, answer);
  await play.until(({ states }) => states.includes("connected"));
  return play;
}

export async function until(play: Play, count: number): Promise<string[]> {
  await play.until(({ found }) => found.length >= count);
  return payloads(play);
}
