import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import events from "@octokit/webhooks-examples" with { type: "json" };
import { decode, encode, payloadText } from "../../lib/protocol/codec.ts";
import { BadFrameError } from "../../lib/protocol/errors.ts";
import { EventFrame } from "../../lib/protocol/event_frame.ts";
import { event, type Message } from "../../lib/protocol/messages.ts";
import { EVENT_LINES, LINES } from "./lines.ts";

const HELLO = '"event_key":"k","event_types":["t"]';
const EVENT = '"event_type":"t","payload":1';

/** What is wrong with a line, and the type that it names all the same. */
function faultOf(line: string): { message: string; frameType?: string } {
  const error = decode(line);
  assertInstanceOf(error, BadFrameError, `${line.slice(0, 100)} was taken for a frame`);
  assertEquals(error.code, "bad_frame");
  const { message, frameType } = error;
  return frameType === undefined ? { message } : { message, frameType };
}

function decodeEvent(line: string): EventFrame {
  const frame = decode(line);
  assertInstanceOf(frame, EventFrame, line);
  return frame;
}

Deno.test("decode() reads each message as it was written by hand", () => {
  for (const [line, message] of LINES) assertEquals<unknown>(decode(line), message, line);
});

Deno.test("encode() writes each message as it was written by hand, and a line feed", () => {
  for (const [line, message] of LINES) assertEquals(encode(message), `${line}\n`);
});

Deno.test("decode() reads events as they were written by hand", () => {
  for (const [line, fields] of EVENT_LINES) {
    const { type, event_type, event_id, source_time, seq, payload, text } = decodeEvent(line);
    assertEquals(type, "event");
    const known = { event_id, source_time, seq };
    const present = Object.entries(known).filter(([, value]) => value !== undefined);
    assertEquals<unknown>({ event_type, payload, ...Object.fromEntries(present) }, fields);
    assertEquals(text, line);
  }
});

Deno.test("encode() writes events as they were written by hand, fresh or decoded", () => {
  for (const [line, fields] of EVENT_LINES) {
    assertEquals(encode(event(fields)), `${line}\n`);
    assertEquals(encode(decodeEvent(line)), `${line}\n`);
  }
});

Deno.test("decode() and encode() know every message that the types know", () => {
  const known: Record<Message["type"], true> = {
    hello: true,
    hello_ack: true,
    event: true,
    bye: true,
    pre_shutdown_check: true,
    pre_shutdown_ack: true,
    status_query: true,
    status_response: true,
    shutdown: true,
    source_status: true,
    flush: true,
    flush_ack: true,
    setup_done: true,
    reload: true,
    reload_ack: true,
    error: true,
  };
  const written = new Set([...LINES.map(([, { type }]) => type), "event"]);
  assertEquals([...written].sort(), Object.keys(known).sort());
});

Deno.test("encode() and decode() keep every real webhook's text", () => {
  for (const { name, examples } of events) {
    for (const example of examples) {
      const payload = JSON.stringify(example);
      const line = encode(event({ event_type: `github.${name}`, payload })).slice(0, -1);
      assert(!line.includes("\n"));
      const frame = decodeEvent(line);
      assertEquals(frame.payload, payload);
      assertEquals(frame.event_type, `github.${name}`);
    }
  }
});

Deno.test("encode() keeps every string within one line", () => {
  const message = encode({
    type: "error",
    code: "bad_frame",
    message: 'a\r\n\u2028\u0000"\\\ud800é',
  });
  assertEquals(
    message,
    '{"type":"error","code":"bad_frame","message":"a\\r\\n\u2028\\u0000\\"\\\\\\ud800é"}\n',
  );
});

Deno.test("encode() leaves out of a decoded event what it does not know", () => {
  const frame = decodeEvent(`{"app_id":1,"type":"event","seq":4,${EVENT},"event_id":"e"}`);
  assertEquals(
    encode(frame),
    '{"type":"event","event_type":"t","event_id":"e","payload":1,"seq":4}\n',
  );
});

Deno.test("decode() reads blanks, carriage returns and any order of fields", () => {
  assertEquals<unknown>(
    decode(' \t{ "event_types" : [ "t" ] ,\r"type" : "hello","event_key":"k" } \r'),
    { type: "hello", event_key: "k", event_types: ["t"] },
  );
});

