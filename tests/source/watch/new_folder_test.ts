import { assertEquals } from "@std/assert";
import { eventually } from "../../e2e/waiting.ts";
import { WatchedClocks } from "../watched_clocks.ts";
import { placeWith, rested, started } from "./place.ts";

/** Milliseconds, on the driven clock: long before all is looked at where nothing was heard. */
const SOON_MS = 30_000;

Deno.test("watch: what was not heard of since a folder is new is told soon", async () => {
  await using place = await placeWith();
  const clocks = new WatchedClocks();
  await using play = await started(place.watch({}, clocks));
  await place.write("new/a");
  await rested(play, clocks, 1);
  // Through a name elsewhere, so that the system does not tell of it.
  await Deno.link(place.at("new/a"), `${place.folder}/link`);
  await Deno.writeTextFile(`${place.folder}/link`, "12");
  await eventually("it is told", () => {
    clocks.goTo(Math.min(clocks.nextDue ?? 0, SOON_MS));
    return play.found.length === 2;
  });
  assertEquals(place.told(play), ["created new/a 1", "modified new/a 2"]);
});
