import { assertEquals } from "@std/assert";
import type { Outcome } from "../../../lib/source/source.ts";
import { WatchedClocks } from "../watched_clocks.ts";
import { placeWith, started, told } from "./place.ts";

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
  await using play = await started(place.watch({ debounce: "400ms" }));
  for (let size = 1; size <= 30; size++) {
    await place.write("a/b", "x".repeat(size));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await play.until(({ found }) => found.length === 1);
  assertEquals(place.told(play), ["created a/b 30"]);
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
  await using play = await started(place.watch(), () => released.promise);
  await place.write("b");
  await play.until(({ found }) => found.length === 1);
  for (const text of ["12", "123", "1234"]) {
    await place.write("a", text);
    await place.write("c", text);
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  assertEquals(place.told(play), ["created b 1"]);
  released.resolve("routed");
  assertEquals(await told(place, play, 3), ["created b 1", "modified a 4", "created c 4"]);
});