Deno.test("decode() ignores fields that it does not know, whatever they hold", () => {
  const unknown = '"__proto__":{"type":"bye"},"constructor":1e400,"toString":[[{}]],"x":null,"":""';
  assertEquals<unknown>(decode(`{${unknown},"type":"flush","id":1}`), { type: "flush", id: 1 });
  assertEquals(decodeEvent(`{"type":"event",${unknown},${EVENT}}`).payload, "1");
});

Deno.test("decode() leaves the fields of an event to the event", () => {
  assertEquals<unknown>(decode('{"type":"bye","event_id":7,"seq":"x","payload":{},"id":"x"}'), {
    type: "bye",
  });
});

Deno.test("decode() reads names that are written in escapes", () => {
  assertEquals<unknown>(
    decode('{"\\u0074ype":"flu\\u0073h","\\u0069\\u0064":1}'),
    { type: "flush", id: 1 },
  );
  const escaped = [..."subscription_id"].map((char) =>
    `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`
  ).join("");
  assertEquals<unknown>(
    decode(`{"type":"hello",${HELLO},"${escaped}":"s"}`),
    { type: "hello", event_key: "k", event_types: ["t"], subscription_id: "s" },
  );
  const frame = decodeEvent(
    '{"type":"event","event\\u005ftype":"\\u0074","pay\\u006Coad":"\\u0070","event_i\\u0064":"\\u0065"}',
  );
  assertEquals(frame.event_type, "t");
  assertEquals(frame.event_id, "e");
  assertEquals(frame.payload, '"\\u0070"');
});

Deno.test("decode() takes the last of a name that stands twice", () => {
  assertEquals<unknown>(decode('{"type":1,"id":"x","type":"flush","id":2}'), {
    type: "flush",
    id: 2,
  });
  assertEquals<unknown>(
    decode(
      '{"type":"hello","event_key":"a","event_types":[],"event_types":["t"],"event_k\\u0065y":"b"}',
    ),
    { type: "hello", event_key: "b", event_types: ["t"] },
  );
  assertEquals(
    faultOf('{"type":"flush","id":2,"id":"x"}').message,
    "flush: id must be a whole number",
  );
  assertEquals<unknown>(
    decode('{"type":"hello","pid":7,"event_key":"k","event_types":["t"],"pid":null}'),
    {
      type: "hello",
      event_key: "k",
      event_types: ["t"],
    },
  );
  const frame = decodeEvent(
    '{"payload":[1],"type":"event","event_type":"a","event_id":"1","event_type":"b","payload":[2],"event_id":""}',
  );
  assertEquals(frame.event_type, "b");
  assertEquals(frame.payload, "[2]");
  assertEquals(frame.event_id, undefined);
});

Deno.test("decode() refuses what is not JSON, and says where", () => {
  const wrong: [line: string, message: string][] = [
    ["", "not JSON: it ends too early"],
    [" \t \r", "not JSON: it ends too early"],
    ['{"type":"bye"', "not JSON: it ends too early"],
    ['{"type":"bye}', "not JSON: it ends too early"],
    ["hello", "not JSON from character 1 on"],
    ["\ufeff", "not JSON from character 1 on"],
    ['\ufeff{"type":"bye"}', "not JSON from character 1 on"],
    ['{"type":"bye"}\ufeff', "not JSON from character 15 on"],
    ['{"type":"bye"}{"type":"bye"}', "not JSON from character 15 on"],
    ['{"type":"bye",}', "not JSON from character 15 on"],
    ["{'type':'bye'}", "not JSON from character 2 on"],
    ['{"type":"b\u0000ye"}', "not JSON from character 11 on"],
    ['{"type":"b\tye"}', "not JSON from character 11 on"],
    [`{"type":"event",${EVENT}1x}`, "not JSON from character 46 on"],
    [`{"type":"event","event_type":"t","payload":NaN}`, "not JSON from character 44 on"],
    [`{"type":"event","event_type":"t","payload":{"a":01}}`, "not JSON from character 50 on"],
  ];
  for (const [line, message] of wrong) assertEquals(faultOf(line), { message }, line);
});

