import { assertEquals } from "@std/assert";
import { Play } from "../kit.ts";
import { WatchedClocks } from "../watched_clocks.ts";
import { failure, placeWith, rested, started } from "./place.ts";

Deno.test("watch: a path that is not there fails the run, and when it is there its files are told", async () => {
  await using place = await placeWith("a");
  const source = place.watch({ paths: [place.at(), place.at("no\nsuch")] });
  assertEquals(await failure(new Play(source)), `${place.at("no\\nsuch")} is not there`);
  await place.write("no\nsuch/b");
  await using play = await started(source);
  await play.until(({ found }) => found.length === 1);
  assertEquals(place.told(play), ["created no\nsuch/b 1"]);
});

Deno.test("watch: a folder that is removed is told and fails the run, until it is back", async () => {
  await using place = await placeWith("a", "b");
  const source = place.watch();
  const first = await started(source);
  await place.remove("");
  assertEquals(await failure(first), `${place.at()} is not there any more`);
  assertEquals(place.told(first).toSorted(), ["removed a", "removed b"]);
  const second = new Play(source);
  assertEquals(await failure(second), `${place.at()} is not there`);
  await place.write("c");
  await using third = await started(source);
  await third.until(({ found }) => found.length === 1);
  await place.write("d");
  await third.until(({ found }) => found.length === 2);
  assertEquals(place.told(second, third), ["created c 1", "created d 1"]);
});

Deno.test("watch: a folder in whose place another one is put fails the run", async () => {
  await using place = await placeWith("a");
  const source = place.watch();
  const clocks = new WatchedClocks();
  const first = await started(place.watch({}, clocks));
  await (await started(source)).stop();
  await Deno.mkdir(`${place.folder}/new`);
  await Deno.rename(place.at(), `${place.folder}/old`);
  await Deno.rename(`${place.folder}/new`, place.at());
  await rested(first, clocks, 1);
  assertEquals(await failure(first), `${place.at()} was replaced by another`);
  assertEquals(place.told(first), ["removed a"]);
  await using second = await started(source);
  await place.write("b");
  await second.until(({ found }) => found.length === 2);
  assertEquals(place.told(second), ["removed a", "created b 1"]);
});

Deno.test("watch: what has changed between two runs is told by the second", async () => {
  await using place = await placeWith("a", "b", "c");
  const source = place.watch();
  const first = await started(source);
  await first.stop();
  await place.write("a", "12");
  await place.remove("b");
  await place.move("c", "d");
  await using second = await started(source);
  await second.until(({ found }) => found.length === 3);
  assertEquals(place.told(first, second).toSorted(), [
    "modified a 2",
    "removed b",
    "renamed c d 1",
  ]);
});
