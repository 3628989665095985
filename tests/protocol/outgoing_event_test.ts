import { assert, assertEquals, assertThrows } from "@std/assert";
import webhooks from "@octokit/webhooks-examples" with { type: "json" };
import { eventFrame, eventFrameOf, type OutgoingEvent } from "../../lib/protocol/outgoing_event.ts";
import { BusError } from "../../lib/protocol/errors.ts";

const NOW = 1_700_000_000_000;
const encoder = new TextEncoder();

function refusal(make: () => string): string {
  const error = assertThrows(make, BusError);
  assertEquals(error.code, "bad_input");
  return error.message;
}

Deno.test("eventFrame() fills in the time, and only what is given besides", () => {
  assertEquals(
    eventFrame({ type: "ci.finished", payload: { ok: true } }, NOW),
    '{"type":"event","event_type":"ci.finished","source_time":"1700000000000","payload":{"ok":true}}\n',
  );
  assertEquals(
    eventFrame({ type: "x", payload: null, id: "i", time: 5 }, NOW),
    '{"type":"event","event_type":"x","event_id":"i","source_time":"5","payload":null}\n',
  );
  assert(eventFrame({ type: "x", payload: 0, time: "7" }, NOW).includes('"source_time":"7"'));
});

Deno.test("eventFrame() keeps a payload's text token for token, on one line", () => {
  const frame = eventFrame({
    type: "x",
    payloadText: '\n{ "n": 12345678901234567890,\r\n "m": 1.0, "m": 1e400, "s": "a\\nb" }\n',
  }, NOW);
  assert(
    frame.endsWith(
      '"payload":{ "n": 12345678901234567890,   "m": 1.0, "m": 1e400, "s": "a\\nb" }}\n',
    ),
  );
  assertEquals(frame.indexOf("\n"), frame.length - 1);
});

Deno.test("eventFrame() takes every webhook of the corpus, as text and as a value", () => {
  for (const { name, examples } of webhooks) {
    for (const example of examples) {
      const text = JSON.stringify(example);
      const frame = eventFrame({ type: `github.${name}`, payload: example }, NOW);
      assertEquals(frame, eventFrame({ type: `github.${name}`, payloadText: text }, NOW));
      assert(frame.endsWith(`"payload":${text}}\n`));
    }
  }
});

Deno.test("eventFrame() refuses what cannot be an event", () => {
  const refusals: [OutgoingEvent, string][] = [
    [{ type: "", payload: 1 }, "the event's type must be a string of 1 to 1024 bytes"],
    [{ type: "é".repeat(513), payload: 1 }, "the event's type must be a string of 1 to 1024 bytes"],
    [{ type: "x", id: "", payload: 1 }, "the event's id must be a string of 1 to 1024 bytes"],
    [{ type: "x" }, "there is no payload, or JSON cannot hold it"],
    [{ type: "x", payload: () => 1 }, "there is no payload, or JSON cannot hold it"],
    [{ type: "x", payloadText: "" }, "bad payload: not JSON: it ends too early"],
    [{ type: "x", payloadText: '{"a":1' }, "bad payload: not JSON: it ends too early"],
    // It must not break out of its place in the frame.
    [
      { type: "x", payloadText: '1,"event_type":"y"' },
      "bad payload: not JSON from character 2 on",
    ],
    [
      { type: "x", payloadText: "[".repeat(512) + "]".repeat(512) },
      "bad payload: more than 512 arrays and objects open at once",
    ],
    [{ type: "x", payload: "y".repeat(1_048_500) }, "the event is longer than 1048512 bytes"],
  ];
  for (const [outgoing, reason] of refusals) {
    assertEquals(refusal(() => eventFrame(outgoing, NOW)), reason);
  }
  const deep = JSON.parse("[".repeat(511) + "]".repeat(511));
  assert(eventFrame({ type: "x", payload: deep }, NOW).includes("[[["));
});

