import { assertEquals, assertThrows } from "@std/assert";
import { BusError } from "../../lib/protocol/errors.ts";
import { Place, placeWith, rested, started, told } from "./watch/place.ts";
import { WatchedClocks } from "./watched_clocks.ts";

Deno.test("watch: files that are made, changed, moved and removed are told", async () => {
  await using place = await placeWith("old");
  await using play = await started(place.watch());
  assertEquals(play.states, ["connected: 1 file"]);
  await place.write("a", "123");
  await play.until(({ found }) => found.length === 1);
  await Deno.writeTextFile(place.at("a"), "4", { append: true });
  await play.until(({ found }) => found.length === 2);
  await place.move("a", "b");
  await play.until(({ found }) => found.length === 3);
  await place.remove("b");
  assertEquals(await told(place, play, 4), [
    "created a 3",
    "modified a 4",
    "renamed a b 4",
    "removed b",
  ]);
  const [created, , renamed, removed] = play.findings;
  assertEquals(created?.type, "file.created");
  assertEquals(created?.payload, JSON.stringify({ path: place.at("a"), size: 3 }));
  assertEquals(
    renamed?.payload,
    JSON.stringify({ path: place.at("b"), from: place.at("a"), size: 4 }),
  );
  assertEquals(removed?.payload, JSON.stringify({ path: place.at("b") }));
  const { path, name, change } = renamed?.values ?? {};
  assertEquals([path?.(""), name?.(""), change?.("")], [place.at("b"), "b", "renamed"]);
});

Deno.test("watch: what is put in the place of a file in one go or two has modified it", async () => {
  await using place = await placeWith("a", "b");
  const clocks = new WatchedClocks();
  await using play = await started(place.watch({}, clocks));
  await place.write(".a.tmp", "12");
  await place.move(".a.tmp", "a");
  await place.move("b", "b~");
  await place.write("b", "123");
  await place.remove("b~");
  await place.write("last");
  await rested(play, clocks, 3);
  assertEquals(place.told(play), ["modified a 2", "modified b 3", "created last 1"]);
});

Deno.test("watch: what came to nothing is not told", async () => {
  await using place = await placeWith("a");
  const clocks = new WatchedClocks();
  await using play = await started(place.watch({}, clocks));
  await place.write("b");
  await place.remove("b");
  await place.move("a", "c");
  await place.move("c", "a");
  await Deno.chmod(place.at("a"), 0o600);
  await place.write("last");
  await rested(play, clocks, 1);
  assertEquals(place.told(play), ["created last 1"]);
});

Deno.test("watch: a new file that got the number of a removed one is not that one", async () => {
  await using place = await placeWith("a");
  const clocks = new WatchedClocks();
  await using play = await started(place.watch({}, clocks));
  await place.remove("a");
  await place.write("b");
  await rested(play, clocks, 2);
  assertEquals(place.told(play), ["removed a", "created b 1"]);
});

Deno.test("watch: folders in folders are watched, and what they bring along is told", async () => {
  await using place = await placeWith();
  await using play = await started(place.watch());
  await place.write("a/b/c/d");
  await play.until(({ found }) => found.length === 1);
  await place.write("a/b/c/e");
  await play.until(({ found }) => found.length === 2);
  await place.move("a/b", "B");
  await play.until(({ found }) => found.length === 4);
  await place.write("B/c/d", "12");
  await play.until(({ found }) => found.length === 5);
  await place.remove("B");
  const lines = await told(place, play, 7);
  assertEquals(lines.slice(0, 2), ["created a/b/c/d 1", "created a/b/c/e 1"]);
  assertEquals(lines.slice(2, 4).toSorted(), [
    "renamed a/b/c/d B/c/d 1",
    "renamed a/b/c/e B/c/e 1",
  ]);
  assertEquals(lines[4], "modified B/c/d 2");
  assertEquals(lines.slice(5).toSorted(), ["removed B/c/d", "removed B/c/e"]);
});

Deno.test("watch: folders in folders are left alone if it is not recursive", async () => {
  await using place = await placeWith("a/old");
  await using play = await started(place.watch({ recursive: false }));
  assertEquals(play.states, ["connected: 0 files"]);
  await place.write("a/b");
  await place.write("c/d");
  await place.write("e");
  assertEquals(await told(place, play, 1), ["created e 1"]);
});

Deno.test("watch: who watches all below a folder tells nothing to who does not", async () => {
  await using place = await placeWith();
  await using deep = await started(place.watch());
  await using flat = await started(place.watch({ recursive: false }));
  await using other = await started(place.watch({ paths: [place.folder] }));
  await place.write("a/b");
  await Promise.all([deep, other].map((play) => play.until(({ found }) => found.length === 1)));
  assertEquals(await told(place, flat, 0), []);
});

Deno.test("watch: of a file itself nothing else in its folder is told", async () => {
  await using place = await placeWith("a", "b");
  await using play = await started(place.watch({ paths: [place.at("a")] }));
  await place.write("b", "123");
  await place.write("a.tmp", "12");
  await place.move("a.tmp", "a");
  await play.until(({ found }) => found.length === 1);
  await place.remove("a");
  await play.until(({ found }) => found.length === 2);
  await place.write("a", "1234");
  await play.until(({ found }) => found.length === 3);
  assertEquals(place.told(play), ["modified a 2", "removed a", "created a 4"]);
  assertEquals(play.states, ["connected: 1 file"]);
});

Deno.test("watch: files and folders that lie within one another are told once", async () => {
  await using place = await placeWith("a/b", "c");
  await using play = await started(
    place.watch({ paths: [place.at("a/b"), place.at(), place.at("a"), place.at("c")] }),
  );
  await place.write("a/b", "12");
  await play.until(({ found }) => found.length === 1);
  await place.write("c", "123");
  assertEquals(await told(place, play, 2), ["modified a/b 2", "modified c 3"]);
});

Deno.test("watch: no name breaks anything", async () => {
  await using place = await placeWith();
  await using play = await started(place.watch());
  const script = `cd "$1" && echo > "$(printf '\\377\\376')" && echo > "$(printf 'a\\377b')"`;
  await new Deno.Command("sh", { args: ["-c", script, "sh", place.at()] }).output();
  const names = ["\n", '"\\', "\x1b[31m", "\x7f\x01", "\u202e", "\ufffd", "🦕", "-rf", " ", "%00"];
  for (const name of names) await place.write(name);
  await play.until(({ found }) => found.length === names.length);
  const paths = play.findings.map(({ payload }) => JSON.parse(payload).path);
  assertEquals(paths.toSorted(), names.map((name) => place.at(name)).toSorted());
  assertEquals(
    new Set(place.context.lines),
    new Set([
      "watch: not all was heard: path contains invalid UTF-8 characters",
    ]),
  );
});

Deno.test("watch: a time that is none is refused", async () => {
  await using place = await Place.make();
  assertThrows(() => place.watch({ debounce: "5" }), BusError, "debounce is no time");
});
