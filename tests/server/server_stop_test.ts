import { assert, assertEquals } from "@std/assert";
import { LINES_PER_TURN } from "../../lib/server/limits.ts";
import { event, hello, Peer, type Received, settle, until, withHost } from "./kit.ts";

/** Events that are dealt with in several portions, and fewer than are dealt with in a turn. */
const LAST = 200;
const SOME = 300;

/** Resolves when all is done that needs no other turn. */
async function soon(): Promise<void> {
  for (let step = 0; step < 200; step++) await Promise.resolve();
}

const BYE = { type: "bye", reason: "stopped" };

function seqsAndLast(frames: Received[]): [number[], Received | undefined] {
  const last = frames.pop();
  return [frames.map(({ seq }) => Number(seq)), last];
}

function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}

Deno.test("a hub that stops tells everybody why, and closes the door", async () => {
  await withHost({}, async (host) => {
    const consumer = await host.consumer("github.>");
    const cleaning = (await host.join({ event_key: "k" })).peer;
    cleaning.send({ type: "pre_shutdown_check", event_key: "k" });
    await cleaning.frame();
    const waiting = host.connect();
    waiting.send(hello({ event_key: "k" }));
    const publisher = await host.publisher();
    publisher.send(event());
    publisher.sendBytes('{"type":"event",');
    const silent = host.connect();
    const half = host.connect();
    half.sendBytes('{"type":');
    await settle();

    await host.server.stop();
    assertEquals(host.door.isClosed, true);
    assertEquals(host.server.connections, 0);
    assertEquals(seqsAndLast(await consumer.rest()), [[1], BYE]);
    assertEquals(await cleaning.rest(), [BYE]);
    const [rejection, ...more] = await waiting.rest();
    assertEquals([rejection?.type, rejection?.rejected, more], ["hello_ack", true, []]);
    assertEquals(rejection?.reject_code, "stopped");
    for (const peer of [publisher, silent, half]) {
      const frames = (await peer.rest()).map(({ type, code }) => [type, code]);
      assertEquals(frames, [["error", "stopped"]]);
    }
    const reasons = host.server.hub.closed().map(({ reason }) => reason);
    assertEquals(reasons, ["stopped", "stopped"]);
    assertEquals(host.log, ["hello rejected: the hub stops"]);
  });
});

Deno.test("stopping takes no time where nobody has anything to take", async () => {
  await withHost({}, async (host) => {
    await host.consumer(">");
    await host.publisher();
    const before = host.clocks.monotonic();
    await Promise.all([host.server.stop(), host.server.stop()]);
    assertEquals(host.clocks.monotonic(), before);
  });
});

Deno.test("a consumer that takes within 2 s gets all that waits for it, then its bye", async () => {
  await withHost({}, async (host) => {
    const consumer = await host.consumer("github.>");
    consumer.stall();
    await host.publish(...new Array(5).fill(event({ payload: "x".repeat(10_000) })));
    const stopped = host.server.stop();
    for (let round = 0; round < 19; round++) {
      await host.pass(100);
      consumer.take(1_000);
    }
    assertEquals(consumer.isClosed, false);
    consumer.flow();
    await stopped;
    assertEquals(seqsAndLast(await consumer.rest()), [upTo(5), BYE]);
    assertEquals(host.server.hub.closed()[0]?.delivered, 5);
  });
});

Deno.test("after 2 s what still waits is thrown away, the bye has 0.5 s more", async () => {
  await withHost({}, async (host) => {
    const consumer = await host.consumer("github.>");
    consumer.stall();
    const publisher = await host.publisher();
    publisher.send(...new Array(50).fill(event({ payload: "x".repeat(10_000) })));
    await host.pass(1_000);
    const stopped = host.server.stop();
    await host.pass(2_300);
    assertEquals(consumer.isClosed, false);
    consumer.flow();
    await stopped;
    const [seqs, last] = seqsAndLast(await consumer.rest());
    assertEquals(last, BYE);
    assertEquals(seqs, upTo(seqs.length), "what was being written goes out whole");
    assert(seqs.length > 0 && seqs.length < 10, `${seqs.length} events`);
  });
});

Deno.test("a consumer that takes nothing is closed after 2.5 s without a word", async () => {
  await withHost({}, async (host) => {
    const consumer = await host.consumer("github.>");
    consumer.stall();
    await host.publish(event());
    const stopped = host.server.stop();
    await host.pass(2_450);
    assertEquals(consumer.isClosed, false);
    await host.pass(100);
    assertEquals(consumer.isClosed, true);
    await stopped;
    assertEquals(await consumer.rest(), []);
  });
});

Deno.test("anybody who takes nothing is closed after 2.6 s", async () => {
  await withHost({}, async (host) => {
    const publisher = await host.publisher();
    publisher.stall();
    const stopped = host.server.stop();
    await host.pass(2_610);
    await stopped;
    assertEquals(publisher.isClosed, true);
  });
});

