import { assert, assertEquals, assertMatch } from "@std/assert";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { SYSTEM_CLOCKS, type SystemClocks } from "../../lib/platform/clocks.ts";
import { BusError } from "../../lib/protocol/errors.ts";
import type { Outcome, Source } from "../../lib/source/source.ts";
import { openTail, type TailSettings } from "../../lib/source/tail.ts";
import { Play, testContext } from "./kit.ts";
import { WatchedClocks } from "./watched_clocks.ts";

/** A folder with a log, and one who writes to it. */
class Place implements AsyncDisposable {
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

function payloads(play: Play): string[] {
  return play.findings.map(({ payload }) => payload);
}

/** Plays a tail until it is connected. */
async function started(
  source: Source,
  answer?: ConstructorParameters<typeof Play>[1],
): Promise<Play> {
  const play = new Play(source, answer);
  await play.until(({ states }) => states.includes("connected"));
  return play;
}

async function until(play: Play, count: number): Promise<string[]> {
  await play.until(({ found }) => found.length >= count);
  return payloads(play);
}

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
  await using play = await started(place.tail({ from: "start" }));
  await until(play, 1);
  for (const piece of ["[1", ",", "2]", "\n3"]) {
    assertEquals(payloads(play), ["1"]);
    await place.append(piece);
    await new Promise((resolve) => setTimeout(resolve, 20));
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

Deno.test("tail: as long as findings are not routed no more is read", async () => {
  await using place = await Place.make();
  await place.append("1\n".repeat(100_000));
  const released = Promise.withResolvers<Outcome>();
  await using play = await started(place.tail({ from: "start" }), () => released.promise);
  await play.until(({ found }) => found.length > 0);
  const held = play.found.length;
  await new Promise((resolve) => setTimeout(resolve, 50));
  assertEquals(play.found.length, held);
  assert(held <= 32_768, `${held}`);
  released.resolve("routed");
  await play.until(({ found }) => found.length === 100_000);
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
