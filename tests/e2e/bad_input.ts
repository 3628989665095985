/**
 * Every kind of wrong frame, as bytes. They are built by hand: nothing of the product is in them, so
 * that they would show if what it writes and what it reads were wrong together.
 *
 * @module
 */

/** What a wrong frame is, for those to whom that makes a difference. */
export type Kind =
  /** Not a frame, or of no known type. */
  | "unreadable"
  /** A known message that none but a hub sends, or that has its place elsewhere. */
  | "misplaced"
  | "hello"
  | "event"
  | "flush"
  | "bye"
  | "check"
  /** Longer than any frame may be. */
  | "oversized"
  /** Longer than an event may be, and no longer than another frame. */
  | "large event";

/** A wrong frame. */
export interface BadFrame {
  readonly what: string;
  readonly kind: Kind;
  /** With its line end. */
  readonly bytes: Uint8Array;
}

const encoder = new TextEncoder();

/** Bytes of text and of numbers, one behind the other. */
export function bytesOf(...parts: (string | number[])[]): Uint8Array {
  const pieces = parts.map((part) =>
    typeof part === "string" ? encoder.encode(part) : Uint8Array.from(part)
  );
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** A frame of exactly so many bytes, its line end included: what begins and ends it is given. */
export function sized(bytes: number, head: string, tail: string): string {
  return head + "x".repeat(bytes - head.length - tail.length) + tail;
}

const NOT_UTF8: [string, number[]][] = [
  ["a continuation byte alone", [0x80]],
  ["two bytes cut to one", [0xc3]],
  ["three bytes cut to two", [0xe2, 0x82]],
  ["four bytes cut to three", [0xf0, 0x9f, 0x98]],
  ["a NUL in two bytes", [0xc0, 0x80]],
  ["a slash in two bytes", [0xc0, 0xaf]],
  ["a slash in three bytes", [0xe0, 0x80, 0xaf]],
  ["a slash in four bytes", [0xf0, 0x80, 0x80, 0xaf]],
  ["half a surrogate pair", [0xed, 0xa0, 0xbd]],
  ["a surrogate pair", [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]],
  ["a character above U+10FFFF", [0xf4, 0x90, 0x80, 0x80]],
  ["the byte 0xFE", [0xfe]],
  ["the byte 0xFF", [0xff]],
  ["Latin-1", [0x66, 0xfc, 0x72]],
];

const EVENT = '{"type":"event","event_type":"bad.event"';
const NAME_TOO_LONG = "ü".repeat(512) + "x";

/** Frames as text, without their line ends. */
const TEXTS: [Kind, string, string][] = [
  ["unreadable", "text that is not JSON", "GET / HTTP/1.1"],
  ["unreadable", "half an object", `${EVENT},"payload":`],
  ["unreadable", "blanks", " \t "],
  ["unreadable", "two objects in a line", '{"type":"bye"}{"type":"bye"}'],
  ["unreadable", "a comma too many", '{"type":"bye",}'],
  ["unreadable", "single quotes", "{'type':'bye'}"],
  ["unreadable", "a comment", '{"type":"bye"}//'],
  ["unreadable", "a name without quotes", '{type:"bye"}'],
  ["unreadable", "NaN", `${EVENT},"payload":NaN}`],
  ["unreadable", "a number with a leading zero", `${EVENT},"payload":01}`],
  ["unreadable", "a string with a tab in it", `${EVENT},"payload":"\t"}`],
  ["unreadable", "a string with half an escape", `${EVENT},"payload":"\\u12"}`],
  ["unreadable", "a NUL in a string", `${EVENT},"payload":"\0"}`],
  ["unreadable", "a NUL between tokens", `${EVENT},\0"payload":1}`],
  ["unreadable", "a NUL behind a frame", '{"type":"bye"}\0'],
  ["unreadable", "a BOM before a frame", '\uFEFF{"type":"bye"}'],
  ["unreadable", "a no-break space before a frame", '\u00a0{"type":"bye"}'],
  ["unreadable", "a vertical tab between tokens", '{"type":\v"bye"}'],
  ["unreadable", "an array", '[{"type":"bye"}]'],
  ["unreadable", "a string", '"bye"'],
  ["unreadable", "a number", "1"],
  ["unreadable", "null", "null"],
  ["unreadable", "no type", '{"event_type":"bad.event","payload":1}'],
  ["unreadable", "a type that is a number", '{"type":1,"event_type":"bad.event","payload":1}'],
  ["unreadable", "a type that is null", '{"type":null}'],
  ["unreadable", "a type that is an object", '{"type":{"type":"bye"}}'],
  ["unreadable", "a type that nobody knows", '{"type":"publish","payload":1}'],
  ["unreadable", "a type with a blank", '{"type":"bye "}'],
  ["unreadable", "a type that every object has", '{"type":"toString"}'],
  ["unreadable", "513 open at once", `${EVENT},"payload":${"[".repeat(512)}${"]".repeat(512)}}`],
  ["unreadable", "200,000 brackets that close", "[".repeat(200_000) + "]".repeat(200_000)],
  ["unreadable", "200,000 brackets that do not", `${EVENT},"payload":${"[".repeat(200_000)}`],
  ["unreadable", "200,000 objects", `${EVENT},"payload":${'{"a":'.repeat(200_000)}`],

  ["misplaced", "a hello_ack", '{"type":"hello_ack","bus_version":"v1","first_for_key":true}'],
  ["misplaced", "a pre_shutdown_ack", '{"type":"pre_shutdown_ack","last_for_key":true}'],
  ["misplaced", "a source_status", '{"type":"source_status","source":"s","state":"connected"}'],
  [
    "misplaced",
    "a status_response",
    '{"type":"status_response","pid":1,"uptime_sec":1,' +
    '"active_conns":0,"consumers":[]}',
  ],
  ["misplaced", "a flush_ack", '{"type":"flush_ack","id":1,"events":0,"matched":0,"duplicates":0}'],
  ["misplaced", "a reload_ack", '{"type":"reload_ack","ok":true}'],
  ["misplaced", "an error", '{"type":"error","code":"limit","message":"m"}'],

  ["hello", "a hello without types", '{"type":"hello","event_key":"k"}'],
  ["hello", "a hello with no type", '{"type":"hello","event_key":"k","event_types":[]}'],
  ["hello", "a hello with an empty type", '{"type":"hello","event_key":"k","event_types":[""]}'],
  ["hello", "a hello without key", '{"type":"hello","event_types":["t"]}'],
  ["hello", "a hello with an empty key", '{"type":"hello","event_key":"","event_types":["t"]}'],
  [
    "hello",
    "a hello with a long key",
    `{"type":"hello","event_key":"${NAME_TOO_LONG}",` +
    '"event_types":["t"]}',
  ],
  [
    "hello",
    "a hello whose pid is a string",
    '{"type":"hello","event_key":"k","event_types":["t"],' +
    '"pid":"1"}',
  ],

  ["event", "an event without payload", `${EVENT}}`],
  ["event", "an event without event_type", '{"type":"event","payload":1}'],
  ["event", "an event_type that is a number", '{"type":"event","event_type":7,"payload":1}'],
  ["event", "an event_type that is empty", '{"type":"event","event_type":"","payload":1}'],
  [
    "event",
    "an event_type of 1,025 bytes",
    `{"type":"event","event_type":"${NAME_TOO_LONG}",` +
    '"payload":1}',
  ],
  ["event", "an event_id that is a number", `${EVENT},"event_id":7,"payload":1}`],
  ["event", "an event_id of 1,025 bytes", `${EVENT},"event_id":"${NAME_TOO_LONG}","payload":1}`],
  ["event", "a source_time that is a number", `${EVENT},"source_time":1,"payload":1}`],
  ["event", "a seq that is a string", `${EVENT},"seq":"1","payload":1}`],
  ["event", "a second event_type that is a number", `${EVENT},"payload":1,"event_type":7}`],

  ["flush", "a flush without id", '{"type":"flush"}'],
  ["flush", "a flush whose id is a string", '{"type":"flush","id":"1"}'],
  ["flush", "a flush whose id is a fraction", '{"type":"flush","id":1.5}'],
  ["flush", "a flush whose id is too big", '{"type":"flush","id":9007199254740993}'],

  ["bye", "a bye whose reason is a number", '{"type":"bye","reason":7}'],

  ["check", "a check whose key is a number", '{"type":"pre_shutdown_check","event_key":7}'],
  [
    "check",
    "a check whose key is too long",
    '{"type":"pre_shutdown_check","event_key":"' +
    `${NAME_TOO_LONG}"}`,
  ],
];

const MOST = 1_048_576;

/** All of them. */
export const BAD_FRAMES: readonly BadFrame[] = [
  ...NOT_UTF8.map(([what, wrong]): BadFrame => ({
    what: `${what} in a payload`,
    kind: "unreadable",
    bytes: bytesOf(`${EVENT},"payload":"`, wrong, '"}\n'),
  })),
  ...NOT_UTF8.map(([what, wrong]): BadFrame => ({
    what: `${what} at the line's end`,
    kind: "unreadable",
    bytes: bytesOf('{"type":"bye"}', wrong, "\n"),
  })),
  ...TEXTS.map(([kind, what, text]): BadFrame => ({ what, kind, bytes: bytesOf(text, "\n") })),
  {
    what: "a frame of 1,048,577 bytes",
    kind: "oversized",
    bytes: bytesOf(sized(MOST + 1, '{"type":"setup_done","pad":"', '"}\n')),
  },
  {
    what: "a frame of 1,048,577 bytes with CRLF",
    kind: "oversized",
    bytes: bytesOf(sized(MOST + 1, '{"type":"setup_done","pad":"', '"}\r\n')),
  },
  {
    what: "a line of 1,048,576 bytes and no end",
    kind: "oversized",
    bytes: bytesOf(sized(MOST, `${EVENT},"payload":"`, "")),
  },
  {
    what: "an event of 1,048,513 bytes",
    kind: "large event",
    bytes: bytesOf(sized(MOST - 63, `${EVENT},"payload":"`, '"}\n')),
  },
  {
    what: "an event of 1,048,513 bytes without its seq",
    kind: "large event",
    bytes: bytesOf(sized(MOST - 63 + 8, `${EVENT},"seq":1,"payload":"`, '"}\n')),
  },
];
