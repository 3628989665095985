import { assertEquals, assertInstanceOf } from "@std/assert";
import { decode } from "../../lib/protocol/codec.ts";
import { BadFrameError } from "../../lib/protocol/errors.ts";
import { FIELD_RULES, isName } from "../../lib/protocol/fields.ts";

/** What a field may hold, with JSON texts that are so and texts that are not. */
interface Kind {
  readonly must: string;
  readonly good: readonly (readonly [text: string, value: unknown])[];
  readonly bad: readonly string[];
}

const KILOBYTE = "a".repeat(1024);
/** 1,024 bytes in 342 characters. */
const WIDE_KILOBYTE = `${"€".repeat(341)}a`;
/** 1,024 bytes in 512 UTF-16 code units. */
const ASTRAL_KILOBYTE = "😀".repeat(256);

const NO_STRINGS = ["1", "1.5", "true", "false", "[]", '["a"]', "{}", '{"a":"b"}'];

const TEXT: Kind = {
  must: "a string",
  good: [['"a"', "a"], ['"\\u0041\\n😀"', "A\n😀"], [`"${"a".repeat(5000)}"`, "a".repeat(5000)]],
  bad: NO_STRINGS,
};

const NAME: Kind = {
  must: "a string of 1 to 1024 bytes",
  good: [
    ['"a"', "a"],
    ['" "', " "],
    ['"__proto__"', "__proto__"],
    [`"${KILOBYTE}"`, KILOBYTE],
    [`"${WIDE_KILOBYTE}"`, WIDE_KILOBYTE],
    [`"${ASTRAL_KILOBYTE}"`, ASTRAL_KILOBYTE],
    // It is the decoded name that counts, not how long it is on the wire.
    [`"${"\\u0061".repeat(1024)}"`, KILOBYTE],
    [`"${"\\u20ac".repeat(341)}a"`, WIDE_KILOBYTE],
  ],
  bad: [
    ...NO_STRINGS,
    `"${KILOBYTE}a"`,
    `"${WIDE_KILOBYTE}a"`,
    `"${ASTRAL_KILOBYTE}a"`,
    `"${"é".repeat(513)}"`,
    `"${"\\u20ac".repeat(342)}"`,
  ],
};

const INTEGER: Kind = {
  must: "a whole number",
  good: [
    ["0", 0],
    ["1", 1],
    ["1.0", 1],
    ["-7", -7],
    ["1e3", 1000],
    ["9007199254740991", 2 ** 53 - 1],
    ["-9007199254740991", 1 - 2 ** 53],
  ],
  bad: [
    "1.5",
    "9007199254740992",
    "-9007199254740992",
    "1e400",
    '"1"',
    "true",
    "[]",
    "[1]",
    "{}",
  ],
};

const BOOLEAN: Kind = {
  must: "true or false",
  good: [["true", true], ["false", false]],
  bad: ["0", "1", '"true"', "[]", "{}"],
};

const NAMES: Kind = {
  must: "an array, not empty, of strings of 1 to 1024 bytes",
  good: [
    ['["a"]', ["a"]],
    ['["a","a",">"]', ["a", "a", ">"]],
    [`["${WIDE_KILOBYTE}"]`, [WIDE_KILOBYTE]],
  ],
  bad: [
    "[]",
    '[""]',
    "[null]",
    '["a",1]',
    '["a",""]',
    '["a",null]',
    '[["a"]]',
    `["a","${WIDE_KILOBYTE}a"]`,
    '"a"',
    '{"0":"a","length":1}',
    "1",
    "true",
  ],
};

const TEXTS: Kind = {
  must: "an array of strings",
  good: [["[]", []], ['["","a"]', ["", "a"]]],
  bad: ["[1]", '["a",null]', '"a"', "{}", "1", "true"],
};

const STATE: Kind = {
  must: "one of connecting, connected, disconnected, reconnecting",
  good: ["connecting", "connected", "disconnected", "reconnecting"].map((
    state,
  ) => [`"${state}"`, state]),
  bad: ['"Connected"', '"up"', '"constructor"', "1", "true", "[]", '["connected"]'],
};

