import { assertEquals } from "@std/assert";
import { BusError } from "../../lib/protocol/errors.ts";
import type { News, Outcome, Run, Source } from "../../lib/source/source.ts";
import { Supervisor } from "../../lib/source/supervisor.ts";
import { DrivenClocks } from "../server/driven_clocks.ts";

/** A source of which each run is played by the test. */
class Played implements Source {
  runs = 0;
  #next = Promise.withResolvers<News | Error | undefined>();
  #asked = Promise.withResolvers<void>();
  readonly outcomes: (readonly Outcome[] | undefined)[] = [];

  async *run(signal: AbortSignal): Run {
    this.runs++;
    const aborted = Promise.withResolvers<undefined>();
    signal.addEventListener("abort", () => aborted.resolve(undefined), { once: true });
    for (;;) {
      this.#asked.resolve();
      const news = await Promise.race([this.#next.promise, aborted.promise]);
      this.#next = Promise.withResolvers();
      this.#asked = Promise.withResolvers();
      if (news === undefined) return;
      if (news instanceof Error) throw news;
      this.outcomes.push(yield news);
    }
  }

  /** Says something, and waits until it is dealt with; `undefined` ends the run. */
  async say(news: News | Error | undefined): Promise<void> {
    await this.#asked.promise;
    this.#next.resolve(news);
    await settled();
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

function setUp(more: { restarts?: number; random?: () => number } = {}) {
  const clocks = new DrivenClocks();
  const source = new Played();
  const told: string[] = [];
  const over = new AbortController();
  const supervisor = new Supervisor({
    name: "s",
    source,
    pauses: { shortest: 500, longest: 60_000 },
    restarts: more.restarts,
    deliver: ({ findings }) => Promise.resolve(findings.map(() => "routed" as const)),
    tell: ({ state, detail }) => void told.push(detail ? `${state}: ${detail}` : state),
    clocks,
    random: more.random ?? (() => 1),
  });
  const running = supervisor.run(over.signal);
  const pass = async (milliseconds: number) => {
    clocks.setTo(clocks.monotonic() + milliseconds);
    clocks.ring();
    await settled();
  };
  const stop = async () => {
    over.abort();
    await running;
  };
  return { clocks, source, told, supervisor, running, pass, stop };
}

Deno.test("supervisor: a source that fails is run again after longer and longer pauses", async () => {
  const { clocks, source, told, pass, stop } = setUp();
  const pauses: number[] = [];
  for (let n = 0; n < 9; n++) {
    await source.say(new BusError("failed", `no ${n}`, "do"));
    pauses.push((clocks.nextDue ?? 0) - clocks.monotonic());
    await pass(pauses.at(-1) ?? 0);
  }
  assertEquals(pauses, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  assertEquals(source.runs, 10);
  assertEquals(told.slice(0, 4), [
    "connecting",
    "disconnected: no 0 (do)",
    "reconnecting",
    "disconnected: no 1 (do)",
  ]);
  await stop();
  assertEquals(told.at(-1), "disconnected: stopped");
  assertEquals(clocks.pending, 0);
});

Deno.test("supervisor: no pause is shorter than the shortest", async () => {
  const { clocks, source, pass, stop } = setUp({ random: () => 0 });
  for (const pause of [500, 1_000, 2_000]) {
    await source.say(undefined);
    assertEquals((clocks.nextDue ?? 0) - clocks.monotonic(), pause);
    await pass(pause);
  }
  await stop();
});

Deno.test("supervisor: a minute of health makes the next failure the first", async () => {
  const { clocks, source, pass, stop } = setUp();
  for (
    const [health, pause] of [[0, 1_000], [59_999, 2_000], [60_000, 1_000], [0, 2_000]] as const
  ) {
    await source.say({ state: "connected" });
    await pass(health);
    await source.say(undefined);
    assertEquals((clocks.nextDue ?? 0) - clocks.monotonic(), pause);
    await pass(pause);
  }
  await stop();
});

Deno.test("supervisor: after so many restarts it gives up, and says so", async () => {
  const { clocks, source, told, running, pass } = setUp({ restarts: 2 });
  for (let n = 0; n < 3; n++) {
    await source.say(new Error("no\nat line 3"));
    await pass(60_000);
  }
  await running;
  assertEquals(source.runs, 3);
  assertEquals(told.at(-1), "disconnected: no; given up after 2 restarts");
  assertEquals(clocks.pending, 0);
});

Deno.test("supervisor: one that is not to be run again ends with its own reason", async () => {
  const { source, told, running } = setUp({ restarts: 0 });
  await source.say({ state: "connected", detail: "here" });
  await source.say(undefined);
  await running;
  assertEquals(told, ["connecting", "connected: here", "disconnected: it ended"]);
});

Deno.test("supervisor: a source learns what became of its findings, and of nothing else", async () => {
  const { source, supervisor, stop } = setUp();
  await source.say({ findings: [{ payload: "1" }, { payload: "2" }] });
  await source.say({ state: "connected", detail: "here" });
  assertEquals(source.outcomes, [["routed", "routed"], undefined]);
  assertEquals(supervisor.info.detail, "here");
  await stop();
});
