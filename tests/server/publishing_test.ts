import { assertEquals, assertMatch } from "@std/assert";
import webhooks from "@octokit/webhooks-examples" with { type: "json" };
import { event, hello, padded, type Received, settle, withHost } from "./kit.ts";

/** Bytes of the longest event that a publisher may send. */
const MOST = 1_048_512;

Deno.test("a publisher's events reach each consumer in the order sent, whole and as they are", async () => {
  await withHost({}, async (host) => {
    const consumers = [await host.consumer("github.>"), await host.consumer(">")];
    const publisher = await host.publisher();
    const bodies = webhooks.flatMap(({ name, examples }) =>
      examples.map((payload) => JSON.stringify(event({ event_type: `github.${name}`, payload })))
    );
    publisher.sendAtOnce(...bodies);
    for (const [index, body] of bodies.entries()) {
      const expected = `${body.slice(0, -1)},"seq":${index + 1}}`;
      for (const consumer of consumers) assertEquals(await consumer.line(), expected);
    }
    assertEquals(bodies.length, 329);
  });
});

Deno.test("a flush is answered with what became of the events since the last one", async () => {
  await withHost({}, async (host) => {
    await host.consumer("a.*");
    const publisher = host.connect();
    publisher.sendAtOnce(
      { type: "flush", id: -1 },
      event({ event_type: "a.b", event_id: "1" }),
      event({ event_type: "b", event_id: "2" }),
      event({ event_type: "a.b", event_id: "1" }),
      event({ event_type: "b", event_id: "2" }),
      event({ event_type: "b", event_id: "2" }),
      event({ event_type: "a.c" }),
      event({ event_type: "a.c" }),
      { type: "flush", id: 9007199254740991 },
      { type: "flush", id: 0 },
    );
    const ack = { type: "flush_ack", events: 0, matched: 0, duplicates: 0 };
    assertEquals(await publisher.frames(3), [
      { ...ack, id: -1 },
      { ...ack, id: 9007199254740991, events: 4, matched: 3, duplicates: 3 },
      { ...ack, id: 0 },
    ]);
    const { published, unmatched, duplicates } = await host.status();
    assertEquals({ published, unmatched, duplicates }, {
      published: 4,
      unmatched: 1,
      duplicates: 3,
    });
  });
});

Deno.test("after a bye the hub closes with every event before it routed, and none behind it", async () => {
  await withHost({}, async (host) => {
    const consumer = await host.consumer(">");
    const publisher = host.connect();
    publisher.sendAtOnce(event(), event(), { type: "bye" }, event(), { type: "flush", id: 1 });
    publisher.send(event());
    assertEquals(await publisher.rest(), []);
    assertEquals(host.server.hub.published, 2);
    assertEquals((await consumer.whatCame()).map(({ seq }) => seq), [1, 2]);
  });
});

Deno.test("what a publisher asked before it ended its stream is answered", async () => {
  await withHost({}, async (host) => {
    const publisher = host.connect();
    publisher.stall();
    publisher.sendAtOnce(event(), { type: "flush", id: 1 }, event(), { type: "flush", id: 2 });
    publisher.sendBytes('{"type":"flush","id":3}');
    publisher.end();
    await settle();
    assertEquals(publisher.isClosed, false);
    publisher.flow();
    const acks = (await publisher.rest()).map(({ id, events }) => ({ id, events }));
    assertEquals(acks, [{ id: 1, events: 1 }, { id: 2, events: 1 }]);
  });
});

Deno.test("half an event of a publisher that died is not delivered", async () => {
  await withHost({}, async (host) => {
    const consumer = await host.consumer(">");
    const line = `${JSON.stringify(event())}\n`;
    for (const cut of [1, 20, line.length - 2, line.length - 1]) {
      const publisher = host.connect();
      publisher.sendBytes(line, line.slice(0, cut));
      publisher.vanish();
      await publisher.rest();
    }
    assertEquals((await consumer.whatCame()).map(({ seq }) => seq), [1, 2, 3, 4]);
  });
});

const NOT_UTF8: [string, number[]][] = [
  ["a lone continuation byte", [0x80]],
  ["a sequence cut short", [0xe2, 0x82]],
  ["an overlong slash", [0xc0, 0xaf]],
  ["an overlong NUL", [0xe0, 0x80, 0x80]],
  ["a surrogate", [0xed, 0xa0, 0x80]],
  ["a character above U+10FFFF", [0xf4, 0x90, 0x80, 0x80]],
  ["the byte 0xFF", [0xff]],
];

