/**
 * The fields of a frame as they stand in it, to the letter.
 *
 * @module
 */

/** One field: its name as it is meant, and name and value as they are written. */
export interface Member {
  readonly name: string;
  readonly written: string;
  readonly value: string;
}

const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPENS = [0x5b, 0x7b];
const CLOSES = [0x5d, 0x7d];

/**
 * The fields of an object in the order in which they stand there, those whose name stands twice
 * included.
 *
 * @param text JSON, and an object
 */
export function membersOf(text: string): Member[] {
  const members: Member[] = [];
  let at = afterBlanks(text, text.indexOf("{") + 1);
  while (text.charCodeAt(at) === QUOTE) {
    const nameEnd = afterString(text, at);
    const written = text.slice(at, nameEnd);
    const start = afterBlanks(text, afterBlanks(text, nameEnd) + 1);
    const end = afterValue(text, start);
    const name = written.includes("\\") ? JSON.parse(written) as string : written.slice(1, -1);
    members.push({ name, written, value: text.slice(start, end) });
    at = afterBlanks(text, end);
    if (text.charCodeAt(at) === COMMA) at = afterBlanks(text, at + 1);
  }
  return members;
}

/**
 * What must be the same of an event before and after its way: every field but `seq`, as it is
 * written, in order. The blanks between fields are none of it.
 */
export function essence(members: readonly Member[]): string {
  return members.filter(({ name }) => name !== "seq")
    .map(({ written, value }) => `${written}:${value}`).join();
}

/** The most arrays and objects that are open at once; of a text that is no JSON it means nothing. */
export function depthOf(text: string): number {
  let deepest = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = afterString(text, at) - 1;
    else if (OPENS.includes(code)) deepest = Math.max(deepest, ++depth);
    else if (CLOSES.includes(code)) depth--;
  }
  return deepest;
}

function afterBlanks(text: string, at: number): number {
  for (;; at++) {
    const code = text.charCodeAt(at);
    if (code !== SPACE && code !== TAB && code !== CARRIAGE_RETURN && code !== LINE_FEED) return at;
  }
}

function afterString(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === BACKSLASH) i++;
    else if (code === QUOTE) return i + 1;
  }
  return text.length;
}

function afterValue(text: string, at: number): number {
  let depth = 0;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = afterString(text, at) - 1;
    else if (OPENS.includes(code)) depth++;
    else if (CLOSES.includes(code)) {
      // The one that is open is the frame's own: a number or a word ends here.
      if (depth === 0) return at;
      depth--;
    } else if (depth > 0 || !endsWord(code)) continue;
    else return at;
    if (depth === 0) return at + 1;
  }
  return at;
}

/** Whether a number, or a word, ends before it. */
function endsWord(code: number): boolean {
  return code === COMMA || code <= SPACE;
}
