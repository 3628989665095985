/**
 * What each line is that a peer sends.
 *
 * @module
 */

import { DEEPEST, isOfKind, LONGEST_FRAME, MESSAGES } from "./contract.ts";
import { depthOf } from "./members.ts";

/** A line that is a frame of a known type. */
export interface FrameLine {
  readonly is: "frame";
  readonly type: string;
  /** Whether each field is there that has to be, and of its kind. */
  readonly isRight: boolean;
  readonly value: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** Its bytes, line end included. */
  readonly size: number;
}

/** A line, or what stands in its place. */
export type Line =
  | FrameLine
  /** Skipped and not counted. */
  | { readonly is: "empty" }
  /** Not a frame, or of no known type. */
  | { readonly is: "unreadable" }
  /** Longer than a frame may be, ended or not. */
  | { readonly is: "oversized" };

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const UNREADABLE: Line = { is: "unreadable" };
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The lines of all that a peer sends. A last one without its end is none, unless it is too long. */
export function* linesOf(bytes: Uint8Array): Generator<Line, void, void> {
  for (let start = 0; start < bytes.length;) {
    const feed = bytes.indexOf(LINE_FEED, start);
    const end = feed === -1 ? bytes.length : feed + 1;
    const size = end - start;
    if (size > LONGEST_FRAME || (feed === -1 && size === LONGEST_FRAME)) {
      return yield { is: "oversized" };
    }
    if (feed === -1) return;
    const isCrLf = feed > start && bytes[feed - 1] === CARRIAGE_RETURN;
    yield readLine(bytes.subarray(start, isCrLf ? feed - 1 : feed), size);
    start = end;
  }
}

function readLine(bytes: Uint8Array, size: number): Line {
  if (bytes.length === 0) return { is: "empty" };
  let text: string;
  let value: unknown;
  try {
    text = decoder.decode(bytes);
    // First, for to parse a megabyte of brackets takes long.
    if (text.length > DEEPEST && depthOf(text) > DEEPEST) return UNREADABLE;
    value = JSON.parse(text);
  } catch {
    return UNREADABLE;
  }
  if (!isObject(value)) return UNREADABLE;
  const type = Object.hasOwn(value, "type") ? value.type : undefined;
  if (typeof type !== "string" || !MESSAGES.has(type)) return UNREADABLE;
  return { is: "frame", type, isRight: hasRightFields(type, value), value, text, size };
}

function hasRightFields(type: string, value: Record<string, unknown>): boolean {
  for (const [name, { kind, needed }] of MESSAGES.get(type) ?? []) {
    const field = fieldOf(value, name);
    if (needed ? field === undefined : isAbsent(field)) {
      if (needed) return false;
    } else if (!isOfKind(kind, field)) {
      return false;
    }
  }
  return true;
}

/** A field's value; nothing where there is none. */
export function fieldOf(value: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

/** Whether an optional field is as good as not there. */
export function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
