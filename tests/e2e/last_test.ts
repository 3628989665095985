/**
 * Who is first and who is last, between programs.
 */

import { assertEquals } from "@std/assert";
import { Place } from "./kit.ts";
import type { Wire } from "./wire.ts";

async function join(place: Place): Promise<{ wire: Wire; first: unknown }> {
  const wire = await place.wire();
  await wire.send(`{"type":"hello","event_key":"k","event_types":["t"]}`);
  return { wire, first: (await wire.frame()).first_for_key };
}

Deno.test("last: of two that ask before either leaves exactly one is last", async () => {
  await using place = await Place.withHub();
  const [one, two] = [await join(place), await join(place)];
  assertEquals([one.first, two.first], [true, false]);
  const answers: unknown[] = [];
  for (const { wire } of [one, two, one]) {
    await wire.send(`{"type":"pre_shutdown_check","event_key":"k"}`);
    answers.push((await wire.frame()).last_for_key);
  }
  assertEquals(answers, [false, true, false]);
  one.wire.close();
  two.wire.close();
  assertEquals((await join(place)).first, true);
});

Deno.test("last: of many that a signal ends at the same time exactly one is last", async () => {
  await using place = await Place.withHub();
  const consumers = await Promise.all(
    Array.from({ length: 6 }, () => place.consume(["k", "--types", "t"])),
  );
  const firsts = consumers.filter(({ stderr }) => stderr.includes("first=true"));
  assertEquals(firsts.length, 1);
  for (const consumer of consumers) consumer.signal("SIGTERM");
  const ends = await Promise.all(consumers.map((consumer) => consumer.end()));
  assertEquals(ends.map(({ code }) => code), consumers.map(() => 0));
  assertEquals(ends.filter(({ stderr }) => stderr.includes("last=true")).length, 1);
});

Deno.test("last: who holds the cleanup and is killed does not keep the next one waiting", async () => {
  await using place = await Place.withHub();
  const holder = await join(place);
  await holder.wire.send(`{"type":"pre_shutdown_check","event_key":"k"}`);
  assertEquals((await holder.wire.frame()).last_for_key, true);
  const next = place.start(["consume", "k", "--types", "t"]);
  await next.says(/^waiting for .* or the key k is being set up or cleaned up$/);
  holder.wire.close();
  await next.says(/^ready event_key=k first=true$/);
});
