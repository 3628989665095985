/**
 * What holds one source up: nobody else notices.
 */

import { assertEquals, assertMatch } from "@std/assert";
import { Place } from "./kit.ts";

/** A hub with a catalogue of these sources, and the way to change them. */
async function hubWith(sources: Record<string, unknown>) {
  const place = await Place.empty();
  const path = `${place.directory}/bus.json`;
  const write = async (sources: Record<string, unknown>) =>
    await Deno.writeTextFile(path, JSON.stringify({ sources }));
  await write(sources);
  await place.serve(["--config", path]);
  return { place, write };
}

Deno.test("isolation: a pipe that is made in a watched folder holds up neither reload nor stop", async () => {
  const folders = await Promise.all([1, 2].map(() => Deno.makeTempDir({ prefix: "bus-watched-" })));
  const [first, second] = folders.map((path) => ({ kind: "watch", paths: [path] }));
  const { place, write } = await hubWith({ first });
  await using _ = place;
  try {
    const { pid } = place.hub;
    await place.statusOnce("it listens", ({ sources }) => sources[0]?.state === "connected");
    await new Deno.Command("mkfifo", { args: [`${folders[0]}/pipe`] }).output();
    await write({ first, second });
    assertEquals((await place.run(["reload"])).code, 0);
    const { sources } = await place.status();
    assertEquals(sources.map(({ source }) => source), ["first", "second"]);
    const { code, stderr } = await place.run(["stop"]);
    assertEquals([code, stderr], [0, `stopped the hub on ${place.socket} (pid ${pid})\n`]);
    assertEquals((await place.hub.end()).code, 0);
  } finally {
    for (const folder of folders) await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("isolation: a filter that does not end costs its own payload, and nobody anything else", async () => {
  const only = "if .go then last(repeat(1)) else true end";
  const { place } = await hubWith({
    hooks: { kind: "http", port: 0, only },
    ticks: { kind: "timer", every: "100ms" },
  });
  await using _ = place;
  const { sources } = await place.statusOnce(
    "it listens",
    ({ sources }) => sources[0]?.state === "connected",
  );
  const [url = ""] = /http:\S+/.exec(sources[0]?.detail ?? "") ?? [];
  const post = async (body: string) => {
    const response = await fetch(url, { method: "POST", body });
    return `${response.status} ${(await response.text()).trim()}`;
  };
  const consumer = await place.consume(["k", "--types", "ticks", "--max-events", "12"]);
  const refused = post('{"go":true}');
  // They come while jq runs.
  assertEquals((await consumer.end()).code, 0);
  assertEquals(await refused, "400 refused: the event left out; the hub's log says why");
  assertMatch(await place.hub.says(/left out/), /the filter cannot judge it: jq took too long/);
  assertEquals(await post('{"go":false}'), "202 unmatched");
});
