import { assertEquals, assertMatch } from "@std/assert";
import { event, hello, padded, Peer, type Received, withHost } from "./kit.ts";

const LONG = "k".repeat(1025);
/** 1,024 bytes of UTF-8 and one more, in characters of two bytes. */
const LONG_UMLAUTS = "ü".repeat(512) + "x";

Deno.test("the first frame decides what a connection is", async () => {
  await withHost({}, async (host) => {
    const consumer = host.connect();
    consumer.send(hello());
    assertEquals((await consumer.frame()).type, "hello_ack");

    const publishers: Received[] = [event(), { type: "flush", id: 7 }];
    for (const first of publishers) {
      const publisher = host.connect();
      publisher.send(first, { type: "flush", id: 8 });
      const ids = (await publisher.whatCame()).map(({ type, id }) => ({ type, id }));
      const acks = first.type === "flush" ? [7, 8] : [8];
      assertEquals(ids, acks.map((id) => ({ type: "flush_ack", id })));
    }

    const leaver = host.connect();
    leaver.send({ type: "bye" });
    assertEquals(await leaver.rest(), []);

    for (
      const [question, answer] of [["status_query", "status_response"], ["reload", "reload_ack"]]
    ) {
      const asker = host.connect();
      asker.send({ type: question });
      assertEquals((await asker.rest()).map(({ type }) => type), [answer]);
    }

    host.connect().send({ type: "shutdown" });
    await host.server.stopAsked;
    await host.server.stop();
  });
});

Deno.test("a first frame's type decides, cut into pieces at any byte", async () => {
  await withHost({}, async (host) => {
    const line = `${JSON.stringify({ type: "flush", id: 1 })}\n`;
    for (let cut = 1; cut < line.length; cut++) {
      const peer = host.connect();
      peer.sendBytes(line.slice(0, cut), line.slice(cut));
      assertEquals((await peer.frame()).type, "flush_ack");
    }
    const dripping = host.connect();
    dripping.sendBytes(...line);
    assertEquals((await dripping.frame()).type, "flush_ack");
  });
});

Deno.test("empty lines before the first frame are skipped and not counted", async () => {
  await withHost({}, async (host) => {
    const consumer = host.connect();
    consumer.sendBytes("\n\r\n\n", `${JSON.stringify(hello())}\r\n`);
    assertEquals((await consumer.frame()).type, "hello_ack");
    const wrong = host.connect();
    wrong.sendBytes("\r\n\n", "nonsense\n");
    assertMatch(String((await wrong.rest())[0]?.message), /^frame 1: /);
  });
});

const LENIENT_HELLOS: [string, Received][] = [
  ["the least that it may have", { pid: undefined, version: undefined }],
  ["another version", { version: "v9" }],
  ["optional fields of null", { pid: null, version: null, subscription_id: null, sets_up: null }],
  ["optional fields of an empty string", { subscription_id: "", version: "" }],
  ["fields that nobody knows", { app_id: 1, constructor: { __proto__: null } }],
  ["names of 1 KiB", { event_key: LONG.slice(1), event_types: [LONG_UMLAUTS.slice(1)] }],
];

for (const [what, fields] of LENIENT_HELLOS) {
  Deno.test(`a hello with ${what} is accepted`, async () => {
    await withHost({}, async (host) => {
      const { ack } = await host.join(fields);
      assertEquals(ack.rejected, undefined);
      assertEquals(ack.first_for_key, true);
      assertEquals((await host.status()).active_conns, 1);
    });
  });
}

Deno.test("a hello's number is a whole one by value, its last name counts", async () => {
  await withHost({}, async (host) => {
    const peer = host.connect();
    peer.send(
      '{"type":"status_query","type":"hello","pid":4.20e2,"event_key":"k","event_types":["a"]}',
    );
    assertEquals((await peer.frame()).type, "hello_ack");
    assertEquals((await host.status()).consumers[0]?.pid, 420);
  });
});

