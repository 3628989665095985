import { assertEquals, assertGreater, assertLessOrEqual } from "@std/assert";
import { event, hello, type Received, type TestHost, withHost } from "./kit.ts";

/** Not a multiple of the sweep's time, so that nothing comes true by chance. */
const IDLE = 30_100;

/** The hub looks whether it is needed this often; it may leave that much later. */
const SWEEP = 250;

const SAID = `nobody has needed this hub for ${IDLE / 1000} s: it leaves`;

/** What a hub that leaves says, so far. */
function saidOf({ log }: TestHost): string[] {
  return log.filter((line) => line.includes("it leaves"));
}

/** Expects that the hub leaves when its idle time, counted from a moment, is over; not earlier. */
async function leavesAfter(host: TestHost, since: number): Promise<void> {
  let isAsked = false;
  void host.server.stopAsked.then(() => isAsked = true);
  await host.pass(since + IDLE - 1 - host.clocks.monotonic());
  assertEquals([isAsked, saidOf(host)], [false, []]);
  await host.pass(SWEEP);
  assertEquals([isAsked, saidOf(host)], [true, [SAID]]);
}

/** Expects that the hub stays however long this goes on. */
async function stays(host: TestHost): Promise<void> {
  await host.pass(2 * IDLE);
  assertEquals(saidOf(host), []);
}

Deno.test("idle: a hub that nobody ever needed leaves after its idle time", async () => {
  await withHost({ idleTimeout: IDLE }, (host) => leavesAfter(host, 0));
});

Deno.test("idle: with 0 a hub never leaves", async () => {
  await withHost({ idleTimeout: 0 }, async (host) => {
    await host.pass(20 * IDLE);
    assertEquals(host.log, []);
  });
});

Deno.test("idle: it says so once, however long its end then takes", async () => {
  await withHost({ idleTimeout: IDLE }, async (host) => {
    await leavesAfter(host, 0);
    const consumer = await host.consumer(">");
    await host.pass(IDLE);
    consumer.vanish();
    await host.pass(3 * IDLE);
    assertEquals(saidOf(host), [SAID]);
  });
});

Deno.test("idle: a consumer that gets nothing holds it, and the time counts from its end", async () => {
  await withHost({ idleTimeout: IDLE }, async (host) => {
    const consumer = await host.consumer("github.push");
    await stays(host);
    await host.pass(101);
    const gone = host.clocks.monotonic();
    consumer.send({ type: "bye" });
    await leavesAfter(host, gone);
  });
});

Deno.test("idle: a publisher that publishes nothing holds it, and the time counts from its end", async () => {
  await withHost({ idleTimeout: IDLE }, async (host) => {
    const publisher = await host.publisher();
    await stays(host);
    await host.pass(101);
    const gone = host.clocks.monotonic();
    publisher.end();
    await leavesAfter(host, gone);
  });
});

Deno.test("idle: of several the last one to go counts", async () => {
  await withHost({ idleTimeout: IDLE }, async (host) => {
    const first = await host.consumer("a");
    const second = await host.publisher();
    const third = await host.consumer("b");
    for (const peer of [second, first]) {
      peer.vanish();
      await host.pass(IDLE - SWEEP);
    }
    third.vanish();
    await leavesAfter(host, host.clocks.monotonic());
  });
});

const SHORT_LIVED: [string, (host: TestHost) => Promise<unknown>][] = [
  ["a publisher", (host) => host.publish(event())],
  ["a consumer", async (host) => {
    const consumer = await host.consumer(">");
    consumer.send({ type: "bye" });
    await consumer.rest();
  }],
];

for (const [who, comesAndGoes] of SHORT_LIVED) {
  Deno.test(`idle: ${who} that came and went between two looks counts`, async () => {
    await withHost({ idleTimeout: IDLE }, async (host) => {
      // In the middle between two sweeps, shortly before it would leave.
      await host.pass(IDLE - SWEEP / 2);
      const gone = host.clocks.monotonic();
      await comesAndGoes(host);
      assertEquals(host.clocks.monotonic(), gone);
      await leavesAfter(host, gone);
    });
  });
}