function withBytes(bytes: number[]): Uint8Array {
  const [before, after] = JSON.stringify(event({ payload: "|" })).split("|");
  const encoder = new TextEncoder();
  return Uint8Array.of(...encoder.encode(before), ...bytes, ...encoder.encode(after));
}

const head = '{"type":"event","event_type":"github.push"';

const BAD_FRAMES: [string, string | Uint8Array][] = [
  ["text that is not JSON", "{"],
  ["blanks", "  "],
  ["a BOM", `\uFEFF${JSON.stringify(event())}`],
  ["a NUL in a string", `${head},"payload":"\0"}`],
  ["a NUL between tokens", `${head},\0"payload":1}`],
  ["two values", `${JSON.stringify(event())} ${JSON.stringify(event())}`],
  ["an array", "[]"],
  ["no payload", `${head}}`],
  ["a payload that is not JSON", `${head},"payload":NaN}`],
  ["a payload nested too deep", `${head},"payload":${"[".repeat(512)}${"]".repeat(512)}}`],
  ["200,000 nested brackets", `${head},"payload":${"[".repeat(200_000)}${"]".repeat(200_000)}}`],
  ["no event_type", '{"type":"event","payload":1}'],
  ["an event_type of null", '{"type":"event","event_type":null,"payload":1}'],
  ["an event_type that is empty", '{"type":"event","event_type":"","payload":1}'],
  ["an event_type that is a number", '{"type":"event","event_type":7,"payload":1}'],
  ["an event_type of 1,025 bytes", JSON.stringify(event({ event_type: "t".repeat(1025) }))],
  ["an event_id that is a number", `${head},"event_id":7,"payload":1}`],
  ["an event_id of 1,025 bytes", JSON.stringify(event({ event_id: "i".repeat(1025) }))],
  ["a source_time that is a number", `${head},"source_time":1767323045000,"payload":1}`],
  ["a seq that is a string", `${head},"seq":"1","payload":1}`],
  ["a type that is a number", '{"type":1,"event_type":"github.push","payload":1}'],
  ["a type that nobody knows", '{"type":"publish","event_type":"github.push","payload":1}'],
  ["a flush without id", '{"type":"flush"}'],
  ["a flush whose id is no whole number", '{"type":"flush","id":1.5}'],
  ["a bye whose reason is a number", '{"type":"bye","reason":1}'],
  ["a hello", JSON.stringify(hello())],
  ["a check", '{"type":"pre_shutdown_check"}'],
  ["a setup_done", '{"type":"setup_done"}'],
  ["a status_query", '{"type":"status_query"}'],
  ["a shutdown", '{"type":"shutdown"}'],
  ["a reload", '{"type":"reload"}'],
  ["a flush_ack", '{"type":"flush_ack","id":1,"events":0,"matched":0,"duplicates":0}'],
  ...NOT_UTF8.map(([what, bytes]): [string, Uint8Array] => [what, withBytes(bytes)]),
];

for (const [what, line] of BAD_FRAMES) {
  Deno.test(`${what} from a publisher is refused by its number; what came before it stands`, async () => {
    await withHost({}, async (host) => {
      const consumer = await host.consumer("github.>");
      const publisher = host.connect();
      // Each line that is not empty counts; a number is neither an event's nor a byte's.
      publisher.sendBytes("\n", `${JSON.stringify(event())}\r\n\r\n`);
      publisher.send({ type: "flush", id: 1 }, event());
      publisher.sendBytes(line, `\n${JSON.stringify(event())}\n`);
      const [ack, answer, ...more] = await publisher.rest();
      assertEquals([ack?.type, answer?.type, answer?.code], ["flush_ack", "error", "bad_frame"]);
      assertMatch(String(answer?.message), /^frame 4: ./);
      assertEquals(more, []);
      assertEquals((await consumer.whatCame()).map(({ seq }) => seq), [1, 2]);
      await host.publish(event());
      assertEquals((await consumer.whatCame()).map(({ seq }) => seq), [3]);
      assertEquals((await host.status()).refused, 1);
      assertMatch(host.log.join(), /^publisher refused: frame 4: [^\n]+$/);
    });
  });
}

