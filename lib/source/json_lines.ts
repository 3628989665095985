/**
 * JSON texts among lines: most stand in one, some in many.
 *
 * @module
 */

import { scanJson } from "../protocol/json.ts";
import { MAX_DEPTH, MAX_FRAME_BYTES } from "../protocol/limits.ts";
import type { JsonText } from "../protocol/messages.ts";

/**
 * Puts together what a program printed over several lines, as `kubectl get -o json` does. A line that
 * cannot be the beginning of such a text, or that turns out not to be, stands for itself, so that one
 * bad line costs none of the good ones behind it.
 */
export class JsonLines {
  /** The lines of a text that is not whole yet. */
  #open: string[] = [];
  #characters = 0;
  #depth = 0;
  /** Lines at which it is looked whether they can still become a text: each time twice as many. */
  #lookAt = 2;

  /** Takes lines, and returns the texts that they end. */
  take(lines: readonly string[]): (JsonText | string)[] {
    return lines.flatMap((line) => this.#takeOne(line));
  }

  /** Returns the lines that no text came of. */
  end(): string[] {
    const left = this.#open;
    this.#open = [];
    this.#characters = 0;
    this.#depth = 0;
    this.#lookAt = 2;
    return left;
  }

  #takeOne(line: string): (JsonText | string)[] {
    if (this.#open.length === 0 && !mayBegin(line)) return [line];
    this.#open.push(line);
    this.#characters += line.length + 1;
    const change = depthChange(line);
    this.#depth += change;
    if (Number.isNaN(change) || this.#characters > MAX_FRAME_BYTES) return this.end();
    const isWhole = this.#depth <= 0;
    if (!isWhole && this.#open.length < this.#lookAt) return [];
    if (!isWhole) this.#lookAt *= 2;
    const text = this.#open.join("\n");
    const fault = this.#open.length === 1 ? undefined : scanJson(text, MAX_DEPTH);
    if (!isWhole && fault && !fault.tooDeep && fault.at >= text.length) return [];
    if (fault) return this.#giveUp(text.slice(0, fault.at));
    this.end();
    return [text];
  }

  /**
   * The lines up to the one with the fault stand for themselves; a text may begin behind it. These are no
   * more than those, for it is looked so often, so no line is taken again and again.
   *
   * @param good what stands before the fault
   */
  #giveUp(good: string): (JsonText | string)[] {
    const lines = this.end();
    const behind = lines.splice(good.split("\n").length);
    return [...lines, ...behind.flatMap((line) => this.#takeOne(line))];
  }
}

/** Whether a line opens what it does not close, as far as its ends tell: to look closer costs time. */
function mayBegin(line: string): boolean {
  return /^\s*[[{]/.test(line) && !/[\]}]\s*$/.test(line);
}

/**
 * How many more arrays and objects a line opens than it closes; `NaN` where a string does not end. One
 * pass: a regular expression would look for the end of such a string from each of its quotes.
 */
function depthChange(line: string): number {
  let depth = 0;
  let isInString = false;
  for (let at = 0; at < line.length; at++) {
    const character = line[at];
    if (isInString) {
      if (character === "\\") at++;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === "{" || character === "[") depth++;
    else if (character === "}" || character === "]") depth--;
  }
  return isInString ? NaN : depth;
}