const CONSUMERS: Kind = {
  must: "an array of objects with pid, event_key, received, dropped",
  good: [
    ["[]", []],
    [
      '[{"pid":1.0,"event_key":"","received":2,"dropped":0,"app_id":7}]',
      [{ pid: 1, event_key: "", received: 2, dropped: 0, app_id: 7 }],
    ],
  ],
  bad: [
    "{}",
    "[1]",
    "[null]",
    "[[]]",
    "[{}]",
    '[{"pid":1.5,"event_key":"k","received":2,"dropped":0}]',
    '[{"pid":1,"event_key":7,"received":2,"dropped":0}]',
    '[{"pid":1,"event_key":"k","dropped":0}]',
    '[{"pid":1,"event_key":"k","received":2,"dropped":null}]',
    '[{"__proto__":{"pid":1,"event_key":"k","received":2,"dropped":0}}]',
  ],
};

const CLOSED: Kind = {
  must: "an array of objects with pid, event_key, received, dropped, closed_at, reason",
  good: [
    ["[]", []],
    [
      '[{"pid":1,"event_key":"k","received":2,"dropped":0,"closed_at":3,"reason":"eof"}]',
      [{ pid: 1, event_key: "k", received: 2, dropped: 0, closed_at: 3, reason: "eof" }],
    ],
  ],
  bad: [
    "{}",
    '[{"pid":1,"event_key":"k","received":2,"dropped":0,"reason":"eof"}]',
    '[{"pid":1,"event_key":"k","received":2,"dropped":0,"closed_at":3}]',
  ],
};

const SOURCES: Kind = {
  must: "an array of objects with source, state",
  good: [
    ["[]", []],
    ['[{"source":"s","state":"connected"}]', [{ source: "s", state: "connected" }]],
  ],
  bad: ["{}", '[{"source":"s"}]', '[{"state":"connected"}]', '[{"source":"s","state":"up"}]'],
};

const TYPES: Kind = {
  must: "an array of objects with event_type, published, last_at, consumers",
  good: [
    ["[]", []],
    [
      '[{"event_type":"a","published":1,"last_at":2,"consumers":0}]',
      [{ event_type: "a", published: 1, last_at: 2, consumers: 0 }],
    ],
  ],
  bad: [
    "{}",
    '[{"published":1,"last_at":2,"consumers":0}]',
    '[{"event_type":"a","last_at":2,"consumers":0}]',
    '[{"event_type":"a","published":1,"consumers":0}]',
    '[{"event_type":"a","published":1,"last_at":2,"consumers":[]}]',
  ],
};

/** Every field of the contract, written from it and not from the code. */
const CONTRACT: Record<
  string,
  { required?: Record<string, Kind>; optional?: Record<string, Kind> }
> = {
  hello: {
    required: { event_key: NAME, event_types: NAMES },
    optional: { pid: INTEGER, version: TEXT, subscription_id: NAME, sets_up: BOOLEAN },
  },
  hello_ack: {
    required: { bus_version: TEXT, first_for_key: BOOLEAN },
    optional: {
      rejected: BOOLEAN,
      reject_reason: TEXT,
      reject_code: TEXT,
      capabilities: TEXTS,
      hub_id: TEXT,
      hub_version: TEXT,
      sources: SOURCES,
      config: TEXT,
    },
  },
  bye: { optional: { reason: TEXT } },
  pre_shutdown_check: { optional: { event_key: NAME, subscription_id: NAME } },
  pre_shutdown_ack: { required: { last_for_key: BOOLEAN } },
  status_query: {},
  status_response: {
    required: { pid: INTEGER, uptime_sec: INTEGER, active_conns: INTEGER, consumers: CONSUMERS },
    optional: {
      hub_id: TEXT,
      hub_version: TEXT,
      capabilities: TEXTS,
      socket: TEXT,
      sources: SOURCES,
      types: TYPES,
      config: TEXT,
      published: INTEGER,
      unmatched: INTEGER,
      duplicates: INTEGER,
      refused: INTEGER,
      closing: INTEGER,
      closed: CLOSED,
      buffered_bytes: INTEGER,
      buffered_limit: INTEGER,
      warnings: TEXTS,
      truncated: BOOLEAN,
    },
  },
  shutdown: {},
  source_status: { required: { source: TEXT, state: STATE }, optional: { detail: TEXT } },
  flush: { required: { id: INTEGER } },
  flush_ack: { required: { id: INTEGER, events: INTEGER, matched: INTEGER, duplicates: INTEGER } },
  setup_done: {},
  reload: {},
  reload_ack: { required: { ok: BOOLEAN }, optional: { message: TEXT } },
  error: { required: { code: TEXT, message: TEXT } },
  event: { optional: { event_id: NAME, source_time: TEXT, seq: INTEGER } },
};