const INVALID_HELLOS: [string, Received][] = [
  ["event_key", { event_key: undefined }],
  ["event_key", { event_key: "" }],
  ["event_key", { event_key: null }],
  ["event_key", { event_key: 7 }],
  ["event_key", { event_key: LONG }],
  ["event_types", { event_types: undefined }],
  ["event_types", { event_types: null }],
  ["event_types", { event_types: [] }],
  ["event_types", { event_types: "github.push" }],
  ["event_types", { event_types: [""] }],
  ["event_types", { event_types: ["a", 1] }],
  ["event_types", { event_types: ["a", null] }],
  ["event_types", { event_types: [LONG_UMLAUTS] }],
  ["pid", { pid: "1" }],
  ["pid", { pid: 1.5 }],
  ["pid", { pid: 2 ** 53 }],
  ["version", { version: 1 }],
  ["subscription_id", { subscription_id: 1 }],
  ["subscription_id", { subscription_id: LONG }],
  ["sets_up", { sets_up: "yes" }],
  ["sets_up", { sets_up: 1 }],
];

for (const [field, fields] of INVALID_HELLOS) {
  const [value] = Object.values(fields);
  const shown = (JSON.stringify(value) ?? "absent").slice(0, 30);
  Deno.test(`a hello whose ${field} is ${shown} is rejected and registers nobody`, async () => {
    await withHost({}, async (host) => {
      const peer = host.connect();
      peer.send(hello(fields));
      const [answer, ...more] = await peer.rest();
      assertEquals(more, []);
      const { reject_reason: reason, ...rest } = answer ?? {};
      assertEquals(rest, {
        type: "hello_ack",
        bus_version: "v1",
        first_for_key: false,
        rejected: true,
        reject_code: "bad_hello",
      });
      assertMatch(String(reason), new RegExp(`\\b${field}\\b`));
      assertEquals(host.server.hub.size, 0);
    });
  });
}

const NEVER_FIRST: [string, string | Uint8Array][] = [
  ["text that is not JSON", "GET / HTTP/1.1"],
  ["blanks alone", "   "],
  ["a BOM before it", `\uFEFF${JSON.stringify(hello())}`],
  ["a NUL before it", `\0${JSON.stringify(hello())}`],
  ["bytes that are not UTF-8", Uint8Array.of(0x22, 0xff, 0x22)],
  ["a JSON string", '"hello"'],
  ["null", "null"],
  ["an array", '[{"type":"hello"}]'],
  ["an object without a type", '{"event_key":"k","event_types":["a"]}'],
  ["a type that is a number", '{"type":1}'],
  ["a type that is null", '{"type":null}'],
  ["a type that nobody knows", '{"type":"subscribe"}'],
  ["a type of another case", '{"type":"Hello"}'],
  ["a type that every object has", '{"type":"constructor"}'],
  ["a hello nested too deep", `${JSON.stringify(hello()).slice(0, -1)},"x":${nest(512)}}`],
  ["200,000 nested brackets", nest(200_000)],
  ["a check", '{"type":"pre_shutdown_check","event_key":"gh"}'],
  ["a setup_done", '{"type":"setup_done"}'],
  ["a hello_ack", '{"type":"hello_ack","bus_version":"v1","first_for_key":true}'],
  ["a pre_shutdown_ack", '{"type":"pre_shutdown_ack","last_for_key":true}'],
  ["a source_status", '{"type":"source_status","source":"s","state":"connected"}'],
  ["a flush_ack", '{"type":"flush_ack","id":1,"events":0,"matched":0,"duplicates":0}'],
  ["a reload_ack", '{"type":"reload_ack","ok":true}'],
  ["an error", '{"type":"error","code":"limit","message":"x"}'],
];

function nest(depth: number): string {
  return "[".repeat(depth) + "]".repeat(depth);
}

for (const [what, line] of NEVER_FIRST) {
  Deno.test(`a connection that begins with ${what} is told so and closed`, async () => {
    await withHost({}, async (host) => {
      const peer = host.connect();
      peer.sendBytes(line, "\n");
      peer.send(hello());
      const [answer, ...more] = await peer.rest();
      assertEquals(more, []);
      assertEquals([answer?.type, answer?.code], ["error", "bad_frame"]);
      assertMatch(String(answer?.message), /^frame 1: ./);
      // It never was a publisher, so it is none that was refused.
      assertEquals([host.server.hub.size, (await host.status()).refused], [0, 0]);
    });
  });
}

