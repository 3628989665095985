/**
 * Commands that clean a key up, and the signals that end a consumer which has commands.
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { KeyLog, WHOLE } from "./key_log.ts";
import { Place } from "./kit.ts";
import type { Running } from "./running.ts";
import { eventually } from "./waiting.ts";

Deno.test("cleanup: it is run however the consumer ends", async () => {
  await using place = await Place.withHub();
  const ways: Record<string, (args: string[]) => Promise<{ code: number; stderr: string }>> = {
    timeout: (args) => place.run([...args, "--timeout", "3s"]),
    "reader gone": (args) => {
      const words = args.map((word) => `'${word}'`).join(" ");
      return place.shell(`(bus ${words}; echo "code=$?" >&2) | head -n 0`);
    },
  };
  for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"] as const) {
    ways[signal] = async (args) => {
      const consumer = await place.consume(args.slice(1));
      consumer.signal(signal);
      return await consumer.end();
    };
  }
  for (const [way, run] of Object.entries(ways)) {
    const log = new KeyLog(place.directory);
    const ending = run(["consume", "k", "--types", "t", ...log.flags(10)]);
    if (way === "reader gone") {
      await eventually("it is ready", async () => (await place.status()).consumers.length === 1);
      await place.publish({ event_type: "t", payload: 1 });
    }
    const { code, stderr } = await ending;
    assertEquals([code, log.notes], [0, WHOLE], `${way}: ${stderr}`);
    assertMatch(stderr, /last=true/);
    if (way === "reader gone") assertMatch(stderr, /reason=reader gone(.*\n)*code=0$/m);
  }
});

Deno.test("cleanup: where no hub says whether it is the last there is none, and the exit code is 4", async () => {
  await using place = await Place.withHub();
  const log = new KeyLog(place.directory);
  const consumer = await place.consume(["k", "--types", "t", ...log.flags(10)]);
  await place.hub.freeze();
  consumer.signal("SIGINT");
  const { code, stderr } = await consumer.end();
  place.hub.thaw();
  assertEquals([code, log.notes], [4, WHOLE.slice(0, 2)], stderr);
  assertMatch(stderr, /^no cleanup of k: /m);
});

Deno.test("cleanup: a command that talks is not ended by a reader of stderr that has gone", async () => {
  await using place = await Place.withHub();
  const cleanup = "echo removing; echo removed >> removed; echo done";
  const consume = `bus consume k --types t --max-events 1 --cleanup '${cleanup}' 2>&1`;
  const script = `${consume} | { head -n 1; exec <&-; echo gone; }`;
  const running = place.start(["-c", script], { command: "/bin/sh" });
  await eventually("the reader has gone", () => running.stdout.endsWith("gone\n"));
  await place.publish({ event_type: "t", payload: 1 });
  assertEquals((await running.end()).stdout, "ready event_key=k first=true\ngone\n");
  await eventually("it was run", async () => {
    return await Deno.readTextFile(`${place.directory}/removed`).then(() => true, () => false);
  });
});

Deno.test("cleanup: where it fails that is said, and is the exit code", async () => {
  await using place = await Place.withHub();
  const args = ["consume", "k", "--types", "t", "--timeout", "2s", "--cleanup", "exit 9"];
  const { code, stderr } = await place.run(args);
  assertEquals([code, stderr], [
    1,
    "ready event_key=k first=true\n" +
    "cleaning up k: exit 9\n" +
    "ended: 0 events, 0 lost, reason=timeout, last=true\n" +
    "error: cleanup of k failed: exit code 9\n",
  ]);
  const next = await place.consume(["k", "--types", "t"]);
  assertMatch(next.stderr, /first=true/);
});

/** Sends a signal that must not be taken for the same one as the last. */
async function another(consumer: Running, signal: Deno.Signal): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 500));
  consumer.signal(signal);
}

Deno.test("cleanup: a signal while it runs is not why a consumer ended whose time was up", async () => {
  await using place = await Place.withHub();
  const cleanup = "while [ ! -e go ]; do sleep 0.1; done";
  const args = ["k", "--types", "t", "--max-events", "5", "--timeout", "2s", "--cleanup", cleanup];
  const consumer = await place.consume(args);
  await consumer.says(/^cleaning up k: /);
  consumer.signal("SIGINT");
  await Deno.writeTextFile(`${place.directory}/go`, "");
  const { code, stderr } = await consumer.end();
  assertEquals(code, 5, stderr);
  assertMatch(stderr, /^ended: 0 of 5 events, 0 lost, reason=timeout, last=true$/m);
});