/** A line of a type with its required fields, one of them or another one as given, or left out. */
function lineWith(type: string, name: string, text: string | undefined): string {
  const fields = new Map([["type", JSON.stringify(type)]]);
  for (const [field, { good: [first] }] of Object.entries(CONTRACT[type]?.required ?? {})) {
    if (first) fields.set(field, first[0]);
  }
  if (type === "event") fields.set("event_type", '"t"').set("payload", "1");
  if (text === undefined) fields.delete(name);
  else fields.set(name, text);
  return `{${Array.from(fields, ([field, value]) => `"${field}":${value}`).join(",")}}`;
}

/** The value of a field once its line is decoded; `undefined` where it is absent. */
function decoded(line: string, name: string): unknown {
  const message = decode(line);
  if (message instanceof BadFrameError) {
    throw new Error(`${message.message}: ${line.slice(0, 200)}`);
  }
  return Object.hasOwn(message, name) ? Reflect.get(message, name) : undefined;
}

function assertRefused(line: string, message: string): void {
  const error = decode(line);
  assertInstanceOf(error, BadFrameError, line.slice(0, 200));
  assertEquals(error.message, message, line.slice(0, 200));
}

for (const [type, { required = {}, optional = {} }] of Object.entries(CONTRACT)) {
  Deno.test(`decode() holds each field of ${type} against its rule`, () => {
    for (const [name, { must, good, bad }] of Object.entries({ ...required, ...optional })) {
      for (const [text, value] of good) {
        assertEquals(decoded(lineWith(type, name, text), name), value);
      }
      for (const text of bad) {
        assertRefused(lineWith(type, name, text), `${type}: ${name} must be ${must}`);
      }
    }
    for (const [name, { must, good }] of Object.entries(required)) {
      assertRefused(lineWith(type, name, undefined), `${type}: no ${name}`);
      assertRefused(lineWith(type, name, "null"), `${type}: ${name} must be ${must}`);
      const empty = lineWith(type, name, '""');
      // Only where any string will do is an empty one a value.
      if (good === TEXT.good) assertEquals(decoded(empty, name), "");
      else assertRefused(empty, `${type}: ${name} must be ${must}`);
    }
    for (const name of Object.keys(optional)) {
      for (const absent of [undefined, "null", '""']) {
        assertEquals(decoded(lineWith(type, name, absent), name), undefined);
      }
    }
  });
}

Deno.test("decode() holds an event's type against its rule, and takes any payload", () => {
  for (const [text, value] of NAME.good) {
    assertEquals(decoded(lineWith("event", "event_type", text), "event_type"), value);
  }
  for (const text of [...NAME.bad, undefined, "null", '""']) {
    assertRefused(
      lineWith("event", "event_type", text),
      "event: event_type must be a string of 1 to 1024 bytes",
    );
  }
  assertRefused(lineWith("event", "payload", undefined), "event: no payload");
  for (const payload of ["null", '""', "0", "1e400", "[]", "{}", "false", '"é"']) {
    const frame = decode(lineWith("event", "payload", payload));
    assertEquals(Reflect.get(frame, "payload"), payload);
  }
});

Deno.test("FIELD_RULES has the fields of the contract and no others", () => {
  const { event: _, ...contract } = CONTRACT;
  const fieldsOf = (rules: Record<string, object>) =>
    Object.fromEntries(
      Object.entries(rules).map(([type, fields]) => [type, Object.keys(fields).sort()]),
    );
  const expected = Object.fromEntries(
    Object.entries(contract).map((
      [type, { required, optional }],
    ) => [type, { ...required, ...optional }]),
  );
  assertEquals(fieldsOf(FIELD_RULES), fieldsOf(expected));
});

Deno.test("isName() counts bytes of UTF-8", () => {
  for (const name of ["a", KILOBYTE, WIDE_KILOBYTE, ASTRAL_KILOBYTE, "é".repeat(512)]) {
    assertEquals(isName(name), true);
  }
  for (
    const name of [
      `${KILOBYTE}a`,
      `${WIDE_KILOBYTE}a`,
      `${ASTRAL_KILOBYTE}a`,
      "",
      null,
      undefined,
      1,
      ["a"],
    ]
  ) {
    assertEquals(isName(name), false);
  }
});
