import { assert, assertEquals, assertMatch } from "@std/assert";
import { event, hello, padded, type Received, settle, type TestHost, withHost } from "./kit.ts";

Deno.test("a hello's ack says what the hub is, and comes before any event", async () => {
  await withHost({ capabilities: ["canonical_metadata_v1"] }, async (host) => {
    // Whatever turn the hello arrives in while events flow.
    for (let turns = 0; turns < 12; turns++) {
      const consumer = host.connect();
      const publisher = host.connect();
      for (let i = 0; i < 12; i++) {
        publisher.send(event());
        if (i === turns) consumer.send(hello({ event_key: `key ${turns}` }));
        await settle(1);
      }
      publisher.send(event({ event_type: "last" }));
      const { hub_id, hub_version, ...ack } = await consumer.frame();
      assertEquals(ack, {
        type: "hello_ack",
        bus_version: "v1",
        first_for_key: true,
        capabilities: ["patterns", "flush", "bye_reason", "sets_up", "canonical_metadata_v1"],
        sources: [],
      });
      assertMatch(String(hub_id), /^[0-9a-f-]{36}$/);
      assertMatch(String(hub_version), /^\d+\.\d+\.\d+/);
      let received: Received = {};
      for (let seq = 1; received.event_type !== "last"; seq++) {
        received = await consumer.frame();
        assertEquals(received.seq, seq);
      }
    }
  });
});

Deno.test("an event reaches each consumer byte for byte, with a seq of its own at the end", async () => {
  await withHost({}, async (host) => {
    const both = await host.consumer("github.push", "pings.*");
    await host.publish(event({ event_type: "pings.a" }));
    const one = await host.consumer("github.push");
    const sent = '{"payload": {"n":12345678901234567890,"n":1.0,"e":1e400,"u":"\\u0041\uFEFF"} ,' +
      '"type":"event","seq":77,"event_type":"github.push","tenant_key":[null]';
    await host.publish(`${sent} }`);
    const passed = sent.replace('"seq":77,', "");
    assertEquals((await both.frame()).seq, 1);
    assertEquals(await both.line(), `${passed},"seq":2}`);
    assertEquals(await one.line(), `${passed},"seq":1}`);
    assertEquals(await one.whatCame(), []);
  });
});

Deno.test("event_key plays no part in routing, and two entries that match give one event", async () => {
  await withHost({}, async (host) => {
    const { peer } = await host.join({ event_key: "github.push", event_types: ["a.*", "*.b"] });
    await host.publish(event(), event({ event_type: "a.b" }));
    const came = await peer.whatCame();
    assertEquals(came.map(({ event_type }) => event_type), ["a.b"]);
  });
});

const SKIPPED: [string, string | Uint8Array][] = [
  ["blanks", " \t "],
  ["text that is not JSON", "bye"],
  ["bytes that are not UTF-8", Uint8Array.of(0x7b, 0xc0, 0x80, 0x7d)],
  ["a BOM", '\uFEFF{"type":"bye"}'],
  ["200,000 nested brackets", "[".repeat(200_000)],
  ["no object", "[]"],
  ["a type that is a number", '{"type":7}'],
  ["a type that nobody knows", '{"type":"unsubscribe"}'],
  ["a bye with a wrong field", '{"type":"bye","reason":1}'],
  ["a second hello", JSON.stringify(hello({ event_types: ["other"] }))],
  ["an event", JSON.stringify(event())],
  ["an event without payload", '{"type":"event","event_type":"github.push"}'],
  ["a flush", '{"type":"flush","id":1}'],
  ["a status_query", '{"type":"status_query"}'],
  ["a shutdown", '{"type":"shutdown"}'],
  ["a reload", '{"type":"reload"}'],
  ["an event's ack", '{"type":"flush_ack","id":1,"events":1,"matched":1,"duplicates":0}'],
];

for (const [what, line] of SKIPPED) {
  Deno.test(`${what} from a consumer is skipped, its events go on`, async () => {
    await withHost({}, async (host) => {
      let stopAsked = false;
      host.server.stopAsked.then(() => stopAsked = true);
      const consumer = await host.consumer("github.>");
      const beside = await host.consumer("github.>");
      consumer.sendBytes(line, "\n");
      await settle();
      await host.publish(event());
      assertEquals((await consumer.whatCame()).map(({ seq }) => seq), [1]);
      assertEquals((await beside.whatCame()).map(({ seq }) => seq), [1]);
      assertEquals(host.log.length, 1);
      assertMatch(host.log[0] ?? "", /^skipped a frame of a consumer: ./);
      assert(!stopAsked);
      assertEquals((await host.status()).active_conns, 2);
    });
  });
}

Deno.test("empty lines from a consumer are skipped without a word", async () => {
  await withHost({}, async (host) => {
    const consumer = await host.consumer(">");
    consumer.sendBytes("\n\r\n\n");
    consumer.send({ type: "pre_shutdown_check", event_key: "gh" });
    assertEquals((await consumer.frame()).last_for_key, true);
    assertEquals(host.log, []);
  });
});

Deno.test("skipped frames make one line a second, which says how many there were", async () => {
  await withHost({}, async (host) => {
    const consumer = await host.consumer(">");
    consumer.sendAtOnce(...new Array<string>(1_000).fill("nonsense"));
    await host.pass(999);
    assertEquals(host.log.length, 1);
    await host.pass(250);
    assertEquals(host.log.length, 2);
    assertMatch(host.log[1] ?? "", /998 more/);
    consumer.send("nonsense");
    await settle();
    assertEquals(host.log.length, 2);
  });
});