Deno.test("eventFrameOf() adds the time at the end and leaves the rest as it is", () => {
  const text =
    ' { "type":"event","event_type":"x", "payload":{"n":12345678901234567890} ,"app_id":"q" } ';
  assertEquals(
    eventFrameOf(text, NOW),
    ' { "type":"event","event_type":"x", "payload":{"n":12345678901234567890} ,"app_id":"q" ,"source_time":"1700000000000"}\n',
  );
});

Deno.test("eventFrameOf() leaves an event that has a time as it is, its seq too", () => {
  const text = '{"type":"event","event_type":"x","source_time":"1","seq":9,"payload":"}"} ';
  assertEquals(eventFrameOf(text, NOW), `${text}\n`);
});

Deno.test("eventFrameOf() fills in a time that is empty: of two of a name the last counts", () => {
  for (const empty of ['""', "null"]) {
    const text = `{"type":"event","event_type":"x","source_time":${empty},"payload":{}}`;
    const parsed = JSON.parse(eventFrameOf(text, NOW));
    assertEquals(parsed.source_time, "1700000000000");
    assertEquals(parsed.payload, {});
  }
});

Deno.test("eventFrameOf() makes one line of an event that stands in several", () => {
  const text = '{\r\n "type": "event",\n "event_type": "x",\n "payload": [1,\n2]\n}\n';
  const frame = eventFrameOf(text, NOW);
  assertEquals(frame.indexOf("\n"), frame.length - 1);
  assert(!frame.includes("\r"));
  assertEquals(JSON.parse(frame), {
    type: "event",
    event_type: "x",
    payload: [1, 2],
    source_time: "1700000000000",
  });
});

Deno.test("eventFrameOf() refuses what is no event", () => {
  const refusals = [
    ["", "not an event: not JSON: it ends too early"],
    ["[]", "not an event: not a JSON object"],
    ["{}", "not an event: no type"],
    ['{"type":"bye"}', "not an event but a bye"],
    ['{"type":"event","event_type":"x"}', "not an event: no payload"],
    [
      '{"type":"event","event_type":7,"payload":1}',
      "not an event: event_type must be a string of 1 to 1024 bytes",
    ],
    ["\ufeff{}", "not an event: not JSON from character 1 on"],
  ] as const;
  for (const [text, reason] of refusals) {
    assertEquals(refusal(() => eventFrameOf(text, NOW)), reason);
  }
});

/** An event whose frame has exactly so many bytes, line end included. */
function eventOfBytes(bytes: number, rest: string = ""): string {
  const start = `{"type":"event","event_type":"x"${rest},"payload":"é`;
  const missing = bytes - encoder.encode(`${start}"}\n`).length;
  return `${start}${"y".repeat(missing)}"}`;
}

Deno.test("eventFrameOf() takes 1,048,512 bytes with the line end, and one more not", () => {
  const time = ',"source_time":"1"';
  assertEquals(encoder.encode(eventFrameOf(eventOfBytes(1_048_512, time), NOW)).length, 1_048_512);
  assertEquals(
    refusal(() => eventFrameOf(eventOfBytes(1_048_513, time), NOW)),
    "the event is longer than 1048512 bytes",
  );
});

Deno.test("eventFrameOf() leaves the time out rather than refuse an event that just fits", () => {
  const text = eventOfBytes(1_048_512);
  assertEquals(eventFrameOf(text, NOW), `${text}\n`);
  const room = ',"source_time":"1700000000000"'.length;
  assert(
    eventFrameOf(eventOfBytes(1_048_512 - room), NOW).endsWith('"source_time":"1700000000000"}\n'),
  );
  assert(!eventFrameOf(eventOfBytes(1_048_513 - room), NOW).includes("source_time"));
});

Deno.test("eventFrameOf() does not count a seq, which the hub takes out, up to a frame's size", () => {
  const rest = ',"source_time":"1","seq":1';
  const seq = ',"seq":1'.length;
  const text = eventOfBytes(1_048_512 + seq, rest);
  assertEquals(eventFrameOf(text, NOW), `${text}\n`);
  refusal(() => eventFrameOf(eventOfBytes(1_048_513 + seq, rest), NOW));
  refusal(() => eventFrameOf(eventOfBytes(1_000) + " ".repeat(1_048_576), NOW));
});