Deno.test("decode() refuses JSON that is no object, and objects of no known type", () => {
  for (
    const line of [
      "[]",
      '["type","bye"]',
      '[{"type":"bye"}]',
      '"bye"',
      "1",
      "null",
      "true",
      " [ ] ",
    ]
  ) {
    assertEquals(faultOf(line), { message: "not a JSON object" }, line);
  }
  for (const line of ["{}", " { } ", '{"Type":"bye"}', '{"type ":"bye"}', '{"x":{"type":"bye"}}']) {
    assertEquals(faultOf(line), { message: "no type" }, line);
  }
  const types = [
    '"Bye"',
    '"bye "',
    '""',
    '"event\\u0000"',
    "null",
    "1",
    "true",
    '["bye"]',
    '{"bye":1}',
    '"__proto__"',
    '"constructor"',
    '"toString"',
    '"hasOwnProperty"',
  ];
  for (const type of types) {
    assertEquals(faultOf(`{"type":${type},${EVENT}}`), { message: "unknown type" }, type);
  }
});

Deno.test("decode() refuses what is nested too deep, in a frame of any type and in any field", () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  const frames: ((inside: string) => string)[] = [
    (inside) => `{"type":"event","event_type":"t","payload":${inside}}`,
    (inside) => `{"x":${inside},"type":"event",${EVENT}}`,
    (inside) => `{"type":"bye","x":${inside}}`,
    (inside) => `{"type":"hello",${HELLO},"x":${inside}}`,
  ];
  for (const frame of frames) {
    assert(!(decode(frame(nested(511))) instanceof BadFrameError));
    for (const depth of [512, 200_000]) {
      assertEquals(faultOf(frame(nested(depth))), {
        message: "more than 512 arrays and objects open at once",
      });
    }
  }
});

Deno.test("decode() tells the type of a frame whose fields are wrong", () => {
  assertEquals(faultOf('{"type":"hello"}'), { message: "hello: no event_key", frameType: "hello" });
  assertEquals(faultOf('{"type":"flush"}'), { message: "flush: no id", frameType: "flush" });
  assertEquals(faultOf('{"type":"bye","reason":1}'), {
    message: "bye: reason must be a string",
    frameType: "bye",
  });
  assertEquals(faultOf('{"type":"event","event_type":"t"}'), {
    message: "event: no payload",
    frameType: "event",
  });
  assertEquals(faultOf('{"type":"event","payload":1}'), {
    message: "event: event_type must be a string of 1 to 1024 bytes",
    frameType: "event",
  });
});

Deno.test("payloadText() turns line ends between tokens into spaces and changes nothing else", () => {
  const text =
    '\r\n{\r\n\t"n": 12345678901234567890,\n  "x": 1.0,\n"x":1e400,\r"s": "\\r\\n\u2028\ufeff "\r\n}\n';
  assertEquals(
    payloadText(text),
    '{  \t"n": 12345678901234567890,   "x": 1.0, "x":1e400, "s": "\\r\\n\u2028\ufeff "  }',
  );
  for (const whole of ["1.0", '"a"', "null", "[]", '{"b":1,"a":2}']) {
    assertEquals(payloadText(whole), whole);
  }
});

Deno.test("payloadText() makes what can stand in a frame", () => {
  for (const { examples } of events.slice(0, 10)) {
    for (const example of examples) {
      const payload = payloadText(JSON.stringify(example, null, 2).replaceAll("\n", "\r\n"));
      assert(typeof payload === "string");
      const line = encode(event({ event_type: "t", payload }));
      assertEquals(line.indexOf("\n"), line.length - 1);
      assertEquals(decodeEvent(line.slice(0, -1)).payload, payload);
      assertEquals(JSON.parse(payload), example);
    }
  }
});

Deno.test("payloadText() says what is wrong with a text", () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  const wrong: [text: string, message: string][] = [
    ["", "not JSON: it ends too early"],
    ["\r\n", "not JSON: it ends too early"],
    ['{"a":', "not JSON: it ends too early"],
    ["{a}", "not JSON from character 2 on"],
    ["{} {}", "not JSON from character 4 on"],
    ["\ufeff{}", "not JSON from character 1 on"],
    ["\u00a0{}\u00a0", "not JSON from character 1 on"],
    ['"a\nb"', "not JSON from character 3 on"],
    [nested(512), "more than 512 arrays and objects open at once"],
  ];
  for (const [text, message] of wrong) {
    const error = payloadText(text);
    assertInstanceOf(error, BadFrameError, text);
    assertEquals(error.message, message, text);
    assertEquals(error.frameType, undefined);
  }
  assertEquals(payloadText(nested(511)), nested(511));
});