Deno.test("a first frame of 1,048,576 bytes is taken, of one more refused", async () => {
  await withHost({}, async (host) => {
    const most = host.connect();
    most.sendBytes(padded(hello(), 1_048_576));
    assertEquals((await most.frame()).type, "hello_ack");
    for (const lineEnd of ["\n", "\r\n"]) {
      const tooLong = host.connect();
      tooLong.sendBytes(padded(hello(), 1_048_577, lineEnd));
      const [answer] = await tooLong.rest();
      assertEquals([answer?.type, answer?.code], ["error", "frame_too_large"]);
      assertMatch(String(answer?.message), /^frame 1: .*1048576 bytes/);
    }
  });
});

Deno.test("a connection that ends before its first frame gets nothing", async () => {
  await withHost({}, async (host) => {
    for (const sent of ["", "\n", '{"type":"status_query"}']) {
      const peer = host.connect();
      peer.sendBytes(sent);
      peer.end();
      assertEquals(await peer.rest(), []);
    }
  });
});

Deno.test("a first frame that drips is cut off after 5 s", async () => {
  await withHost({}, async (host) => {
    const peer = host.connect();
    const line = JSON.stringify(hello());
    for (let second = 0; second < 5; second++) {
      assertEquals(peer.isClosed, false);
      peer.sendBytes(line.slice(second, second + 1));
      await host.pass(1_000);
    }
    await host.pass(300);
    const [answer, ...more] = await peer.rest();
    assertEquals(more, []);
    assertEquals([answer?.type, answer?.code], ["error", "timeout"]);
  });
});

Deno.test("a first frame that is whole after 4.9 s is in time, then there is no deadline", async () => {
  await withHost({}, async (host) => {
    const consumer = host.connect();
    const publisher = host.connect();
    await host.pass(4_900);
    consumer.send(hello());
    publisher.send(event());
    await host.pass(600_000);
    assertEquals((await consumer.frame()).type, "hello_ack");
    publisher.send({ type: "flush", id: 1 });
    assertEquals((await publisher.frame()).type, "flush_ack");
  });
});

Deno.test("empty lines do not put off the deadline of the first frame", async () => {
  await withHost({}, async (host) => {
    const peer = host.connect();
    for (let second = 0; second < 6; second++) {
      peer.sendBytes("\n");
      await host.pass(1_000);
    }
    assertEquals((await peer.rest())[0]?.code, "timeout");
  });
});

Deno.test("a first frame that lies there when its deadline is looked at counts", async () => {
  await withHost({}, async (host) => {
    const peer = host.connect();
    await host.pass(4_990);
    host.clocks.setTo(5_200);
    peer.send(hello());
    // The look comes before the read that waits.
    host.clocks.ring();
    await host.pass(1_000);
    assertEquals((await peer.frame()).type, "hello_ack");
    assertEquals(peer.isClosed, false);
  });
});

Deno.test("a hub that slept holds no first frame's deadline against anybody", async () => {
  await withHost({}, async (host) => {
    const peer = host.connect();
    await host.pass(4_000);
    await host.sleep(3_600_000);
    await host.pass(900);
    peer.send(hello());
    assertEquals((await peer.frame()).type, "hello_ack");

    const silent = host.connect();
    await host.sleep(3_600_000);
    await host.pass(5_300);
    assertEquals((await silent.rest())[0]?.code, "timeout");
  });
});

Deno.test("what a connection sends before its end is looked at even where nothing can be said", async () => {
  await withHost({}, async (host) => {
    const consumer = await host.consumer("github.>");
    const gone = new Peer();
    gone.goDeaf();
    host.connect(gone).sendAtOnce(event(), event());
    gone.end();
    assertEquals((await consumer.frames(2)).map(({ seq }) => seq), [1, 2]);
  });
});

Deno.test("a hello for 1,024 event types is taken, for one more rejected", async () => {
  await withHost({}, async (host) => {
    const types = Array.from({ length: 1025 }, (_, index) => `github.${index}`);
    const taken = host.connect();
    taken.send(hello({ event_types: types.slice(1) }));
    assertEquals((await taken.frame()).rejected, undefined);
    const rejected = host.connect();
    rejected.send(hello({ event_types: types }));
    const [answer, ...more] = await rejected.rest();
    assertEquals([answer?.rejected, answer?.reject_code, more], [true, "limit", []]);
    taken.end();
  });
});
