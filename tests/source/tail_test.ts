import { assert, assertEquals, assertMatch } from "@std/assert";
import { BusError } from "../../lib/protocol/errors.ts";
import type { Outcome } from "../../lib/source/source.ts";
import { Play } from "./kit.ts";
import { WatchedClocks } from "./watched_clocks.ts";
import { payloads, Place, started, until } from "./tail/place.ts";

Deno.test("tail: lines that are appended are findings, as they were written", async () => {
  await using place = await Place.make();
  await place.append("0\n");
  await using play = await started(place.tail());
  await place.append('{"a": 12345678901234567890}\n\n[1.0]\n');
  assertEquals(await until(play, 2), ['{"a": 12345678901234567890}', "[1.0]"]);
  await place.append('"x"\r\n');
  assertEquals((await until(play, 3)).at(-1), '"x"');
  assertEquals(play.states, ["connected"]);
  const { values } = play.findings[0] ?? {};
  assertEquals([values?.path?.(""), values?.name?.("")], [place.log, "app.log"]);
});

Deno.test("tail: what came together is delivered together", async () => {
  await using place = await Place.make();
  await place.append("1\n2\n3\n");
  const sizes: number[] = [];
  const run = place.tail({ from: "start" }).run(new AbortController().signal);
  for (let news = await run.next(); sizes.length === 0; news = await run.next(["routed"])) {
    if (news.value && "findings" in news.value) sizes.push(news.value.findings.length);
    if (sizes.length > 0) break;
  }
  await run.return();
  assertEquals(sizes, [3]);
});

Deno.test("tail: it begins at the end, behind whole lines, or at the start", async () => {
  await using place = await Place.make();
  await place.append(`"${"x".repeat(200_000)}"\n[2,`);
  await using end = await started(place.tail());
  await using start = await started(place.tail({ from: "start" }));
  await place.append("3]\n");
  assertEquals(await until(end, 1), ["[2,3]"]);
  assertEquals((await until(start, 2))[1], "[2,3]");
});

Deno.test("tail: a line may be any text or a whole event", async () => {
  await using place = await Place.make();
  await place.append('a "b"\n');
  await using text = new Play(place.tail({ from: "start", format: "text" }));
  assertEquals(await until(text, 1), ['"a \\"b\\""']);
  await using events = new Play(place.tail({ from: "start", format: "events" }));
  await events.until(({ found }) => found.length === 1);
  assertEquals(events.found, [{ frame: 'a "b"' }]);
});

Deno.test("tail: a line waits for its end", async () => {
  await using place = await Place.make();
  await place.append("1\n");
  const clocks = new WatchedClocks();
  await using play = await started(place.tail({ from: "start" }, clocks));
  await until(play, 1);
  for (const piece of ["[1", ",", "2]", "\n3"]) {
    const nextLook = clocks.monotonic() + 200;
    // It has read all that there is.
    await clocks.untilDue(nextLook);
    assertEquals(payloads(play), ["1"]);
    await place.append(piece);
    clocks.goTo(nextLook);
  }
  assertEquals(await until(play, 2), ["1", "[1,2]"]);
});

Deno.test("tail: a line that is no UTF-8 or too long is left out, and the next one arrives", async () => {
  await using place = await Place.make();
  await place.append("");
  await using play = await started(place.tail());
  await place.append(new Uint8Array([0xff, 0x0a]));
  await place.append(`${"1".repeat(2_000_000)}\n3\n`);
  assertEquals(await until(play, 1), ["3"]);
  assertEquals(place.context.lines, [
    "line: line 1 is not UTF-8, counted from where it was opened: it is left out",
    "line: line 2 is longer than 1048576 bytes, counted from where it was opened: it is left out",
  ]);
});

Deno.test("tail: a file that is not there yet is waited for, and read from its start", async () => {
  await using place = await Place.make();
  await using play = new Play(place.tail());
  await play.until(({ states }) => states.length === 1);
  assertEquals(play.states, [`connecting: ${place.log} is not there: it is waited for`]);
  await place.append("1\n");
  assertEquals(await until(play, 1), ["1"]);
  assertEquals(play.states.slice(1), ["connected"]);
});

