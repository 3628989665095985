import { assert, assertEquals, assertGreater, assertRejects } from "@std/assert";
import { BusError } from "../../lib/protocol/errors.ts";
import type { SourceInfo } from "../../lib/protocol/messages.ts";
import { Log } from "../../lib/server/log.ts";
import { namedSources, Sources } from "../../lib/server/sources.ts";
import type { SourceSettings } from "../../lib/source/kinds.ts";
import { decode } from "../../lib/protocol/codec.ts";
import { SYSTEM_CLOCKS, type SystemClocks } from "../../lib/platform/clocks.ts";

/** Sources with a hub around them that takes note of all. */
class Stage implements AsyncDisposable {
  readonly events: string[] = [];
  readonly told: SourceInfo[] = [];
  readonly log: string[] = [];
  readonly sources: Sources;
  #heard = Promise.withResolvers<void>();

  constructor(clocks: SystemClocks = SYSTEM_CLOCKS) {
    this.sources = new Sources({
      outlet: {
        route: ({ body }) => {
          const event = decode(`${new TextDecoder().decode(body)}}`);
          if (!("type" in event) || event.type !== "event") throw new Error("no event");
          this.events.push(`${event.event_type} ${event.payload}`);
          this.#tell();
          return Promise.resolve("routed" as const);
        },
        announce: (info) => {
          this.told.push(info);
          this.#tell();
        },
        consume: async function* () {},
      },
      log: new Log((line) => void this.log.push(line.slice(line.indexOf(" ") + 1, -1))),
      clocks,
      random: () => 0,
    });
  }

  async replace(wanted: Record<string, SourceSettings>): Promise<void> {
    await this.sources.replace(new Map(Object.entries(wanted)));
  }

  async until(condition: (stage: this) => boolean): Promise<void> {
    while (!condition(this)) await this.#heard.promise;
  }

  /** The states that were told of a source, in order. */
  states(name: string): string[] {
    return this.told.filter(({ source }) => source === name).map(({ state }) => state);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sources.stop();
  }

  #tell(): void {
    this.#heard.resolve();
    this.#heard = Promise.withResolvers();
  }
}

/** A command that writes its pid and stays. */
const STAYS = { kind: "exec", command: "echo $$; exec sleep 98762" } as const;

Deno.test("sources: their events arrive, and their states are told", async () => {
  await using stage = new Stage();
  await stage.replace({ ticks: { kind: "exec", command: "echo 1; echo 2", restarts: 0 } });
  await stage.until(({ told }) => told.at(-1)?.state === "disconnected");
  assertEquals(stage.events, ["ticks 1", "ticks 2"]);
  assertEquals(stage.states("ticks"), ["connecting", "connected", "disconnected"]);
  assertEquals(stage.sources.infos, [
    { source: "ticks", state: "disconnected", detail: "it ended" },
  ]);
  assertEquals(stage.log.length, 3);
});

Deno.test("sources: those that did not change go on, the others end before new ones begin", async () => {
  await using stage = new Stage();
  await stage.replace({ same: STAYS, other: STAYS, gone: STAYS });
  await stage.until(({ events }) => events.length === 3);
  const before = stage.told.length;
  await stage.replace({ other: { ...STAYS, type: "changed" }, same: { ...STAYS }, more: STAYS });
  await stage.until(({ events }) => events.length === 5);
  assertEquals(stage.events.slice(3).map((event) => event.split(" ")[0]).sort(), [
    "changed",
    "more",
  ]);
  const after = stage.told.slice(before).map(({ source, state }) => `${source} ${state}`);
  assertEquals(after.filter((line) => line.startsWith("same")), []);
  assert(after.indexOf("gone disconnected") < after.indexOf("more connecting"), `${after}`);
  assert(after.indexOf("other disconnected") < after.indexOf("other connecting"), `${after}`);
  assertEquals(stage.sources.infos.map(({ source }) => source).sort(), ["more", "other", "same"]);
});

Deno.test("sources: of a flood that comes to nothing others have their turns in between", async () => {
  let now = 0;
  // A look at it takes a millisecond.
  await using stage = new Stage({ ...SYSTEM_CLOCKS, monotonic: () => now++ });
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns++;
    if (!isOver) setTimeout(count);
  };
  count();
  const before = turns;
  await stage.replace({ flood: { kind: "exec", command: "yes | head -30000", restarts: 0 } });
  await stage.until(({ told }) => told.at(-1)?.state === "disconnected");
  isOver = true;
  // A piece of its output alone has thirty thousand lines.
  assertGreater(turns - before, 50);
  assertEquals(stage.events, []);
});

