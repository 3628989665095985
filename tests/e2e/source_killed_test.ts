/**
 * A command that is killed again and again, and a consumer that misses nothing of it.
 */

import { assertEquals } from "@std/assert";
import { Place } from "./kit.ts";
import { wholeLines } from "./running.ts";
import { eventually } from "./waiting.ts";

/** How often it is killed. */
const KILLS = 50;

/** Writes the next number as fast as it can, and notes it in a file after that has returned. */
const WRITES = `
n=$(cat count 2>/dev/null || echo 0)
exec 3>>noted
while :; do
  n=$((n + 1))
  echo $n > count
  echo "\\"$$-$n\\""
  echo "\\"$$-$n\\"" >&3
done`;

const CATALOGUE = {
  sources: {
    lines: { kind: "exec", command: WRITES, directory: ".", backoff: ["10ms", "50ms"] },
  },
};

function descriptorsOf(pid: number): number {
  return [...Deno.readDirSync(`/proc/${pid}/fd`)].length;
}

async function childrenOf(pid: number): Promise<number[]> {
  const text = await Deno.readTextFile(`/proc/${pid}/task/${pid}/children`).catch(() => "");
  return text.split(" ").filter(Boolean).map(Number);
}

Deno.test(`source: of a command that is killed ${KILLS} times each line that it has noted arrives once`, async () => {
  await using place = await Place.empty();
  const config = `${place.directory}/bus.json`;
  await Deno.writeTextFile(config, "{}");
  const hub = await place.serve(["--config", config]);
  const consumer = await place.consume(["k", "--types", "lines", "--payload"]);
  const watcher = await place.wire();
  await watcher.send('{"type":"hello","event_key":"w","event_types":["nothing"]}');
  assertEquals((await watcher.frame()).type, "hello_ack");
  await Deno.writeTextFile(config, JSON.stringify(CATALOGUE));
  assertEquals((await place.start(["reload"]).end(30_000)).code, 0);
  const told: unknown[] = [];
  let running = 0;
  /** Reads what is told until another run has begun. */
  const nextRun = async () => {
    for (let status = await watcher.frame();; status = await watcher.frame()) {
      told.push(status.state);
      if (status.state !== "connected") continue;
      running = Number(/^pid (\d+)$/.exec(String(status.detail))?.[1]);
      return;
    }
  };
  await nextRun();
  const descriptors = descriptorsOf(hub.pid);
  for (let kill = 0; kill < KILLS; kill++) {
    await new Promise((resolve) => setTimeout(resolve, (kill * 37) % 60));
    Deno.kill(-running, "SIGKILL");
    await nextRun();
  }
  await eventually("it has the descriptors and the child that it had", async () => {
    const children = await childrenOf(hub.pid);
    return children.length === 1 && descriptorsOf(hub.pid) === descriptors;
  });

  // It is to end for good now, and all that it has noted to arrive.
  await Deno.writeTextFile(config, "{}");
  assertEquals((await place.start(["reload"]).end(30_000)).code, 0);
  const noted = wholeLines(await Deno.readTextFile(`${place.directory}/noted`));
  await eventually("all has arrived", () => consumer.stdout.includes(`${noted.at(-1)}\n`));
  const got = wholeLines(consumer.stdout);
  const counts = new Map<string, number>();
  for (const line of got) counts.set(line, (counts.get(line) ?? 0) + 1);
  assertEquals(noted.filter((line) => counts.get(line) !== 1), []);
  assertEquals(got.length - counts.size, 0);
  assertEquals((await childrenOf(hub.pid)).length, 0);

  for (let status = await watcher.frame();; status = await watcher.frame()) {
    told.push(status.state);
    if (status.detail === "stopped") break;
  }
  const eachKill = ["disconnected", "reconnecting", "connected"];
  const each = ["connecting", "connected", ...Array(KILLS).fill(eachKill).flat(), "disconnected"];
  assertEquals(told, each);
});