Deno.test("idle: one who comes at the last moment finds a hub that stays", async () => {
  await withHost({ idleTimeout: IDLE }, async (host) => {
    await host.pass(IDLE - 1);
    const consumer = await host.consumer(">");
    await stays(host);
    await host.publish(event());
    assertEquals((await consumer.frame()).type, "event");
  });
});

const QUESTIONS: Received[] = [{ type: "status_query" }, { type: "reload" }];

for (const question of QUESTIONS) {
  Deno.test(`idle: ${question.type} asked all the time does not hold it`, async () => {
    await withHost({ idleTimeout: IDLE }, async (host) => {
      for (let at = 0; at < IDLE - 1_000; at += 100) {
        const asker = host.connect();
        asker.send(question);
        await asker.rest();
        await host.pass(100);
      }
      await leavesAfter(host, 0);
    });
  });
}

Deno.test("idle: one who does not take the answer to a question does not hold it", async () => {
  await withHost({ idleTimeout: IDLE }, async (host) => {
    await host.pass(IDLE - 1_000);
    const asker = host.connect();
    asker.stall();
    asker.send({ type: "status_query" });
    await leavesAfter(host, 0);
    assertEquals(asker.isClosed, false);
  });
});

Deno.test("idle: one who has not said yet what it is holds it while it may", async () => {
  await withHost({ idleTimeout: IDLE }, async (host) => {
    await host.pass(IDLE - 10);
    const silent = host.connect();
    await host.pass(4_900);
    assertEquals(saidOf(host), []);
    // As a consumer it would not have found one that leaves.
    silent.send(hello());
    assertEquals((await silent.frame()).type, "hello_ack");
    silent.vanish();
    await host.pass(0);
    await leavesAfter(host, host.clocks.monotonic());
  });
});

Deno.test("idle: one who never says what it is holds it no longer than it may be silent", async () => {
  await withHost({ idleTimeout: IDLE }, async (host) => {
    await host.pass(IDLE - 10);
    const silent = host.connect();
    const came = host.clocks.monotonic();
    while (!silent.isClosed) await host.pass(10);
    const closed = host.clocks.monotonic();
    assertLessOrEqual(closed - came, 5_000 + 2 * SWEEP);
    await host.pass(IDLE - SWEEP);
    assertEquals(saidOf(host), []);
    await host.pass(2 * SWEEP);
    assertEquals(saidOf(host), [SAID]);
  });
});

Deno.test("idle: a hello that waits for its key holds it until it is served, and after", async () => {
  await withHost({ idleTimeout: 2_000 }, async (host) => {
    const { peer: holder } = await host.join({ event_key: "k" });
    holder.send({ type: "pre_shutdown_check", event_key: "k" });
    assertEquals(await holder.frame(), { type: "pre_shutdown_ack", last_for_key: true });
    const waiting = host.connect();
    waiting.send(hello({ event_key: "k" }));
    await host.pass(20_000);
    holder.vanish();
    const ack = await waiting.frame();
    assertEquals([ack.type, ack.first_for_key], ["hello_ack", true]);
    await host.pass(20_000);
    assertEquals(host.log, []);
    waiting.vanish();
    await host.pass(2_000 + SWEEP);
    assertEquals(saidOf(host).length, 1);
  });
});

Deno.test("idle: time that the hub itself was stopped for does not count", async () => {
  await withHost({ idleTimeout: IDLE }, async (host) => {
    await host.pass(1_000);
    const before = host.clocks.monotonic();
    for (let hour = 0; hour < 3; hour++) await host.sleep(3_600_000);
    const slept = host.clocks.monotonic() - before;
    assertGreater(slept, 100 * IDLE);
    assertEquals(saidOf(host), []);
    await leavesAfter(host, slept);
  });
});

Deno.test("idle: a hub that is stopping says nothing of leaving", async () => {
  await withHost({ idleTimeout: 1_000 }, async (host) => {
    const asker = host.connect();
    asker.stall();
    asker.send({ type: "status_query" });
    await host.pass(900);
    const stopped = host.server.stop();
    await host.pass(2_000);
    assertEquals([asker.isClosed, saidOf(host)], [false, []]);
    await host.pass(1_000);
    await stopped;
    assertEquals([asker.isClosed, saidOf(host)], [true, []]);
  });
});