Deno.test("tail: a folder that is not there yet is waited for, too", async () => {
  await using place = await Place.make();
  const clocks = new WatchedClocks();
  await using play = new Play(place.tail({ path: `${place.folder}/a/b/c.log` }, clocks));
  await clocks.untilDue(200);
  clocks.goTo(200);
  await clocks.untilDue(400);
  await Deno.mkdir(`${place.folder}/a/b`, { recursive: true });
  await place.append("1\n", "a/b/c.log");
  clocks.goTo(400);
  assertEquals(await until(play, 1), ["1"]);
  assertEquals(place.context.lines, []);
});

Deno.test("tail: it is looked at five times a second, whoever appends to it", async () => {
  await using place = await Place.make();
  await place.append("");
  // Through another folder, so that nothing happens in its own.
  await Deno.mkdir(`${place.folder}/other`);
  await Deno.link(place.log, `${place.folder}/other/link`);
  const clocks = new WatchedClocks();
  await using play = await started(place.tail({}, clocks));
  await clocks.untilDue(200);
  await place.append("1\n", "other/link");
  clocks.goTo(200);
  assertEquals(await until(play, 1), ["1"]);
});

Deno.test("tail: the next run goes on behind what was routed, wherever the file is by then", async () => {
  await using place = await Place.make();
  const source = place.tail();
  await place.append("0\n");
  await using first = await started(source);
  await place.append("1\n2\n");
  await until(first, 2);
  await first.stop();
  await place.append("3\n");
  await using second = await started(source);
  await until(second, 1);
  await second.stop();
  await place.append("4\n");
  await place.move("app.log", "app.log.1");
  await place.append("5\n");
  await place.move("app.log", "app.log.1.tmp");
  await place.move("app.log.1", "app.log.2");
  await place.move("app.log.1.tmp", "app.log.1");
  await place.append("6\n");
  await using third = await started(source);
  await until(third, 3);
  assertEquals([first, second, third].map(payloads), [["1", "2"], ["3"], ["4", "5", "6"]]);
  assertEquals(place.context.lines, []);
});

Deno.test("tail: what was read and not routed comes again in the next run", async () => {
  await using place = await Place.make();
  const source = place.tail({ from: "start" });
  await place.append("1\n");
  const run = source.run(new AbortController().signal);
  await run.next();
  const { value } = await run.next();
  assertEquals(value && "findings" in value && value.findings.length, 1);
  await run.return();
  await using play = await started(source);
  assertEquals(await until(play, 1), ["1"]);
});

Deno.test("tail: of a file that is gone between two runs the log says that it is", async () => {
  await using place = await Place.make();
  const source = place.tail({ from: "start" });
  await place.append("1\n");
  const first = await started(source);
  await until(first, 1);
  await first.stop();
  await Deno.remove(place.log);
  await place.append("2\n");
  await using second = await started(source);
  assertEquals(await until(second, 1), ["2"]);
  assertEquals(place.context.lines, [
    `gone: what was not yet read of the former ${place.log} is lost`,
  ]);
});

/** Lines of two bytes that are read at once, at most. */
const AT_ONCE = 32_768;

Deno.test("tail: as long as findings are not routed no more is read", async () => {
  await using place = await Place.make();
  await place.append("1\n".repeat(100_000));
  const released = Promise.withResolvers<Outcome>();
  await using play = await started(place.tail({ from: "start" }), () => released.promise);
  await play.until(({ found }) => found.length > 0);
  const held = play.found.length;
  assert(held <= AT_ONCE, `${held}`);
  await using other = await started(place.tail({ from: "start" }));
  await until(other, 100_000);
  // One who is not held up has read it all in that time; this one has yet to read what comes next.
  assertEquals(play.found.length, held);
  using file = await Deno.open(place.log, { write: true });
  await file.seek(2 * AT_ONCE, Deno.SeekMode.Start);
  await file.write(new TextEncoder().encode("2\n"));
  released.resolve("routed");
  assertEquals((await until(play, 100_000))[AT_ONCE], "2");
});

Deno.test("tail: what is no file is refused", async () => {
  await using place = await Place.make();
  await new Deno.Command("mkfifo", { args: [`${place.folder}/pipe`] }).output();
  for (const path of [place.folder, `${place.folder}/pipe`]) {
    const error = await new Play(place.tail({ path })).ended;
    assert(error instanceof BusError);
    assertMatch(error.message, /^\/.* cannot be read: it is no file$/);
  }
});