Deno.test("cleanup: a consumer that was started to ignore hangups stays", async () => {
  await using place = await Place.withHub();
  const script = "trap '' HUP; exec bus consume k --types t --max-events 1 --payload";
  const consumer = place.start(["-c", script], { command: "/bin/sh" });
  await consumer.says(/^ready /);
  consumer.signal("SIGHUP");
  await place.publish({ event_type: "t", payload: 7 });
  const { code, stdout } = await consumer.end();
  assertEquals([code, stdout], [0, "7\n"]);
});

Deno.test("cleanup: a second signal does not skip it, a third does", async () => {
  await using place = await Place.withHub();
  for (const signals of [2, 3]) {
    const [notes, go] = [`notes-${signals}`, `go-${signals}`];
    const cleanup = `trap 'echo terminated >> ${notes}; exit 1' TERM; echo begins >> ${notes}
      while [ ! -e ${go} ]; do sleep 0.1; done; echo ends >> ${notes}`;
    const noted = () => Deno.readTextFile(`${place.directory}/${notes}`).catch(() => "");
    const consumer = await place.consume(["k", "--types", "t", "--cleanup", cleanup]);
    consumer.signal("SIGTERM");
    await eventually("the cleanup runs", noted);
    for (let count = 1; count < signals; count++) await another(consumer, "SIGINT");
    if (signals === 2) await Deno.writeTextFile(`${place.directory}/${go}`, "");
    const { code, stderr } = await consumer.end();
    if (signals === 2) {
      assertEquals([code, await noted()], [0, "begins\nends\n"]);
    } else {
      assertEquals(code, 143);
      assertMatch(stderr, /\ncleanup of k was broken off\n$/);
      // Not even SIGTERM: it does not go on beside the next setup.
      assertEquals(await noted(), "begins\n");
    }
    // The key is free.
    assertEquals((await place.run(["consume", "k", "--types", "t", "--timeout", "500ms"])).code, 0);
  }
});

Deno.test("setup: a second signal ends it at once, with or without a cleanup", async () => {
  await using place = await Place.withHub();
  const deaf = "trap '' TERM; echo $$; sleep 60 & wait; sleep 60";
  for (const more of [[], ["--cleanup", "true"]]) {
    const consumer = place.start(["consume", "k", "--types", "t", "--setup", deaf, ...more]);
    await consumer.says(/^\d+$/);
    const start = performance.now();
    consumer.signal("SIGTERM");
    await another(consumer, "SIGTERM");
    assertEquals((await consumer.end()).code, 143);
    const took = performance.now() - start;
    assert(took < 4_000, `took ${took} ms`);
  }
});

Deno.test("setup: it is run again at the next hub, and without a hub there is no cleanup", async () => {
  await using place = await Place.withHub();
  const log = new KeyLog(place.directory);
  const consumer = await place.consume(["k", "--types", "t", "--no-start", ...log.flags(50)]);
  place.hub.signal("SIGKILL");
  await consumer.says(/^away /);
  await place.hub.end();
  await place.serve();
  await consumer.says(/^back event_key=k first=true/);
  const again = ["setup begins", "setup ends"];
  assertEquals(log.notes, [...again, ...again]);
  const lines = consumer.stderr.split("\n").map((line) => line.split(" ").slice(0, 2).join(" "));
  assertEquals(lines.slice(0, -1), [
    "setting up",
    "set up",
    "ready event_key=k",
    "away event_key=k",
    "setting up",
    "set up",
    "back event_key=k",
  ]);
  await place.stop();
  await consumer.says(/^away event_key=k reason=stopped/);
  consumer.signal("SIGTERM");
  const { code, stderr } = await consumer.end();
  assertEquals([code, log.notes.length], [4, 4]);
  assertMatch(
    stderr,
    /\nno cleanup of k: no hub said whether .*\nended: .*\nerror: the hub .* was stopped; no hub was back before SIGTERM\n$/,
  );
});