Deno.test("an event with wrong fields makes a publisher whose frame 1 it is", async () => {
  await withHost({}, async (host) => {
    const publisher = host.connect();
    publisher.send({ type: "event", event_type: 1 });
    const [answer] = await publisher.rest();
    assertEquals([answer?.type, answer?.code], ["error", "bad_frame"]);
    assertMatch(String(answer?.message), /^frame 1: event: event_type/);
    assertEquals((await host.status()).refused, 1);
  });
});

Deno.test("optional fields that are null or empty are absent, and pass on as they came", async () => {
  await withHost({}, async (host) => {
    const consumer = await host.consumer(">");
    const line = `${head},"event_id":"","source_time":null,"seq":null,"payload":null`;
    await host.publish(`${line}}`, `${line}}`);
    const passed = line.replace(',"seq":null', "");
    assertEquals(await consumer.line(), `${passed},"seq":1}`);
    assertEquals(await consumer.line(), `${passed},"seq":2}`);
    const deep = `${head},"payload":${"[".repeat(511)}${"]".repeat(511)}`;
    await host.publish(`${deep}}`);
    assertEquals(await consumer.line(), `${deep},"seq":3}`);
  });
});

const SIZES: [string, string, boolean][] = [
  ["an event of 1,048,512 bytes", padded(event(), MOST), true],
  ["an event of 1,048,513 bytes", padded(event(), MOST + 1), false],
  ["an event of 1,048,512 bytes with CRLF", padded(event(), MOST, "\r\n"), true],
  ["an event of 1,048,514 bytes with CRLF", padded(event(), MOST + 2, "\r\n"), false],
  ["an event of 1,048,512 bytes without its seq", withSeq(padded(event(), MOST)), true],
  ["an event of 1,048,513 bytes without its seq", withSeq(padded(event(), MOST + 1)), false],
  ["an event of 1,048,576 bytes with its seq", withSeq(padded(event(), MOST), 64), true],
  ["an event of 1,048,577 bytes with its seq", withSeq(padded(event(), MOST), 65), false],
  ["a flush of 1,048,576 bytes", padded({ type: "flush", id: 2 }, 1_048_576), true],
  ["a flush of 1,048,577 bytes", padded({ type: "flush", id: 2 }, 1_048_577), false],
  ["a line of 1,048,577 bytes with CRLF", `${" ".repeat(1_048_575)}\r\n`, false],
];

/** Puts a seq of so many bytes, its comma included, before the last brace. */
function withSeq(line: string, bytes = 10): string {
  const seq = `,"seq":${" ".repeat(bytes - 8)}1`;
  return line.replace(/\}\n$/, `${seq}}\n`);
}

for (const [what, line, taken] of SIZES) {
  Deno.test(`${what} is ${taken ? "taken" : "refused by its number"}`, async () => {
    await withHost({}, async (host) => {
      const consumer = await host.consumer(">");
      const publisher = await host.publisher();
      publisher.send(event());
      publisher.sendBytes(line);
      publisher.send({ type: "flush", id: 3 }, { type: "bye" });
      const answers = await publisher.rest();
      const last = answers.pop();
      assertEquals((await consumer.frame()).seq, 1);
      if (!taken) {
        assertEquals([last?.type, last?.code], ["error", "frame_too_large"]);
        assertMatch(String(last?.message), /^frame 3: longer than \d+ bytes/);
        assertEquals(await consumer.whatCame(), []);
        return;
      }
      const routed = answers.reduce((sum, ack) => sum + Number(ack.events), Number(last?.events));
      const isEvent = !line.includes("flush");
      assertEquals(routed, isEvent ? 2 : 1);
      if (!isEvent) return;
      const received: Received = await consumer.frame();
      assertEquals(received.seq, 2);
      assertEquals(received.payload, JSON.parse(line).payload);
    });
  });
}

Deno.test("an endless line is cut off at its bound, with its number", async () => {
  await withHost({}, async (host) => {
    const publisher = await host.publisher();
    const piece = new Uint8Array(64 << 10).fill(0x5b);
    publisher.sendBytes(...new Array<Uint8Array>(64).fill(piece));
    const [answer] = await publisher.rest();
    assertEquals([answer?.type, answer?.code], ["error", "frame_too_large"]);
    assertMatch(String(answer?.message), /^frame 2: /);
    assertEquals(publisher.unread > 40 * piece.length, true, "it was read on");
  });
});
