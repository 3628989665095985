import { assertEquals, assertMatch } from "@std/assert";
import {
  event,
  hello,
  padded,
  type Peer,
  type Received,
  settle,
  type TestHost,
  until,
  withHost,
} from "./kit.ts";

const YES = { type: "pre_shutdown_ack", last_for_key: true };
const NO = { type: "pre_shutdown_ack", last_for_key: false };

function check(fields: Received = { event_key: "gh" }): Received {
  return { type: "pre_shutdown_check", ...fields };
}

/** A consumer of the key `gh` to which its cleanup was granted. */
async function holder(host: TestHost): Promise<Peer> {
  const { peer } = await host.join({});
  peer.send(check());
  assertEquals(await peer.frame(), YES);
  return peer;
}

/** A consumer whose hello has been read and not answered. */
async function waiting(host: TestHost, fields: Received = {}): Promise<Peer> {
  const peer = host.connect();
  peer.send(hello(fields));
  assertEquals(await peer.whatCame(), []);
  return peer;
}

Deno.test("a check for its own key is granted to the only one, and again to its holder", async () => {
  await withHost({}, async (host) => {
    const peer = await holder(host);
    peer.send(check(), check());
    assertEquals(await peer.frames(2), [YES, YES]);
  });
});

Deno.test("a check is refused while another of the key has not asked, and leaves it leaving", async () => {
  await withHost({}, async (host) => {
    const [one, other] = [await host.consumer("a"), await host.consumer("b")];
    one.send(check());
    assertEquals(await one.frame(), NO);
    assertEquals((await host.status()).consumers.map(({ leaving }) => leaving), [true, false]);
    other.send(check());
    assertEquals(await other.frame(), YES);
    one.send(check());
    assertEquals(await one.frame(), NO);
  });
});

const NOT_ASKING: [string, Received][] = [
  ["another key", { event_key: "other" }],
  ["no key", {}],
  ["empty names", { event_key: "", subscription_id: "" }],
  ["a subscription of that key's name's case", { subscription_id: "GH" }],
  ["a key that is a number", { event_key: 7 }],
  ["a key that is too long", { event_key: "k".repeat(1025) }],
  ["its own key and a subscription that is a number", { event_key: "gh", subscription_id: 7 }],
];

for (const [what, fields] of NOT_ASKING) {
  Deno.test(`a check with ${what} is answered false and has not asked`, async () => {
    await withHost({}, async (host) => {
      const consumer = await host.consumer("github.push");
      consumer.send(check(fields));
      assertEquals(await consumer.frame(), NO);
      assertEquals((await host.status()).consumers[0]?.leaving, false);
      await host.publish(event());
      assertEquals((await consumer.frame()).seq, 1);
      assertEquals(host.log, []);
    });
  });
}

Deno.test("with a subscription_id that is the key; a key of the same name is the same", async () => {
  await withHost({}, async (host) => {
    const { peer } = await host.join({ subscription_id: "sub" });
    const { ack } = await host.join({ event_key: "sub" });
    assertEquals(ack.first_for_key, false);
    assertEquals((await host.join({ event_key: "gh" })).ack.first_for_key, true);
    peer.send(check({ event_key: "gh" }), check({ event_key: "gh", subscription_id: "sub" }));
    assertEquals(await peer.frames(2), [NO, NO]);
    const leaving = (await host.status()).consumers.map(({ leaving }) => leaving);
    assertEquals(leaving, [true, false, false]);
  });
});

Deno.test("who has the cleanup gets no more events, and what waits is thrown away", async () => {
  await withHost({}, async (host) => {
    const consumer = await host.consumer("github.push");
    consumer.stall();
    const publisher = host.connect();
    publisher.send(...new Array(8).fill(event({ payload: "x".repeat(30_000) })));
    await host.pass(1_000);
    consumer.send(check());
    await settle();
    const counts = await host.publish(event());
    assertEquals(counts.matched, 0);
    consumer.flow();
    const came = await consumer.whatCame();
    const last = came.pop();
    assertEquals(last, YES);
    assertEquals(came.map(({ seq }) => seq), [1], "only what was being written");
    assertEquals((await host.status()).consumers[0]?.dropped, 0);
  });
});

Deno.test("a hello for a key that is cleaned up waits, others do not", async () => {
  await withHost({}, async (host) => {
    const cleaning = await holder(host);
    const [first, second] = [await waiting(host), await waiting(host, { subscription_id: "gh" })];
    assertEquals((await host.join({ event_key: "other" })).ack.first_for_key, true);
    assertEquals((await host.status()).active_conns, 2);
    await host.publish(event());
    cleaning.vanish();
    assertEquals((await first.frame()).first_for_key, true);
    assertEquals((await second.frame()).first_for_key, false);
    assertEquals(await first.whatCame(), [], "an event from before its registration");
  });
});

Deno.test("what a waiting one sends on is dealt with after its ack, in order", async () => {
  await withHost({}, async (host) => {
    const cleaning = await holder(host);
    const peer = await waiting(host);
    peer.send(check({ event_key: "other" }), "nonsense", check({ event_key: 1 }));
    peer.sendAtOnce(check(), { type: "flush", id: 1 }, check());
    assertEquals(await peer.whatCame(), []);
    cleaning.send({ type: "bye" });
    const [ack, ...answers] = await peer.frames(5);
    assertEquals(ack?.first_for_key, true);
    assertEquals(answers, [NO, NO, YES, YES]);
    assertEquals((await host.status()).consumers.map(({ leaving }) => leaving), [true]);
  });
});