interface Ending {
  readonly reason: string;
  readonly frames: Received[];
  end(peer: Awaited<ReturnType<TestHost["consumer"]>>): void;
}

const ENDINGS: [string, Ending][] = [
  ["its bye", { reason: "bye", frames: [], end: (peer) => peer.send({ type: "bye" }) }],
  ["a bye with a reason of its own", {
    reason: "bye",
    frames: [],
    end: (peer) => peer.send({ type: "bye", reason: "slow" }),
  }],
  ["the end of what it sends", { reason: "eof", frames: [], end: (peer) => peer.end() }],
  ["half a frame and the end", {
    reason: "eof",
    frames: [],
    end: (peer) => {
      peer.sendBytes('{"type":"bye"}');
      peer.end();
    },
  }],
  ["its crash", { reason: "eof", frames: [], end: (peer) => peer.vanish() }],
  ["an oversized frame", {
    reason: "protocol",
    frames: [{ type: "bye", reason: "protocol" }],
    end: (peer) => peer.sendBytes(padded({ type: "setup_done" }, 1_048_577)),
  }],
];

for (const [what, { reason, frames, end }] of ENDINGS) {
  Deno.test(`a consumer ends with ${what}, and stands under closed as ${reason}`, async () => {
    await withHost({}, async (host) => {
      const beside = await host.consumer("github.>");
      const { peer } = await host.join({ pid: 815, event_key: "k", event_types: ["github.push"] });
      await host.publish(event(), event());
      assertEquals((await peer.frames(2)).map(({ seq }) => seq), [1, 2]);
      end(peer);
      assertEquals(await peer.rest(), frames);
      await host.publish(event());
      assertEquals((await beside.whatCame()).map(({ seq }) => seq), [1, 2, 3]);

      const { closed = [], active_conns } = await host.status();
      assertEquals(active_conns, 1);
      assertEquals(closed, [{
        pid: 815,
        event_key: "k",
        event_types: ["github.push"],
        received: 2,
        dropped: 0,
        delivered: 2,
        queued: 0,
        queued_bytes: 0,
        connected_at: host.clocks.wall(),
        last_event_at: host.clocks.wall(),
        leaving: false,
        closed_at: host.clocks.wall(),
        reason,
      }]);
      const line = `consumer closed: reason=${reason} event_key="k" pid=815`;
      assertEquals(host.log, reason === "protocol" ? [line] : []);
    });
  });
}

Deno.test("a consumer's frame of 1,048,576 bytes is taken", async () => {
  await withHost({}, async (host) => {
    const consumer = await host.consumer(">");
    consumer.sendBytes(padded({ type: "pre_shutdown_check", event_key: "gh" }, 1_048_576));
    assertEquals((await consumer.frame()).last_for_key, true);
  });
});

Deno.test("a bye leaves events that wait unwritten, but answers to checks before it go out", async () => {
  await withHost({}, async (host) => {
    const consumer = await host.consumer("github.>");
    consumer.stall();
    // More than one write holds; no publisher waits for one that took nothing for long enough.
    const publisher = await host.publisher();
    const bulky = event({ payload: "x".repeat(10_000) });
    for (let i = 0; i < 20; i++) publisher.send(bulky);
    await host.pass(1_000);
    consumer.send({ type: "pre_shutdown_check", event_key: "other" }, { type: "bye" });
    await settle();
    consumer.flow();
    const frames = await consumer.rest();
    const events = frames.filter(({ type }) => type === "event");
    assert(events.length > 0 && events.length < 20, `${events.length} events`);
    assertEquals(frames.slice(events.length), [{ type: "pre_shutdown_ack", last_for_key: false }]);
  });
});

Deno.test("a consumer counts as gone when its bye is read, whatever is still written to it", async () => {
  await withHost({}, async (host) => {
    const leaving = await host.consumer("github.>");
    leaving.stall();
    await host.publish(event());
    leaving.send({ type: "bye" });
    await settle();
    assertEquals(leaving.isClosed, false);
    assertEquals((await host.status()).active_conns, 0);
    const { ack } = await host.join({});
    assertEquals(ack.first_for_key, true);
  });
});

Deno.test("a check that came with the end of the stream is still answered", async () => {
  await withHost({}, async (host) => {
    const consumer = await host.consumer(">");
    consumer.send({ type: "pre_shutdown_check", event_key: "gh" });
    consumer.end();
    assertEquals(await consumer.rest(), [{ type: "pre_shutdown_ack", last_for_key: true }]);
    assertEquals((await host.status()).closed?.map(({ reason }) => reason), ["eof"]);
  });
});

Deno.test("a consumer that cannot be written to but sends on is read first, and gone after 5 s", async () => {
  await withHost({}, async (host) => {
    const deaf = await host.consumer("github.>");
    deaf.goDeaf();
    await host.publish(event());
    await host.pass(4_000);
    assertEquals((await host.status()).active_conns, 1);
    await host.pass(1_500);
    assertEquals((await host.status()).closed?.map(({ reason }) => reason), ["eof"]);
    await deaf.rest();

    const leaver = await host.consumer("github.>");
    leaver.goDeaf();
    await host.publish(event());
    leaver.send({ type: "bye" });
    await settle();
    assertEquals((await host.status()).closed?.map(({ reason }) => reason), ["eof", "bye"]);
  });
});
