/**
 * Text from outside, made fit for a terminal or a log: it must not move the cursor, break a line,
 * or turn the direction of what stands around it.
 *
 * @module
 */

/** C0, DEL, C1, the marks that turn direction, line and paragraph separator, lone surrogates. */
const UNPRINTABLE =
  // deno-lint-ignore no-control-regex
  /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|\p{Surrogate}/gu;

/** What may stand in a JSON text and yet disturb a terminal: as above, without most of C0. */
const UNPRINTABLE_IN_JSON = /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

const SHORT_ESCAPES = new Map([["\n", "\\n"], ["\r", "\\r"], ["\t", "\\t"]]);

/**
 * Makes a text printable in one line: what a terminal would act on stands as `\n`, `\r`, `\t`,
 * `\xNN` or `\uXXXX`.
 *
 * @param text any text
 * @param maxLength characters that the result may have; a longer one is cut and ends in `…`
 */
export function printable(text: string, maxLength: number = Infinity): string {
  // A character is at most two code units, so what lies behind cannot come into the result.
  const start = text.length / 2 > maxLength ? text.slice(0, maxLength * 2 + 2) : text;
  const result = start.replaceAll(UNPRINTABLE, escape);
  if (result.length <= maxLength) return result;
  return cut(start, result, maxLength);
}

/**
 * The same JSON value for a terminal: DEL, C1, line separators and the marks that turn direction
 * stand as `\uXXXX`, line ends between tokens as spaces.
 *
 * @param json a JSON text; there such characters stand in strings only
 */
export function printableJson(json: string): string {
  return json.replaceAll(/[\r\n]/g, " ").replaceAll(UNPRINTABLE_IN_JSON, fourDigits);
}

/** Cuts between characters and never inside an escape. */
function cut(text: string, result: string, maxLength: number): string {
  if (Array.from(result).length <= maxLength) return result;
  let kept = "";
  let room = maxLength - 1;
  for (const character of text) {
    const piece = character.replaceAll(UNPRINTABLE, escape);
    room -= piece.length === character.length ? 1 : piece.length;
    if (room < 0) break;
    kept += piece;
  }
  return maxLength < 1 ? "" : `${kept}…`;
}

function escape(character: string): string {
  const short = SHORT_ESCAPES.get(character);
  if (short !== undefined) return short;
  const code = character.charCodeAt(0);
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, "0")}` : fourDigits(character);
}

function fourDigits(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
