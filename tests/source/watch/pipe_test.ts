import { assertEquals } from "@std/assert";
import type { Play } from "../kit.ts";
import { WatchedClocks } from "../watched_clocks.ts";
import { type Place, placeWith, started } from "./place.ts";

const options = { ignore: Deno.build.os !== "linux" };

/** Milliseconds between two looks at everything, and those by which a watch waits longer. */
const [LOOK_MS, DEAF_LOOK_MS, TOGETHER_MS] = [60_000, 2_000, 5];

/** Milliseconds for which nothing is to happen to a file, with those by which a watch waits longer. */
const REST_MS = 55;

async function makePipe(path: string): Promise<void> {
  await new Deno.Command("mkfifo", { args: [path] }).output();
}

/** Removes a pipe, and lets go whoever waits at it: the thread that listens would for ever. */
async function removePipe(path: string): Promise<void> {
  const script = 'exec 3<>"$1" && rm "$1"';
  await new Deno.Command("sh", { args: ["-c", script, "sh", path] }).output();
}

function line(path: string): string {
  return `pipe: ${path} is a pipe, and a system that meets one stops to tell of changes: ` +
    "everything is looked at every 2 s";
}

/** Lets so much time pass, and then as much as a change needs. */
async function passed(
  clocks: WatchedClocks,
  milliseconds: number,
  play: Play,
  count: number,
): Promise<void> {
  const moment = clocks.monotonic() + milliseconds + TOGETHER_MS;
  await clocks.untilDue(moment);
  clocks.goTo(moment);
  await clocks.untilDue(moment + REST_MS);
  clocks.goTo(moment + REST_MS);
  await play.until(({ found }) => found.length === count);
}

/** Plays a watch in whose folder a pipe is made after a while, and a file after that. */
async function deafened(place: Place, clocks: WatchedClocks, pipe: string): Promise<Play> {
  const play = await started(place.watch({}, clocks));
  await clocks.untilDue(LOOK_MS + TOGETHER_MS);
  await makePipe(pipe);
  return play;
}

Deno.test(
  "watch: with a pipe among the files all is seen within 2 s, and the log says why",
  options,
  async () => {
    await using place = await placeWith("a");
    const clocks = new WatchedClocks();
    await using play = await deafened(place, clocks, place.at("pipe"));
    try {
      await passed(clocks, LOOK_MS, play, 1);
      for (const text of ["12", "123"]) {
        await place.write("a", text);
        await passed(clocks, DEAF_LOOK_MS - REST_MS, play, text.length);
      }
      assertEquals(place.told(play), ["created pipe 0", "modified a 2", "modified a 3"]);
      assertEquals(place.context.lines, [line(place.at("pipe"))]);
      assertEquals(play.states, ["connected: 1 file"]);
    } finally {
      await removePipe(place.at("pipe"));
    }
  },
);

Deno.test(
  "watch: a pipe that was there before, or a link to one, is met at the start",
  options,
  async () => {
    await using place = await placeWith();
    await makePipe(`${place.folder}/pipe`);
    await Deno.symlink(`${place.folder}/pipe`, place.at("link"));
    const clocks = new WatchedClocks();
    await using _play = await started(place.watch({}, clocks));
    await clocks.untilDue(DEAF_LOOK_MS + TOGETHER_MS);
    assertEquals(place.context.lines, [line(place.at("link"))]);
  },
);

Deno.test("watch: a pipe beside a file that is watched is met, too", options, async () => {
  await using place = await placeWith("a", "b");
  await makePipe(place.at("pipe"));
  const clocks = new WatchedClocks();
  await using _play = await started(place.watch({ paths: [place.at("a")] }, clocks));
  await clocks.untilDue(DEAF_LOOK_MS + TOGETHER_MS);
  assertEquals(place.context.lines, [line(place.at("pipe"))]);
});

Deno.test("watch: a run after that in which there was a pipe rests for long", options, async () => {
  await using place = await placeWith();
  await makePipe(place.at("pipe"));
  const clocks = new WatchedClocks();
  const source = place.watch({}, clocks);
  await (await started(source)).stop();
  await removePipe(place.at("pipe"));
  await using play = await started(source);
  await clocks.untilDue(REST_MS);
  clocks.goTo(REST_MS);
  await play.until(({ found }) => found.length === 1);
  await clocks.untilDue(LOOK_MS + TOGETHER_MS);
});
