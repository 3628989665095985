/**
 * Consumers that outlive the hub that they were connected to.
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { Place } from "./kit.ts";
import { Figures, rounds } from "./rounds.ts";
import type { Running } from "./running.ts";
import { eventually } from "./waiting.ts";

/** Starts consumers and waits until each is subscribed. */
async function consume(place: Place, count: number, flags: string[] = []): Promise<Running[]> {
  return await Promise.all(
    Array.from(
      { length: count },
      (_, at) => place.consume([`key-${at}`, "--types", "t", "--payload", ...flags]),
    ),
  );
}

/** How often a program has said something. */
function said({ stderr }: Running, pattern: RegExp): number {
  return stderr.split("\n").filter((line) => pattern.test(line)).length;
}

/** How often programs have said in all that they have started a hub. */
function started(programs: Running[]): number {
  return programs.reduce((sum, program) => sum + said(program, /^started a hub on /), 0);
}

const BACK = /^back event_key=key-\d+ first=true hub=new away=\d+\.\ds: /;

Deno.test("comeback: twenty consumers whose hub is killed are on one new hub", async () => {
  const count = rounds(1);
  const figures = new Figures("all twenty back after kill -9", 10_000);
  await using place = await Place.ofNames();
  const consumers = await consume(place, 20);
  let { pid } = await place.status();
  for (let round = 1; round <= count; round++) {
    const start = performance.now();
    Deno.kill(pid, "SIGKILL");
    await eventually(
      `all have said ${round} times that they are back`,
      () => consumers.every((consumer) => said(consumer, BACK) === round),
    );
    figures.add(performance.now() - start);
    const status = await place.status();
    assertEquals(status.active_conns, 20);
    assert(status.pid !== pid);
    pid = status.pid;
    assertEquals(started(consumers), round + 1);
  }
  await place.publish({ event_type: "t", payload: 1 });
  await eventually("each has it", () => consumers.every(({ stdout }) => stdout === "1\n"));
  for (const consumer of consumers) {
    assertEquals(said(consumer, /^away event_key=key-\d+ reason=none: /), count);
    consumer.signal("SIGTERM");
  }
  for (const consumer of consumers) {
    const { code, stderr } = await consumer.end();
    assertEquals(code, 0);
    assertMatch(
      stderr,
      new RegExp(`reason=signal, last=true, absences=${count}, away=false\n$`),
    );
  }
  await place.stop();
  // Of all those hubs only the lock is left; that no process is the place looks for itself.
  assertEquals(await place.filesOfHubs(), ["default.lock"]);
  await figures.tell();
});

Deno.test("comeback: after bus stop nobody starts a hub, and at the next one all are back", async () => {
  await using place = await Place.ofNames();
  const consumers = await consume(place, 5);
  const timed = await place.consume(["timed", "--types", "t", "--timeout", "6s"]);
  await place.stop();
  const reason = `the hub on ${place.socket} was stopped; ` +
    `waiting for another one \\(start it with: bus serve\\)`;
  const away = new RegExp(`^away event_key=[\\w-]+ reason=stopped: ${reason}$`);
  await Promise.all([...consumers, timed].map((consumer) => consumer.says(away)));
  const end = await timed.end();
  assertEquals(end.code, 4);
  assertMatch(
    end.stderr,
    new RegExp(
      "\nended: 0 events, 0 lost, reason=timeout, last=false, absences=1, away=true\n" +
        `error: the hub on ${place.socket} was stopped; no hub was back before the timeout\n$`,
    ),
  );
  assertEquals((await place.run(["status"])).code, 3);
  await place.serve();
  await Promise.all(consumers.map((consumer) => consumer.says(BACK)));
  await place.publish({ event_type: "t", payload: 1 });
  await eventually("each has it", () => consumers.every(({ stdout }) => stdout === "1\n"));
  assertEquals(started(consumers) + started([timed]), 1);
});

Deno.test("comeback: a signal that comes while the hub is away ends with 4", async () => {
  await using place = await Place.withHub();
  const flags = [[], ["--max-events", "1"]];
  const consumers = await Promise.all(
    flags.map((flags) => place.consume(["k", "--types", "t", "--no-start", ...flags])),
  );
  place.hub.signal("SIGTERM");
  await Promise.all(consumers.map((consumer) => consumer.says(/^away /)));
  for (const consumer of consumers) consumer.signal("SIGINT");
  for (const consumer of consumers) assertEquals((await consumer.end(2_000)).code, 4);
});

Deno.test("comeback: a consumer that was cut off is back on the same hub, and says so", async () => {
  await using place = await Place.withHub();
  const consumer = await place.consume(["k", "--types", "t"]);
  await consumer.freeze();
  // More than the system holds for one who reads nothing.
  const event = { event_type: "t", payload: "x".repeat(100_000) };
  await place.publish(...Array.from({ length: 20 }, () => event));
  const { closed: [row] } = await place.statusOnce(
    "it is cut off",
    ({ closed }) => closed.length > 0,
  );
  assertEquals(row?.reason, "slow");
  consumer.thaw();
  await consumer.says(/^away event_key=k reason=(slow|none): /);
  await consumer.says(/^back event_key=k first=true hub=same away=\d+\.\ds: /);
  await place.publish({ event_type: "t", payload: "afterwards" });
  await eventually("it goes on", () => /"afterwards".*,"seq":1}\n$/.test(consumer.stdout));
});