Deno.test("those that wait are served before what they sent on is dealt with", async () => {
  await withHost({}, async (host) => {
    const cleaning = await holder(host);
    const [first, second] = [await waiting(host), await waiting(host)];
    first.send(check());
    await settle();
    cleaning.end();
    assertEquals((await first.frames(2)).slice(1), [NO]);
    assertEquals((await second.frame()).first_for_key, false);
  });
});

const DEPARTURES: [string, (peer: Peer) => void][] = [
  ["says bye", (peer) => peer.send({ type: "bye" })],
  ["says bye behind other frames", (peer) => peer.sendAtOnce(check(), "x", { type: "bye" }, "x")],
  ["ends its stream", (peer) => peer.end()],
  ["vanishes", (peer) => peer.vanish()],
];

for (const [what, depart] of DEPARTURES) {
  Deno.test(`a waiting one that ${what} leaves nothing behind`, async () => {
    await withHost({}, async (host) => {
      const cleaning = await holder(host);
      const [leaving, staying] = [await waiting(host), await waiting(host)];
      depart(leaving);
      assertEquals(await leaving.rest(), []);
      const { closed, active_conns } = await host.status();
      assertEquals([closed, active_conns], [[], 1]);
      cleaning.vanish();
      assertEquals((await staying.frame()).first_for_key, true);
    });
  });
}

Deno.test("a waiting one that sends an oversized frame is told, and is no consumer", async () => {
  await withHost({}, async (host) => {
    await holder(host);
    const peer = await waiting(host);
    peer.sendBytes(padded({ type: "setup_done" }, 1_048_577));
    const [answer, ...more] = await peer.rest();
    assertEquals([answer?.type, answer?.code, more], ["error", "frame_too_large", []]);
    assertEquals([(await host.status()).closed, host.log], [[], []]);
  });
});

Deno.test("a hello that has waited 30 s is rejected, the holder stays", async () => {
  await withHost({}, async (host) => {
    const cleaning = await holder(host);
    const peer = await waiting(host);
    await host.pass(29_900);
    const late = await waiting(host);
    await host.pass(200);
    const [answer, ...more] = await peer.rest();
    assertEquals([answer?.rejected, answer?.reject_code, more], [true, "cleanup", []]);
    assertMatch(String(answer?.reject_reason), /waited 30 s .* cleaned up/);
    assertEquals(await late.whatCame(), []);
    cleaning.end();
    assertEquals((await late.frame()).first_for_key, true);
  });
});

Deno.test("a hello that finds 64 waiting is rejected at once", async () => {
  await withHost({}, async (host) => {
    const cleaning = await holder(host);
    const those = await Promise.all(Array.from({ length: 64 }, () => waiting(host)));
    const peer = host.connect();
    peer.send(hello());
    const [answer] = await peer.rest();
    assertEquals([answer?.rejected, answer?.reject_code], [true, "cleanup"]);
    assertMatch(String(answer?.reject_reason), /64 others wait/);
    cleaning.end();
    const firsts = await Promise.all(those.map(async (one) => (await one.frame()).first_for_key));
    assertEquals(firsts.map(Number), [1, ...new Array(63).fill(0)]);
  });
});

Deno.test("of a waiting one 1 MiB is kept; one that sends more is told so and gone", async () => {
  await withHost({}, async (host) => {
    const cleaning = await holder(host);
    const patient = await waiting(host);
    const loud = await waiting(host);
    patient.sendBytes(...new Array(15).fill(padded(check({ event_key: "no" }), 64 << 10)));
    loud.sendBytes(...new Array(17).fill(padded(check({ event_key: "no" }), 64 << 10)));
    const [answer, ...more] = await loud.rest();
    assertEquals([answer?.type, answer?.code, more], ["error", "limit", []]);
    cleaning.end();
    assertEquals((await patient.frame()).first_for_key, true);
    assertEquals(await patient.frames(15), new Array(15).fill(NO));
    patient.send(check());
    assertEquals(await patient.frame(), YES);
    assertEquals(host.server.hub.ledger.used, 0, "what was kept is still held");
  });
});

Deno.test("of a waiting one nothing is kept that would be skipped, whatever it sends", async () => {
  await withHost({}, async (host) => {
    const cleaning = await holder(host);
    const peer = await waiting(host);
    peer.sendBytes(...new Array(3).fill("x\n".repeat(30_000)));
    peer.sendBytes(...new Array(20).fill(`${"\n".repeat(60_000)}{"type":"reload"}\n`));
    peer.send(check());
    await until(() => peer.unread === 0, "that all is read");
    await settle(500);
    assertEquals(host.server.hub.ledger.used < 300, true);
    assertMatch(host.log[0] ?? "", /^skipped a frame of a consumer/);
    cleaning.end();
    assertEquals((await peer.frame()).first_for_key, true);
    assertEquals(await peer.frame(), YES);
  });
});

Deno.test("a first that sets up has the key to itself until its setup_done", async () => {
  await withHost({}, async (host) => {
    const { peer, ack } = await host.join({ sets_up: true });
    assertEquals(ack.first_for_key, true);
    const second = await waiting(host);
    peer.send(check());
    assertEquals(await peer.frame(), NO);
    peer.send({ type: "setup_done" });
    assertEquals((await second.frame()).first_for_key, false);
  });
});

Deno.test("a setup left undone makes the next one first", async () => {
  await withHost({}, async (host) => {
    const { peer } = await host.join({ sets_up: true });
    const second = await waiting(host);
    peer.send({ type: "bye" });
    assertEquals((await second.frame()).first_for_key, true);
  });
});
