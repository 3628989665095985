/**
 * Who loses events, and who does not.
 */

import { assertEquals, assertGreater, assertMatch } from "@std/assert";
import { Place } from "./kit.ts";
import { type Running, wholeLines } from "./running.ts";
import { eventually } from "./waiting.ts";

const COUNT = 20_000;

/** Events with payloads of 200 bytes, each with its number. */
function burst(): string {
  return Array.from({ length: COUNT }, (_, at) => {
    const number = String(at + 1).padStart(6, "0");
    return `{"type":"event","event_type":"load.burst","payload":"${number}${"x".repeat(192)}"}\n`;
  }).join("");
}

/** The numbers of the events that a consumer printed, and their seq. */
function arrived({ stdout }: { stdout: string }): { numbers: number[]; seqs: number[] } {
  const events = wholeLines(stdout).map((line) => JSON.parse(line));
  return {
    numbers: events.map(({ payload }) => Number(payload.slice(0, 6))),
    seqs: events.map(({ seq }) => seq),
  };
}

const ALL = Array.from({ length: COUNT }, (_, at) => at + 1);

const CONSUME = ["--types", "load.>", "--max-events", String(COUNT)];

async function consumers(place: Place, count: number): Promise<Running[]> {
  const keys = Array.from({ length: count }, (_, at) => `reader-${at}`);
  return await Promise.all(keys.map((key) => place.consume([key, ...CONSUME])));
}

Deno.test("loss: four consumers that read lose nothing of a burst", async () => {
  await using place = await Place.withHub();
  const readers = await consumers(place, 4);
  await place.publish(burst());
  for (const reader of readers) {
    const end = await reader.end();
    assertEquals(end.code, 0, end.stderr);
    assertEquals(arrived(end), { numbers: ALL, seqs: ALL });
  }
});

Deno.test("loss: a consumer that stands still for 3 s loses its own oldest, and knows it", async () => {
  await using place = await Place.withHub();
  const readers = await consumers(place, 3);
  const stopped = await place.consume(["stopped", "--types", "load.>"]);
  await stopped.freeze();
  const frozenAt = performance.now();
  await place.publish(burst());
  for (const reader of readers) assertEquals(arrived(await reader.end()).numbers, ALL);
  await eventually("it has stood still for 3 s", () => performance.now() - frozenAt >= 3_000);
  stopped.thaw();
  const { consumers: [row] } = await place.statusOnce(
    "all that waited for it is taken",
    ({ consumers }) => consumers[0]?.queued === 0,
  );
  stopped.signal("SIGTERM");
  const end = await stopped.end();
  assertEquals(end.code, 0, end.stderr);

  const dropped = row?.dropped ?? 0;
  assertGreater(dropped, 0);
  assertEquals([row?.received, row?.delivered], [COUNT, COUNT - dropped]);
  const { numbers, seqs } = arrived(end);
  assertEquals(numbers, seqs);
  assertEquals(numbers.length, COUNT - dropped);
  const gaps = seqs.map((seq, at) => seq - (seqs[at - 1] ?? 0) - 1);
  assertEquals(gaps.reduce((sum, gap) => sum + gap), dropped);
  const told = end.stderr.matchAll(/^lost (\d+) events? before seq (\d+)$/gm);
  assertEquals(
    [...told].map(([, lost, seq]) => [Number(lost), Number(seq)]),
    seqs.flatMap((seq, at) => gaps[at] === 0 ? [] : [[gaps[at] ?? 0, seq]]),
  );
  assertMatch(end.stderr, new RegExp(`^ended: ${numbers.length} events, ${dropped} lost, `, "m"));
});
