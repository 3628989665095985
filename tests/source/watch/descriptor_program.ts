/**
 * What watches cost the process that has them: run by the test beside it in a process of its own, for
 * other tests open and close files in theirs. Its argument says which of its parts; it says a line.
 *
 * @module
 */

import { descriptors } from "../../../lib/platform/descriptors.ts";
import { eventually } from "../../e2e/waiting.ts";
import { Play } from "../kit.ts";
import { failure, type Place, placeWith, started } from "./place.ts";

/** A pair of sockets that the runtime opens for all threads, once, sooner or later. */
const ONCE = 2;

/** Too few for a thread, also where one that has ended still lets go of some. */
const FEW = 8;

const PARTS: Record<string, (place: Place) => Promise<unknown>> = {
  /** Watches that are ended while they listen, and some of what cannot be listened to. */
  async opened(place) {
    const before = await settled(place);
    for (let round = 0; round < 15; round++) {
      await (await started(place.watch())).stop();
    }
    await eventually("no more is open than before", () => open() <= before + ONCE);
    return "opened";
  },

  /** Where no thread can be had, and then where one can. */
  async none(place) {
    await settled(place);
    const reasons: string[] = [];
    for (const left of [FEW, 0]) {
      const files = filled(left);
      reasons.push(await failure(new Play(place.watch())));
      for (const file of files) file.close();
    }
    const play = await started(place.watch());
    await play.stop();
    return [...reasons, ...play.states];
  },
};

/** What is open when all modules are loaded and the first thread has ended. */
async function settled(place: Place): Promise<number> {
  const play = await started(place.watch());
  const most = open();
  await play.stop();
  await eventually("the first thread has ended", () => open() < most);
  return open();
}

function open(): number {
  return descriptors()?.open ?? NaN;
}

/** Opens files until only so many can be opened. */
function filled(left: number): Deno.FsFile[] {
  const now = descriptors();
  // One of those that are open now is what they are counted with.
  const count = now ? now.limit - (now.open - 1) - left : 0;
  return Array.from({ length: count }, () => Deno.openSync("/dev/null"));
}

const part = PARTS[Deno.args[0] ?? ""];
if (!part) throw new Error("there is no such part");
await using place = await placeWith("a");
const outcome = await part(place);
await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(outcome)));
