import { assertEquals } from "@std/assert";
import type { Outcome } from "../../../lib/source/source.ts";
import { eventually } from "../../e2e/waiting.ts";
import type { Play } from "../kit.ts";
import { WatchedClocks } from "../watched_clocks.ts";
import { placeWith, rested, started } from "./place.ts";

/** Clocks that count how often they are asked: a watch that rests does so when it hears of something. */
class AskedClocks extends WatchedClocks {
  asked = 0;

  override monotonic(): number {
    this.asked++;
    return super.monotonic();
  }
}

/** Does something to a file until a watch has heard of it. */
async function heard(clocks: AskedClocks, act: () => Promise<void>): Promise<void> {
  const { asked } = clocks;
  // Of what is done in a folder that is made just then the system tells nothing.
  await eventually("it hears of the file", async () => {
    await act();
    return clocks.asked > asked;
  });
}

/** Lets the time pass until so much was found, from one alarm to the next. */
async function passed(play: Play, clocks: WatchedClocks, count: number): Promise<void> {
  await eventually(`${count} are told`, () => {
    clocks.goTo(clocks.nextDue ?? clocks.monotonic());
    return play.found.length >= count;
  });
}

Deno.test("watch: it waits as long as it is told to", async () => {
  await using place = await placeWith();
  const clocks = new WatchedClocks();
  await using play = await started(place.watch({ debounce: "3s" }, clocks));
  await place.write("a");
  await clocks.untilDue(3_005);
  assertEquals(play.found, []);
  clocks.goTo(3_005);
  await play.until(({ found }) => found.length === 1);
});

Deno.test("watch: of a new folder a file is told when nothing happens to it any more", async () => {
  await using place = await placeWith();
  const clocks = new AskedClocks();
  await using play = await started(place.watch({ debounce: "400ms" }, clocks));
  await place.write("a/b");
  await clocks.untilDue(405);
  for (const [moment, text] of [[100, "12"], [300, "123"]] as const) {
    clocks.setTo(moment);
    await heard(clocks, () => place.write("a/b", text));
  }
  // By then nothing has happened to the folder for so long, but to the file.
  clocks.goTo(405);
  await eventually("it waits until 400 ms after that", () => Number(clocks.nextDue) >= 705);
  assertEquals(play.found, []);
  await passed(play, clocks, 1);
  assertEquals(place.told(play), ["created a/b 3"]);
});

Deno.test("watch: what the system does not tell of is seen within a minute", async () => {
  await using place = await placeWith("a");
  await Deno.link(place.at("a"), `${place.folder}/link`);
  const clocks = new WatchedClocks();
  await using play = await started(place.watch({}, clocks));
  await clocks.untilDue(60_005);
  await Deno.writeTextFile(`${place.folder}/link`, "12");
  clocks.goTo(60_005);
  await clocks.untilDue(60_060);
  clocks.goTo(60_060);
  await play.until(({ found }) => found.length === 1);
  assertEquals(place.told(play), ["modified a 2"]);
});

Deno.test("watch: what changes while the hub holds back is told together afterwards", async () => {
  await using place = await placeWith("a");
  const released = Promise.withResolvers<Outcome>();
  const clocks = new AskedClocks();
  await using play = await started(place.watch({}, clocks), () => released.promise);
  await place.write("b");
  await rested(play, clocks, 1);
  for (const text of ["12", "123", "1234"]) {
    await heard(clocks, () => place.write("a", text));
    await heard(clocks, () => place.write("c", text));
    clocks.goTo(clocks.monotonic() + 60);
  }
  assertEquals(place.told(play), ["created b 1"]);
  released.resolve("routed");
  await passed(play, clocks, 3);
  await place.write("last");
  await passed(play, clocks, 4);
  assertEquals(place.told(play), [
    "created b 1",
    "modified a 4",
    "created c 4",
    "created last 1",
  ]);
});
