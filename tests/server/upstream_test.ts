import { assertEquals } from "@std/assert";
import type { Catalogue } from "../../lib/catalogue/catalogue.ts";
import { BusError } from "../../lib/protocol/errors.ts";
import { Log } from "../../lib/server/log.ts";
import type { Sources } from "../../lib/server/sources.ts";
import { CatalogueUpstream } from "../../lib/server/upstream.ts";
import type { SourceSettings } from "../../lib/source/kinds.ts";

const TICK: SourceSettings = { kind: "timer", every: "1s" };

function catalogue(singles: Record<string, boolean>, ...sources: string[]): Catalogue {
  return {
    path: "bus.json",
    keys: new Map(
      Object.entries(singles).map(([name, single]) => [name, { types: ["t"], single }]),
    ),
    sources: new Map(sources.map((name) => [name, TICK])),
  };
}

/** An upstream whose file and sources a test plays. */
function setUp(path: string | null = "bus.json") {
  const replaced: string[][] = [];
  const singles: string[][] = [];
  const log: string[] = [];
  const play = {
    read: (): Promise<Catalogue | undefined> => Promise.resolve(undefined),
    failure: undefined as BusError | undefined,
    /** Sources are there when it resolves. */
    opened: Promise.resolve(),
  };
  const sources: Pick<Sources, "infos" | "replace" | "stop"> = {
    infos: [],
    async replace(wanted) {
      if (play.failure) throw play.failure;
      await play.opened;
      replaced.push([...wanted.keys()]);
    },
    stop: () => Promise.resolve(),
  };
  const upstream = new CatalogueUpstream({
    path: path ?? undefined,
    read: () => play.read(),
    fixed: new Map([["timer", TICK]]),
    sources,
    hub: { takeOneAt: (keys) => void singles.push([...keys]) },
    log: new Log((line) => void log.push(line.slice(line.indexOf(" ") + 1, -1))),
  });
  return { upstream, play, replaced, singles, log };
}

Deno.test("upstream: it begins with what the catalogue and the command line say", async () => {
  const { upstream, replaced, singles } = setUp();
  await upstream.begin(catalogue({ one: true, many: false }, "a"));
  assertEquals(replaced, [["a", "timer"]]);
  assertEquals(singles, [["one"]]);
  assertEquals(upstream.catalogue, "bus.json");
});

Deno.test("upstream: while the first sources are opened the keys are known, and a reload waits", async () => {
  const { upstream, play, replaced, singles } = setUp();
  const { promise, resolve } = Promise.withResolvers<void>();
  play.opened = promise;
  const begun = upstream.begin(catalogue({ one: true }, "slow"));
  assertEquals([singles, upstream.catalogue], [[["one"]], "bus.json"]);
  play.read = () => Promise.resolve(catalogue({}, "next"));
  const reloaded = upstream.reload();
  resolve();
  await begun;
  assertEquals(await reloaded, undefined);
  assertEquals(replaced, [["slow", "timer"], ["next", "timer"]]);
});

Deno.test("upstream: a catalogue's source with the name of one of the command line is refused", async () => {
  const { upstream, play, replaced } = setUp();
  await upstream.begin(catalogue({}, "a"));
  play.read = () => Promise.resolve(catalogue({}, "a", "timer"));
  const reason = "the source timer of the catalogue has the name of one given by --source";
  assertEquals(await upstream.reload(), reason);
  assertEquals(replaced, [["a", "timer"]]);
});

Deno.test("upstream: a new catalogue is taken over whole", async () => {
  const { upstream, play, replaced, singles, log } = setUp();
  await upstream.begin(catalogue({ one: true }, "a"));
  play.read = () => Promise.resolve(catalogue({}, "b"));
  assertEquals(await upstream.reload(), undefined);
  assertEquals(replaced.at(-1), ["b", "timer"]);
  assertEquals(singles.at(-1), []);
  assertEquals(log, ["the catalogue bus.json was taken over"]);
  play.read = () => Promise.resolve(undefined);
  assertEquals(await upstream.reload(), undefined);
  assertEquals([replaced.at(-1), upstream.catalogue], [["timer"], undefined]);
});

Deno.test("upstream: one with mistakes, or of which a source does not open, changes nothing", async () => {
  const { upstream, play, replaced, singles, log } = setUp();
  await upstream.begin(catalogue({ one: true }, "a"));
  play.read = () => Promise.reject(new BusError("bad_catalogue", "bus.json:2: no"));
  assertEquals(await upstream.reload(), "bus.json:2: no");
  play.read = () => Promise.resolve(catalogue({}, "b"));
  play.failure = new BusError("bad_input", "source b: no");
  assertEquals(await upstream.reload(), "source b: no");
  assertEquals([replaced.length, singles.length], [1, 1]);
  assertEquals(log, [
    "the catalogue is as it was: bus.json:2: no",
    "the catalogue is as it was: source b: no",
  ]);
});

Deno.test("upstream: without a catalogue there is nothing to read", async () => {
  assertEquals(await setUp().upstream.reload(), "there is no catalogue bus.json");
  assertEquals(await setUp(null).upstream.reload(), "this hub has no catalogue");
});
