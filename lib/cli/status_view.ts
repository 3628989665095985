/**
 * A hub's state as text: a pure function of the facts.
 *
 * @module
 */

import width from "string-width";
import { printable } from "../platform/printable.ts";
import type { ConsumerInfo, StatusResponse } from "../protocol/messages.ts";
import { blocks } from "./blocks.ts";
import { bytes, duration } from "./amounts.ts";
import { counted } from "../platform/counted.ts";
import type { Paint } from "./paint.ts";
import { type Column, table } from "./table.ts";

/** How to show it. */
export interface StatusViewOptions {
  readonly paint: Paint;
  /** Columns that a line may have; none where lines may be of any length. */
  readonly columns: number | undefined;
  /** Where the hub was asked, for one that does not say. */
  readonly socket: string;
  /** Unix time in milliseconds. */
  readonly now: number;
}

/** Columns of the longest key, and of the longest list of types where no terminal cuts it. */
const LONGEST_KEY = 40;
const LONGEST_TYPES = 80;

/** Columns that a list of types keeps on a narrow terminal. */
const SHORTEST_TYPES = 8;

/** Characters of other texts from outside. */
const LONGEST_TEXT = 100;

/** Characters of a hub's warning, which is a sentence with a path in it. */
const LONGEST_WARNING = 400;

/** Consumers that the hub has cut off are named, the last of them. */
const SHOWN_CUT_OFF = 5;

/** The reasons of consumers that went by themselves. */
const WENT = ["bye", "eof"];

const COLUMNS: readonly Column[] = [
  { title: "PID", align: "right" },
  { title: "KEY", align: "left" },
  { title: "TYPES", align: "left" },
  { title: "RECEIVED", align: "right" },
  { title: "DROPPED", align: "right" },
  { title: "QUEUED", align: "right" },
];

/** The whole text, line ends included. */
export function statusView(facts: StatusResponse, options: StatusViewOptions): string {
  return blocks([
    hubLines(facts, options),
    warningLines(facts, options),
    consumerLines(facts.consumers, options),
    sourceLines(facts),
    cutOffLines(facts, options.now),
    noteLines(facts),
  ]);
}

function hubLines(facts: StatusResponse, { paint, socket }: StatusViewOptions): string[] {
  const { published, unmatched = 0, duplicates = 0, refused = 0 } = facts;
  const { buffered_bytes: buffered, buffered_limit: limit } = facts;
  const version = facts.hub_version === undefined ? "" : `, version ${text(facts.hub_version)}`;
  const rows: [string, string | undefined][] = [
    ["hub", `pid ${facts.pid}, up ${duration(facts.uptime_sec * 1000)}${version}`],
    ["socket", text(facts.socket ?? socket)],
    [
      "events",
      published === undefined
        ? undefined
        : `${published} published, ${unmatched} of them to nobody, ` +
          `${counted(duplicates, "duplicate")}, ${refused} refused`,
    ],
    [
      "buffers",
      buffered === undefined || limit === undefined
        ? undefined
        : `${bytes(buffered)} of ${bytes(limit)}`,
    ],
    ["consumers", String(facts.active_conns)],
  ];
  return rows.flatMap(([name, value]) =>
    value === undefined ? [] : [`${paint.bold(name.padEnd(9))}  ${value}`]
  );
}

function warningLines({ warnings = [] }: StatusResponse, { paint }: StatusViewOptions): string[] {
  return warnings.map((warning) => `${paint.yellow("warning:")} ${text(warning, LONGEST_WARNING)}`);
}

function consumerLines(consumers: readonly ConsumerInfo[], options: StatusViewOptions): string[] {
  if (consumers.length === 0) return [];
  const { columns = Infinity } = options;
  const lines = consumerTable(consumers, LONGEST_TYPES, options);
  const surplus = Math.max(...lines.map((line) => width(line))) - columns;
  if (surplus <= 0) return lines;
  const widest = Math.max(...consumers.map((consumer) => width(types(consumer, LONGEST_TYPES))));
  return consumerTable(consumers, Math.max(SHORTEST_TYPES, widest - surplus), options);
}

function consumerTable(
  consumers: readonly ConsumerInfo[],
  typesWidth: number,
  { paint }: StatusViewOptions,
): string[] {
  const [head = "", ...rows] = table(
    COLUMNS,
    consumers.map((consumer) => [
      String(consumer.pid),
      cut(consumer.event_key, LONGEST_KEY),
      types(consumer, typesWidth),
      String(consumer.received),
      consumer.dropped > 0 ? paint.yellow(String(consumer.dropped)) : "0",
      consumer.queued === undefined ? "-" : String(consumer.queued),
    ]),
  );
  return [paint.dim(head), ...rows];
}

function sourceLines({ sources = [] }: StatusResponse): string[] {
  if (sources.length === 0) return [];
  const lines = sources.map(({ source, state, detail }) =>
    `  ${text(source)}: ${state}${detail === undefined ? "" : ` (${text(detail)})`}`
  );
  return ["sources:", ...lines];
}

function cutOffLines({ closed = [] }: StatusResponse, now: number): string[] {
  const cutOff = closed.filter(({ reason }) => !WENT.includes(reason));
  if (cutOff.length === 0) return [];
  const lines = cutOff.slice(-SHOWN_CUT_OFF).map((consumer) => {
    const ago = duration(Math.max(0, now - consumer.closed_at));
    return `  pid ${consumer.pid}, key ${cut(consumer.event_key, LONGEST_KEY)}: ` +
      `${text(consumer.reason)}, ${consumer.dropped} dropped, ${ago} ago`;
  });
  const more = cutOff.length - lines.length;
  const earlier = more > 0 ? ` (and ${more} before)` : "";
  return [`consumers cut off lately${earlier}:`, ...lines];
}

function noteLines({ closing = 0, truncated, active_conns, consumers }: StatusResponse): string[] {
  const lines: string[] = [];
  if (closing > 0) {
    lines.push(`${counted(closing, "connection")} cut off, still held by the system`);
  }
  if (truncated && consumers.length < active_conns) {
    lines.push(
      `the hub names ${consumers.length} of its ${active_conns} consumers, for want of room`,
    );
  } else if (truncated) {
    lines.push("the hub left out details, for want of room");
  }
  return lines;
}

function types({ event_types: types }: ConsumerInfo, columns: number): string {
  return types === undefined ? "-" : cut(types.join(","), columns);
}

function text(outside: string, longest = LONGEST_TEXT): string {
  return printable(outside, longest);
}

/** Cuts a text from outside to so many columns of a terminal. */
function cut(outside: string, columns: number): string {
  const whole = printable(outside, columns);
  if (width(whole) <= columns) return whole;
  let kept = "";
  let room = columns - 1;
  for (const character of whole) {
    room -= width(character);
    if (room < 0) break;
    kept += character;
  }
  return `${kept}…`;
}