Deno.test("sources: one that was given up is run again when all is looked at anew", async () => {
  await using stage = new Stage();
  const wanted = { once: { kind: "exec", command: "echo 1", restarts: 0 } } as const;
  await stage.replace(wanted);
  await stage.until(({ told }) => told.at(-1)?.state === "disconnected");
  await stage.replace(wanted);
  await stage.until(({ events }) => events.length === 2);
});

Deno.test("sources: one that was given up keeps no thread for its filter", async () => {
  await using stage = new Stage();
  const ended = Promise.withResolvers<void>();
  const { Worker } = globalThis;
  globalThis.Worker = class extends Worker {
    override postMessage(message: Record<string, unknown>): void {
      super.postMessage(message);
      if ("end" in message) ended.resolve();
    }
  };
  try {
    await stage.replace({ once: { kind: "exec", command: "echo 1", only: ". > 0", restarts: 0 } });
    await ended.promise;
  } finally {
    globalThis.Worker = Worker;
  }
  assertEquals(stage.events, ["once 1"]);
  assertEquals(stage.sources.infos, [
    { source: "once", state: "disconnected", detail: "it ended" },
  ]);
});

Deno.test("sources: of what is said of a state no part of a secret is left", async () => {
  await using stage = new Stage();
  const token = "s3cret-token-of-some-length";
  Deno.env.set("BUS_TEST_SECRET", token);
  // It tells the one who asks what it was told, so that the reason is cut within it.
  await using server = Deno.serve({ port: 0, onListen: () => {} }, (request) => {
    const type = `x/${"p".repeat(80)}${request.headers.get("authorization")}`;
    return new Response("", { headers: { "content-type": type } });
  });
  const url = `http://127.0.0.1:${server.addr.port}`;
  const headers = { authorization: { env: "BUS_TEST_SECRET" } };
  await stage.replace({ a: { kind: "sse", url, headers, restarts: 0 } });
  await stage.until(({ told }) => told.at(-1)?.state === "disconnected");
  Deno.env.delete("BUS_TEST_SECRET");
  const said = `${stage.log.join("\n")}${JSON.stringify(stage.told)}`;
  assertEquals(/ppp/.test(said), true, said);
  assertEquals(/s3cr/.test(said), false, said);
});

Deno.test("sources: where one cannot be opened all is as it was", async () => {
  await using stage = new Stage();
  await stage.replace({ same: STAYS });
  await stage.until(({ events }) => events.length === 1);
  const before = [...stage.told];
  const environment = { TOKEN: { env: "BUS_TEST_NOT_SET" } };
  const wanted = { more: STAYS, bad: { ...STAYS, environment } };
  const error = await assertRejects(() => stage.replace(wanted), BusError);
  assertEquals(error.message, "source bad: the variable BUS_TEST_NOT_SET is not set");
  assertEquals(stage.told, before);
  assertEquals(stage.sources.infos.map(({ source }) => source), ["same"]);
});

Deno.test("sources: none is taken over once all are to end", async () => {
  await using stage = new Stage();
  const replaced = stage.replace({ late: STAYS });
  const stopped = stage.sources.stop();
  const { code } = await assertRejects(() => replaced, BusError);
  await stopped;
  assertEquals([code, stage.sources.infos, stage.events], ["stopped", [], []]);
});

Deno.test("sources: what a filter lets through arrives, what cannot be an event is counted", async () => {
  await using stage = new Stage();
  await stage.replace({
    s: {
      kind: "exec",
      command: "seq 1 300; echo no; echo neither",
      only: ". % 100 == 0",
      restarts: 0,
    },
  });
  await stage.until(({ told }) => told.at(-1)?.state === "disconnected");
  assertEquals(stage.events, ["s 100", "s 200", "s 300"]);
  const [line] = stage.log.filter((line) => line.includes("left out"));
  assertEquals(
    line,
    "source s: an event was left out, bad payload: not JSON from character 2 on (1 so far)",
  );
});

Deno.test("sources: a secret is in nothing that is said", async () => {
  await using stage = new Stage();
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, "s3cret");
  await stage.replace({
    s: {
      kind: "exec",
      command: "echo $TOKEN >&2; exit 1",
      environment: { TOKEN: { file } },
      restarts: 0,
    },
  });
  await stage.until(({ told }) => told.at(-1)?.state === "disconnected");
  await stage.until(({ log }) => log.some((line) => line.includes("source s: ")));
  assertEquals(stage.log.filter((line) => line.includes("s3cret")), []);
  assert(stage.log.includes("source s: ***"), stage.log.join("\n"));
  await Deno.remove(file);
});

Deno.test("namedSources() names them by their kind", () => {
  const timer = { kind: "timer", every: "1s" } as const;
  const named = namedSources([timer, { kind: "exec", command: "x" }, timer, timer]);
  assertEquals([...named.keys()], ["timer", "exec", "timer-2", "timer-3"]);
});
