/**
 * What `bus publish` is asked to do, from its flags and arguments alone.
 *
 * @module
 */

import { BusError } from "../protocol/errors.ts";
import { isName, NAME } from "../protocol/fields.ts";
import { scanJson } from "../protocol/json.ts";
import { MAX_DEPTH } from "../protocol/limits.ts";
import type { JsonText } from "../protocol/messages.ts";
import type { Values } from "./command.ts";
import type { PUBLISH_ARGUMENTS, PUBLISH_FLAGS } from "./command_lines.ts";

/** The fields of every event that is published. */
export interface EventFields {
  readonly type: string;
  readonly id?: string | undefined;
  readonly time?: string | undefined;
}

/** What is published: one event, one whose payload stdin has, or one for each line of stdin. */
export type PublishPlan =
  | { readonly kind: "one"; readonly fields: EventFields; readonly payload: JsonText }
  | { readonly kind: "stdin"; readonly fields: EventFields }
  | { readonly kind: "payload lines"; readonly fields: EventFields }
  | { readonly kind: "event lines" };

/** Stands for stdin. */
const STDIN = "-";

/**
 * Makes a plan.
 *
 * @throws {BusError} `usage`: flags or arguments that contradict each other, or one that is missing;
 * `bad_input`: a payload that is none
 */
export function publishPlan(
  flags: Values<typeof PUBLISH_FLAGS>,
  words: Values<typeof PUBLISH_ARGUMENTS>,
): PublishPlan {
  const { text, ndjson, events, id, time } = flags;
  if (ndjson && events) throw contradiction("--ndjson and --events");
  const many = events ? "--events" : ndjson ? "--ndjson" : undefined;
  if (many && text !== undefined) throw contradiction(`--text and ${many}`);
  if (many && id !== undefined) {
    throw usage(`--id is for one event, ${many} for many`, "give ids with --events, in the lines");
  }
  if (events) {
    if (time !== undefined) {
      throw usage("--time and --events do not go together", "give source_time in the lines");
    }
    checkEventWords(words);
    return { kind: "event lines" };
  }
  const fields = { type: checkedType(words.type), id, time };
  const { payload } = words;
  if (ndjson) {
    if (payload !== undefined && payload !== STDIN) throw contradiction("a payload and --ndjson");
    return { kind: "payload lines", fields };
  }
  if (text !== undefined) {
    if (payload !== undefined) throw contradiction("a payload and --text");
    return { kind: "one", fields, payload: JSON.stringify(text) };
  }
  if (payload === undefined || payload === STDIN) return { kind: "stdin", fields };
  checkPayload(
    payload,
    "the payload",
    "quote it for the shell; a text that is no JSON: --text TEXT",
  );
  return { kind: "one", fields, payload };
}

/**
 * Checks a text that is to be a payload, and says where it goes wrong.
 *
 * @param what the text, for people
 * @throws {BusError} `bad_input`
 */
export function checkPayload(text: string, what: string, hint?: string): void {
  // One place is taken by the event around it.
  const fault = scanJson(text, MAX_DEPTH - 1);
  if (!fault) return;
  const where = place(text, fault.at);
  const problem = fault.tooDeep
    ? `has more than ${MAX_DEPTH - 1} arrays and objects open at once`
    : "is not JSON";
  const end = !fault.tooDeep && fault.at >= text.trimEnd().length;
  const reason = end
    ? `${what} is not JSON: it ends too early`
    : `${what} ${problem} from ${where} on`;
  throw new BusError("bad_input", reason, fault.tooDeep ? undefined : hint);
}

/** Whether a text is not one JSON text but one a line. */
export function isOneALine(text: string): boolean {
  const lines = text.split(/\r?\n/, 3).filter((line) => line.trim() !== "");
  return lines.length > 1 && lines.every((line) => scanJson(line, MAX_DEPTH) === undefined);
}

function place(text: string, at: number): string {
  const before = text.slice(0, at);
  const line = before.split("\n").length;
  const character = at - before.lastIndexOf("\n");
  return text.includes("\n") ? `line ${line}, character ${character}` : `character ${character}`;
}

/** `--events -`: the one word that may stand there is that for stdin. */
function checkEventWords({ type, payload }: Values<typeof PUBLISH_ARGUMENTS>): void {
  if (type !== undefined && type !== STDIN) {
    throw usage("--events takes no TYPE: the events have their own", "for one type: TYPE --ndjson");
  }
  if (payload !== undefined) throw contradiction("a payload and --events");
}

function checkedType(type: string | undefined): string {
  if (type === undefined || type === STDIN) {
    throw usage("TYPE is missing", "usage: bus publish TYPE [JSON|-]");
  }
  if (!isName(type)) throw usage(`TYPE must be ${NAME.description}`);
  return type;
}

function contradiction(what: string): BusError {
  return usage(`${what} do not go together`, "leave one of them out");
}

function usage(message: string, hint?: string): BusError {
  return new BusError("usage", message, hint);
}