Deno.test("the frames that a held publisher's read brought are routed, what is unread is not", async () => {
  await withHost({}, async (host) => {
    const consumer = await host.consumer("github.>");
    consumer.stall();
    const publisher = await host.publisher();
    const line = `${JSON.stringify(event({ payload: "x".repeat(900) }))}\n`;
    publisher.sendBytes(...new Array<string>(10).fill(line.repeat(50)));
    await settle();
    const read = 500 * line.length - publisher.unread;
    assert(publisher.unread > 0 && host.server.hub.published < Math.floor(read / line.length));

    const stopped = host.server.stop();
    await settle();
    consumer.flow();
    await stopped;
    const whole = Math.floor(read / line.length);
    assertEquals(seqsAndLast(await consumer.rest()), [upTo(whole), BYE]);
    assertEquals((await publisher.rest()).map(({ code }) => code), ["stopped"]);
    assertEquals(publisher.unread, 500 * line.length - read);
  });
});

Deno.test("what a publisher's read brought is routed though it waits for its turn when the hub stops", async () => {
  await withHost({}, async (host) => {
    const consumer = await host.consumer("last");
    const publisher = await host.publisher();
    const before = new Array(LINES_PER_TURN).fill(event({ event_type: "x", payload: 1 }));
    const last = new Array(LAST).fill(event({ event_type: "last", payload: 1 }));
    const { hub } = host.server;
    const publish = hub.publish.bind(hub);
    let stopped: Promise<void> | undefined;
    hub.publish = (publication) => {
      if (hub.published === SOME) void soon().then(() => stopped = host.server.stop());
      return publish(publication);
    };
    publisher.sendAtOnce(...before, ...last);
    await until(() => stopped !== undefined, "the stop");
    await stopped;
    assertEquals(seqsAndLast(await consumer.rest()), [upTo(LAST), BYE]);
  });
});

Deno.test("events behind answers that nobody reads are routed before the end too", async () => {
  await withHost({}, async (host) => {
    const consumer = await host.consumer("last");
    const publisher = await host.publisher();
    publisher.send(event({ payload: "x".repeat(2_000) }));
    await settle();
    publisher.stall();
    const flushes = upTo(1_500).map((id) => ({ type: "flush", id }));
    publisher.sendAtOnce(...flushes, event({ event_type: "last" }));
    await settle();
    assertEquals(publisher.unread, 0);
    assertEquals(await consumer.whatCame(), []);
    const stopped = host.server.stop();
    await settle();
    publisher.flow();
    await stopped;
    assertEquals(seqsAndLast(await consumer.rest()), [[1], BYE]);
    const answers = await publisher.rest();
    assertEquals([answers.length, answers.at(-1)?.code], [1_501, "stopped"]);
  });
});

Deno.test("a consumer may leave by itself while the hub stops", async () => {
  await withHost({}, async (host) => {
    const consumer = await host.consumer("github.>");
    consumer.stall();
    await host.publish(event());
    const stopped = host.server.stop();
    consumer.send({ type: "pre_shutdown_check", event_key: "gh" }, { type: "bye" });
    await settle();
    consumer.flow();
    await stopped;
    const types = (await consumer.rest()).map(({ type }) => type);
    assertEquals(types, ["event", "pre_shutdown_ack"]);
    assertEquals(host.server.hub.closed()[0]?.reason, "bye");
    await host.pass(2_100);
  });
});

Deno.test("one that has said bye while the hub stops gets none back, however slow it is", async () => {
  await withHost({}, async (host) => {
    const consumer = await host.consumer("github.>");
    consumer.stall();
    await host.publish(event());
    const stopped = host.server.stop();
    await host.pass(1_000);
    consumer.send({ type: "bye" });
    await host.pass(1_100);
    consumer.flow();
    await stopped;
    assertEquals((await consumer.rest()).map(({ type }) => type), ["event"]);
  });
});

Deno.test("a hello that was read when the hub stopped is rejected with stopped", async () => {
  await withHost({}, async (host) => {
    const peer = host.connect();
    peer.send(hello());
    const stopped = host.server.stop();
    await stopped;
    assertEquals((await peer.rest()).map(({ reject_code }) => reject_code), ["stopped"]);
  });
});

Deno.test("who comes through the door while the hub stops is told so at once", async () => {
  await withHost({}, async (host) => {
    const consumer = await host.consumer("github.>");
    consumer.stall();
    await host.publish(event());
    const stopped = host.server.stop();
    await settle();
    const late = new Peer();
    host.connect(late);
    await until(() => late.isClosed, "the close of one that came late");
    assertEquals((await late.rest()).map(({ code }) => code), ["stopped"]);
    consumer.flow();
    await stopped;
  });
});

Deno.test("who sends a shutdown is closed after all others, whatever they do", async () => {
  await withHost({}, async (host) => {
    const asker = host.connect();
    asker.send({ type: "shutdown" });
    const consumer = await host.consumer("github.>");
    consumer.stall();
    await host.publish(event());
    await host.server.stopAsked;
    const stopped = host.server.stop();
    await host.pass(2_450);
    assertEquals([consumer.isClosed, asker.isClosed], [false, false]);
    await host.pass(100);
    await stopped;
    assertEquals(consumer.isClosed, true);
    assertEquals(await asker.rest(), []);
  });
});
