/**
 * Who loses events, and who does not.
 */

import { assertEquals, assertGreater, assertMatch } from "@std/assert";
import type { ConsumerInfo } from "../../lib/protocol/messages.ts";
import { Place } from "./kit.ts";
import { type Outcome, wholeLines } from "./running.ts";
import { eventually } from "./waiting.ts";

/** Events with which everybody warms up. A channel holds as many, so that none of them is lost. */
const WARM_UP = 1_000;
const COUNT = WARM_UP + 20_000;

const ALL = Array.from({ length: COUNT }, (_, at) => at + 1);

/** Events with payloads of 200 bytes, each with its number. */
const EVENTS = ALL.map((number) => {
  const payload = String(number).padStart(6, "0") + "x".repeat(192);
  return `{"type":"event","event_type":"load.burst","payload":"${payload}"}`;
});

/** What the last of them carries. */
const LAST = String(COUNT).padStart(6, "0");

/** Characters of a printed event, at most. */
const LONGEST_LINE = 400;

const STOPPED_MS = 3_000;

/**
 * A reader that gets no time from the system for 100 ms does not keep up, and on a machine that has
 * far more to do than it can that happens. What a hub does wrong shows in every round.
 */
const ROUNDS = 5;

async function inSomeRound(round: () => Promise<void>): Promise<void> {
  for (let left = ROUNDS - 1; left > 0; left--) {
    try {
      return await round();
    } catch {
      // Once more.
    }
  }
  await round();
}

/** What one consumer got, as it printed it, and as the hub has it. */
interface Yield {
  end: Outcome;
  row: ConsumerInfo;
  numbers: number[];
  seqs: number[];
}

/**
 * Sends the burst to consumers with these keys. The one of the key `stopped` stands still
 * meanwhile; all are ended when nothing waits for them any more.
 */
async function burst(...keys: string[]): Promise<Yield[]> {
  await using place = await Place.withHub();
  const consumers = await Promise.all(
    keys.map((key) => place.consume([key, "--types", "load.>"])),
  );
  const allIsTaken = () =>
    place.statusOnce(
      "all is taken",
      ({ consumers }) => consumers.every(({ queued }) => queued === 0),
    );
  await place.publish(...EVENTS.slice(0, WARM_UP));
  await allIsTaken();
  const stopped = consumers[keys.indexOf("stopped")];
  await stopped?.freeze();
  const frozenAt = performance.now();
  await place.publish(...EVENTS.slice(WARM_UP));
  if (stopped) {
    await eventually("it stood still", () => performance.now() - frozenAt >= STOPPED_MS);
    stopped.thaw();
  }
  const { consumers: rows } = await allIsTaken();
  // What the hub has handed over may still be on its way. Nobody loses the newest.
  await eventually(
    "each has printed the last one",
    () => consumers.every(({ stdout }) => stdout.slice(-LONGEST_LINE).includes(LAST)),
  );
  return await Promise.all(keys.map(async (key, at) => {
    consumers[at]?.signal("SIGTERM");
    const end = await consumers[at]?.end();
    const row = rows.find(({ event_key }) => event_key === key);
    if (!end || !row) throw new Error(`${key} is missing`);
    assertEquals(end.code, 0, end.stderr);
    const events = wholeLines(end.stdout).map((line) => JSON.parse(line));
    return {
      end,
      row,
      numbers: events.map(({ payload }) => Number(payload.slice(0, 6))),
      seqs: events.map(({ seq }) => seq),
    };
  }));
}

function assertAllIsThere({ row, numbers, seqs }: Yield): void {
  assertEquals([row.received, row.dropped], [COUNT, 0]);
  assertEquals(numbers, ALL);
  assertEquals(seqs, ALL);
}

Deno.test("loss: four consumers that read lose nothing of a burst", () =>
  inSomeRound(async () => {
    for (const reader of await burst("a", "b", "c", "d")) assertAllIsThere(reader);
  }));

Deno.test("loss: a consumer that stands still for 3 s loses its own oldest, and knows it", () =>
  inSomeRound(async () => {
    const [stopped, ...readers] = await burst("stopped", "a", "b", "c");
    for (const reader of readers) assertAllIsThere(reader);

    if (!stopped) throw new Error("there is one");
    const { end, row: { dropped, received, delivered }, numbers, seqs } = stopped;
    assertGreater(dropped, 0);
    assertEquals([received, delivered], [COUNT, COUNT - dropped]);
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
  }));
