import { assert, assertEquals, assertFalse, assertInstanceOf } from "@std/assert";
import events from "@octokit/webhooks-examples" with { type: "json" };
import fc from "fast-check";
import { decode } from "../../lib/protocol/codec.ts";
import { EventFrame } from "../../lib/protocol/event_frame.ts";
import { EventLine } from "../../lib/protocol/event_line.ts";
import { MAX_DEPTH, MAX_NAME_BYTES } from "../../lib/protocol/limits.ts";
import { blanks, jsonText, stringText } from "./json_texts.ts";
import { EVENT_LINES, LINES } from "./lines.ts";

const encoder = new TextEncoder();

/** One for all, as in a hub: what one line leaves must not show in the next. */
const event = new EventLine();

/** Reads a line that stands between others, and holds what is found against what decode() finds. */
function readAmong(line: string): boolean {
  const before = encoder.encode(
    '{"type":"event","event_type":"before","event_id":"b","payload":[1]}\n',
  );
  const bytes = encoder.encode(line);
  const all = new Uint8Array([...before, ...bytes, ...encoder.encode('\n{"seq":1}\n')]);
  const isRead = event.read(all, before.length, before.length + bytes.length);
  if (!isRead) return false;
  const frame = decode(line);
  assertInstanceOf(frame, EventFrame, `${line} is no event`);
  assertEquals([event.eventType, event.eventId], [frame.event_type, frame.event_id], line);
  const body = new TextDecoder("utf-8", { ignoreBOM: true })
    .decode(all.subarray(event.bodyStart, event.bodyEnd));
  assertEquals(body, frame.body.toWellFormed(), line);
  return true;
}

Deno.test("EventLine reads every real webhook", () => {
  for (const { name, examples } of events) {
    for (const [at, payload] of examples.entries()) {
      const id = `"event_id":"${name}-${at}",`;
      const text = JSON.stringify(payload);
      assert(readAmong(`{"type":"event","event_type":"github.${name}",${id}"payload":${text}}`));
    }
  }
});

Deno.test("EventLine reads the events that were written by hand, but for those it leaves alone", () => {
  let read = 0;
  for (const [line] of EVENT_LINES) if (readAmong(line)) read++;
  assert(read > EVENT_LINES.length / 4, `${read} of ${EVENT_LINES.length}`);
});

Deno.test("EventLine reads no other message", () => {
  for (const [line] of LINES) assertFalse(readAmong(line), line);
});

Deno.test("EventLine leaves alone what is not as plain as can be", () => {
  const plain = '"type":"event","event_type":"t","payload":1';
  assert(readAmong(`{${plain}}`));
  const long = "x".repeat(MAX_NAME_BYTES + 1);
  for (
    const line of [
      `{${plain},"seq":1}`,
      `{${plain},"\\u0073eq":1}`,
      `{${plain},"event_t\\u0079pe":"u"}`,
      '{"type":"ev\\u0065nt","event_type":"t","payload":1}',
      '{"type":"event","event_type":"\\u0074","payload":1}',
      '{"type":"event","event_type":"","payload":1}',
      '{"type":"event","event_type":1,"payload":1}',
      '{"type":"event","payload":1}',
      '{"type":"event","event_type":"t"}',
      `{"type":"event","event_type":"${long}","payload":1}`,
      `{${plain},"event_id":null}`,
      `{${plain},"event_id":"${long}"}`,
      `{${plain},"source_time":1}`,
      `{${plain}`,
      `{${plain}}}`,
      `[{${plain}}]`,
      `{"type":"event","event_type":"t","payload":${"[".repeat(MAX_DEPTH)}${
        "]".repeat(MAX_DEPTH)
      }}`,
    ]
  ) assertFalse(readAmong(line), line.slice(0, 200));
});

Deno.test("EventLine takes no line for an event that decode() does not take for the same", () => {
  const name = fc.oneof(
    fc.constantFrom("type", "event_type", "event_id", "source_time", "payload", "seq")
      .map((text) => `"${text}"`),
    fc.constantFrom('"\\u0074ype"', '"event\\u005fid"', '"pay\\u006coad"', '"types"', '"paylaod"'),
    stringText,
  );
  const value = fc.oneof(
    fc.constantFrom('"event"', '"t.u"', '"id 1"', '""', "null", "1", '"ev\\u0065nt"', '"é"'),
    jsonText,
  );
  const member = fc.tuple(blanks, name, blanks, blanks, value, blanks)
    .map(([a, key, b, c, text, d]) => `${a}${key}${b}:${c}${text}${d}`);
  const own = fc.constantFrom(
    ...['"type":"event"', '"event_type":"t.u"', '"event_type" : "é"', '"payload":{"a":[1]}'],
    ...['"event_id":"i"', '"source_time":"now"'],
  );
  const basis = fc.constant(['"type":"event"', '"event_type":"t"', '"payload":1']);
  const members = fc.tuple(basis, fc.array(fc.oneof(own, member), { maxLength: 4 }))
    .chain(([needed, more]) => fc.shuffledSubarray([...needed, ...more], { minLength: 2 }));
  const line = fc.tuple(blanks, members, blanks).map(([a, all, b]) => `${a}{${all.join(",")}}${b}`);
  let read = 0;
  fc.assert(
    fc.property(
      line,
      fc.nat(),
      fc.oneof(
        { weight: 3, arbitrary: fc.constant("") },
        fc.constantFrom("\\", '"', "}", ",", "x"),
      ),
      (text, at, put) => {
        const place = at % (text.length + 1);
        const changed = put === "" ? text : text.slice(0, place) + put + text.slice(place + 1);
        if (readAmong(changed)) read++;
      },
    ),
    { numRuns: 3_000 },
  );
  assert(read > 300, `only ${read} were read`);
});

Deno.test("EventLine reads lines that begin alike, whatever comes after that", () => {
  const own = fc.constantFrom("", "", "", '"event_id":"x",', '"source_time":"t",');
  const type = fc.constantFrom("a", "b", "\\u0061");
  const head = fc.tuple(own, type).map(([own, type]) =>
    `{"type":"event",${own}"event_type":"${type}","payload":`
  );
  const after = fc.constantFrom(
    "}",
    " }",
    "} ",
    "",
    "}}",
    "]}",
    ',"more":1}',
    ',"seq":1}',
    ',"event_type":"y"}',
    ',"event_type":"z"}',
    ',"event_id":"z"}',
    ',"payload":2}',
    ",}",
  );
  const payload = fc.oneof(
    { weight: 1, arbitrary: jsonText },
    { weight: 1, arbitrary: fc.constantFrom("", '"', "[".repeat(MAX_DEPTH)) },
    { weight: 4, arbitrary: fc.constant("1") },
  );
  const line = fc.tuple(head, payload, after).map((parts) => parts.join(""));
  const lines = fc.array(line, { size: "max", maxLength: 60 });
  const alike = new EventLine();
  fc.assert(
    fc.property(lines, (lines) => {
      for (const line of lines) {
        // JSON over several lines is not of this world.
        if (/[\r\n]/.test(line)) continue;
        const bytes = encoder.encode(`${line}\n`);
        const fresh = new EventLine();
        const [isRead, isReadAnew] = [alike, fresh].map((event) =>
          event.read(bytes, 0, bytes.length - 1)
        );
        assertEquals(isRead, isReadAnew, line);
        if (!isRead) continue;
        const found = (
          { eventType, eventId, bodyStart, bodyEnd }: EventLine,
        ) => [eventType, eventId, bodyStart, bodyEnd];
        assertEquals(found(alike), found(fresh), line);
      }
    }),
    { numRuns: 500 },
  );
});
