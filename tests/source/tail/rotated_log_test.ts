import { assertEquals } from "@std/assert";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { SYSTEM_CLOCKS, type SystemClocks } from "../../../lib/platform/clocks.ts";
import type { Outcome } from "../../../lib/source/source.ts";
import { Play } from "../kit.ts";
import { WatchedClocks } from "../watched_clocks.ts";
import { payloads, Place, started, until } from "./place.ts";

Deno.test("tail: of a file that is moved away all is read, and then the one in its place", async () => {
  await using place = await Place.make();
  await place.append("1\n");
  await using play = await started(place.tail({ from: "start" }));
  await until(play, 1);
  await place.append("2\n");
  await place.move("app.log", "app.log.1");
  // Who writes has not opened the new one yet.
  await place.append("");
  await place.append("3\n", "app.log.1");
  assertEquals(await until(play, 3), ["1", "2", "3"]);
  await place.append("4\n5", "app.log.1");
  await place.append("6\n");
  assertEquals(await until(play, 6), ["1", "2", "3", "4", "5", "6"]);
  assertEquals(play.states, ["connected"]);
  assertEquals(place.context.lines, []);
});

Deno.test("tail: a file that got shorter is read from its start", async () => {
  await using place = await Place.make();
  await place.append("1\n22\n333\n");
  await using play = await started(place.tail({ from: "start" }));
  await until(play, 3);
  await Deno.copyFile(place.log, `${place.log}.1`);
  await Deno.truncate(place.log);
  await place.append("4\n");
  assertEquals(await until(play, 4), ["1", "22", "333", "4"]);
  await place.append("5\n");
  assertEquals(await until(play, 5), ["1", "22", "333", "4", "5"]);
});

Deno.test("tail: a file that was cut and is as long again is read from its start", async () => {
  const long = "x".repeat(100);
  for (
    const [before, after] of [
      ["1\n", "2\n"],
      ["1\n22\n", "33\n4\n"],
      ["1\n22\n", "333333333\n4\n"],
      [`"${long}"\n`, `"${long.slice(1)}y"\n5\n`],
    ] as const
  ) {
    await using place = await Place.make();
    await place.append(before);
    const clocks = new WatchedClocks();
    await using play = await started(place.tail({ from: "start" }, clocks));
    await clocks.untilDue(200);
    await Deno.writeTextFile(place.log, after);
    clocks.goTo(200);
    const all = `${before}${after}`.trim().split("\n");
    assertEquals(await until(play, all.length), all);
    await place.append("6\n");
    await clocks.untilDue(400);
    clocks.goTo(400);
    assertEquals(await until(play, all.length + 1), [...all, "6"]);
  }
});

Deno.test("tail: who was cut and writes on where it was costs nothing and brings nothing twice", async () => {
  await using place = await Place.make();
  using writer = await Deno.open(place.log, { write: true, create: true });
  await writer.write(new TextEncoder().encode("1\n22\n"));
  const clocks = new WatchedClocks();
  await using play = await started(place.tail({ from: "start" }, clocks));
  await clocks.untilDue(200);
  await Deno.truncate(place.log);
  await writer.write(new TextEncoder().encode("333\n"));
  clocks.goTo(200);
  assertEquals(await until(play, 3), ["1", "22", "333"]);
});

Deno.test("tail: a file that is removed is let go of, and the next one awaited", async () => {
  await using place = await Place.make();
  await place.append("1\n");
  const clocks = new WatchedClocks();
  await using play = await started(place.tail({ from: "start" }, clocks));
  await until(play, 1);
  await Deno.remove(place.log);
  // Who writes to it may go on for two seconds.
  for (let now = 200; now <= 2_000; now += 200) {
    await clocks.untilDue(now);
    assertEquals(play.states.length, 1);
    clocks.goTo(now);
  }
  await play.until(({ states }) => states.length === 2);
  assertEquals(play.states[1], `disconnected: ${place.log} is not there: it is waited for`);
  await place.append("2\n");
  clocks.goTo(clocks.nextDue ?? 0);
  assertEquals(await until(play, 2), ["1", "2"]);
  assertEquals(play.states[2], "connected");
  assertEquals(place.context.lines, []);
});

Deno.test("tail: files that came and went while the hub held back are read in their order", async () => {
  await using place = await Place.make();
  const released = Promise.withResolvers<Outcome>();
  await place.append("0\n");
  await using play = await started(place.tail(), () => released.promise);
  await place.append("1\n");
  await until(play, 1);
  for (let rotation = 2; rotation < 6; rotation++) {
    for (let old = rotation; old > 1; old--) {
      await place.move(`app.log.${old - 1}`, `app.log.${old}`).catch(() => {});
    }
    await place.move("app.log", "app.log.1");
    await place.append(`${rotation}\n`);
  }
  // Neither is a log that followed on the one before.
  await place.append("no\n", "app.log.3.gz");
  await place.append("no\n", "app.log.bak");
  assertEquals(payloads(play), ["1"]);
  released.resolve("routed");
  assertEquals(await until(play, 5), ["1", "2", "3", "4", "5"]);
});

/** Clocks by which a look comes sooner, and so in other moments. */
const HURRIED: SystemClocks = {
  ...SYSTEM_CLOCKS,
  after: (milliseconds, callback) => SYSTEM_CLOCKS.after(milliseconds / 20, callback),
};

for (const seed of [1, 2, 3, 4]) {
  Deno.test(`tail: however a log is written and rotated, each line comes once, in order (${seed})`, async () => {
    await using place = await Place.make();
    const random = xoroshiro128plus(seed);
    const below = (bound: number) => uniformInt(random, 0, bound - 1);
    const written: string[] = [];
    await place.append("");
    const source = place.tail({ format: "text" }, seed === 1 ? SYSTEM_CLOCKS : HURRIED);
    const plays = [await started(source)];
    const arrived = () => plays.flatMap(payloads).map((payload) => JSON.parse(payload) as string);
    const caughtUp = async () => {
      const play = plays.at(-1);
      await play?.until(() => arrived().length >= written.length);
    };
    const line = () => {
      const text = `${written.length + 1} ${"x".repeat(below(100) === 0 ? 100_000 : below(50))}`;
      written.push(text);
      return `${text}\n`;
    };
    try {
      for (let step = 0; step < 300; step++) {
        switch (below(12)) {
          case 0: {
            for (let old = 20; old > 0; old--) {
              await place.move(`app.log.${old}`, `app.log.${old + 1}`).catch(() => {});
            }
            await place.move("app.log", "app.log.1");
            await place.append(below(2) === 0 ? "" : line());
            break;
          }
          case 1: {
            await place.append(`${line()}${line()}${line()}`);
            await caughtUp();
            await Deno.copyFile(place.log, `${place.log}-20260102`);
            await new Promise((resolve) => setTimeout(resolve, 12));
            await Deno.truncate(place.log);
            written.push("short");
            await place.append("short\n");
            await caughtUp();
            break;
          }
          case 2:
            await plays.at(-1)?.stop();
            plays.push(new Play(source));
            break;
          case 3: {
            const text = line();
            const cut = below(text.length);
            await place.append(text.slice(0, cut));
            await place.append(text.slice(cut));
            break;
          }
          default:
            await place.append(Array.from({ length: below(5) }, line).join(""));
        }
      }
      await caughtUp();
      await new Promise((resolve) => setTimeout(resolve, 20));
      assertEquals(arrived(), written);
      assertEquals(place.context.lines, []);
    } finally {
      for (const play of plays) await play.stop();
    }
  });
}
