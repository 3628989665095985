import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import fc from "fast-check";
import { decode } from "../../lib/protocol/codec.ts";
import { EventFrame } from "../../lib/protocol/event_frame.ts";
import { scanJson } from "../../lib/protocol/json.ts";
import { blanks, jsonText, type MemberParts, memberText } from "./json_texts.ts";

function eventOf(line: string): EventFrame {
  const frame = decode(line);
  assertInstanceOf(frame, EventFrame, line);
  return frame;
}

/** The frame as a hub sends it on, with its own number. */
function stamped(line: string, seq = 7): string {
  return `${eventOf(line).body},"seq":${seq}}`;
}

/** The members of an object's text, without blanks around their parts. */
function membersOf(text: string): string[] {
  const members: string[] = [];
  scanJson(text, Infinity, (nameStart, nameEnd, start, end) => {
    members.push(`${text.slice(nameStart - 1, nameEnd + 1)}:${text.slice(start, end)}`);
  });
  return members;
}

Deno.test("EventFrame.body is the frame's own text up to its closing brace", () => {
  const bodies: [line: string, body: string][] = [
    [
      '{"type":"event","event_type":"t","payload":1}',
      '{"type":"event","event_type":"t","payload":1',
    ],
    [
      ' \t{ "type" : "event" , "event_type":"t","payload" : { "a" : [ ] } \t\r } \r',
      '{ "type" : "event" , "event_type":"t","payload" : { "a" : [ ] }',
    ],
    [
      '{"payload":"}","type":"event","event_type":"t","app_id":12345678901234567890}',
      '{"payload":"}","type":"event","event_type":"t","app_id":12345678901234567890',
    ],
  ];
  for (const [line, body] of bodies) assertEquals(eventOf(line).body, body);
});

Deno.test("EventFrame.body loses each seq with one comma, wherever it stands", () => {
  const head = '{"type":"event","event_type":"t","payload":1';
  const lines: [line: string, body: string][] = [
    ['{"seq":1,"type":"event","event_type":"t","payload":1}', head],
    [
      '{ "seq" : 1 , "type":"event","event_type":"t","payload":1}',
      '{ "type":"event","event_type":"t","payload":1',
    ],
    ['{"type":"event","seq":1,"event_type":"t","payload":1}', head],
    [
      '{"type":"event" , "seq" : 1 , "event_type":"t","payload":1}',
      '{"type":"event"  , "event_type":"t","payload":1',
    ],
    ['{"type":"event","event_type":"t","payload":1,"seq":1}', head],
    ['{"type":"event","event_type":"t","payload":1 , "seq":1 }', `${head} `],
    ['{"type":"event","event_type":"t","payload":1,"\\u0073eq":1}', head],
    ['{"type":"event","event_type":"t","payload":1,"\\u0073\\u0065\\u0071":null}', head],
    ['{"seq":1,"seq":2,"type":"event","event_type":"t","payload":1}', head],
    ['{"type":"event","seq":1,"seq":2,"event_type":"t","payload":1}', head],
    ['{"type":"event","event_type":"t","payload":1,"seq":1,"seq":2}', head],
    [
      '{"seq":1,"type":"event","seq":"x","event_type":"t","seq":"","payload":1,"s\\u0065q":3}',
      head,
    ],
  ];
  for (const [line, body] of lines) assertEquals(eventOf(line).body, body, line);
});

Deno.test("EventFrame.body leaves alone what only looks like a seq", () => {
  const members = [
    '"payload":{"seq":1,"x":[{"seq":2}],"seq":3}',
    '"Seq":1',
    '"seq ":1',
    '"seqs":1',
    '"":{"seq":1}',
    '"s":",\\"seq\\":1"',
    '"\\"seq\\"":1',
    '"__proto__":{"seq":1}',
  ];
  const body = `{"type":"event","event_type":"t",${members.join(",")}`;
  assertEquals(eventOf(`${body}}`).body, body);
});

Deno.test("EventFrame.body with a new seq is the same event, whatever stands in it", () => {
  const seqMember: fc.Arbitrary<MemberParts> = fc.tuple(
    blanks,
    fc.constantFrom('"seq"', '"\\u0073eq"', '"s\\u0065\\u0071"'),
    blanks,
    blanks,
    // The last one counts, and would be refused if it were no whole number.
    fc.constantFrom("0", "1.0", "12", "null", '""'),
    blanks,
  );
  const member = (names: fc.Arbitrary<string>, values: fc.Arbitrary<string>) =>
    fc.tuple(blanks, names, blanks, blanks, values, blanks);
  const named = (name: string, values: fc.Arbitrary<string>) => member(fc.constant(name), values);
  const unknown = member(
    fc.constantFrom('"app_id"', '"observed_at"', '"__proto__"', '"Seq"', '"x"', '"\\ud800"', '""'),
    jsonText,
  );
  const frame = fc
    .tuple(
      named('"type"', fc.constantFrom('"event"', '"e\\u0076ent"')),
      named('"event_type"', fc.constantFrom('"github.push"', '"\\u0074"', '"é"')),
      named('"payload"', jsonText),
      fc.array(fc.oneof(seqMember, unknown), { maxLength: 6 }),
    )
    .chain(([type, eventType, payload, others]) => {
      const members = [type, eventType, payload, ...others];
      return fc.shuffledSubarray(members, { minLength: members.length });
    });
  fc.assert(
    fc.property(blanks, frame, blanks, (before, members, after) => {
      const line = `${before}{${members.map(memberText).join(",")}}${after}`;
      const text = stamped(line);

      // To a parser it is the same but for the number, which comes last.
      const original = JSON.parse(line);
      delete original.seq;
      original.seq = 7;
      const parsed = JSON.parse(text);
      assertEquals(JSON.stringify(parsed), JSON.stringify(original));
      assertEquals(Object.keys(parsed), Object.keys(original));

      // And its members stand there as they were written, in their order.
      const kept = members.filter(([, name]) => JSON.parse(name) !== "seq");
      const written = kept.map(([, name, , , value]) => `${name}:${value}`);
      assertEquals(membersOf(text), [...written, '"seq":7']);
      assert(text.endsWith(',"seq":7}'));

      const payload = members.find(([, name]) => name === '"payload"')?.[4];
      assertEquals(eventOf(line).payload, payload);
      assertEquals(eventOf(line).text, line);
    }),
    { numRuns: 500 },
  );
});

Deno.test("EventFrame.payload is the text as it came", () => {
  const payloads = [
    "12345678901234567890",
    "1.0",
    "-0",
    "1e400",
    '{"b":1,"a":2,"b":3}',
    '{ "a" : [ 1 , 2 ] }',
    '"\\u00e9\\/\\ud800"',
    '"\u2028\ufeff\u007f"',
    '{"__proto__":{"seq":1},"constructor":null}',
    "null",
    '""',
  ];
  for (const payload of payloads) {
    const line = `{"type":"event","event_type":"t","seq":3, "payload" : ${payload} ,"x":1}`;
    assertEquals(eventOf(line).payload, payload);
    assertEquals(
      stamped(line),
      `{"type":"event","event_type":"t", "payload" : ${payload} ,"x":1,"seq":7}`,
    );
  }
});

Deno.test("EventFrame.seq is a number that its sender gave, and not in the body", () => {
  const frame = eventOf('{"type":"event","event_type":"t","seq":3.0,"payload":1}');
  assertEquals(frame.seq, 3);
  assert(!frame.body.includes("seq"));
  assertEquals("seq" in eventOf('{"type":"event","event_type":"t","payload":1}'), false);
});
