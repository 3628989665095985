/**
 * What a source is: something besides publishers that events come from.
 *
 * @module
 */

import type { JsonText, SourceState } from "../protocol/messages.ts";

/** What a source has found, before the settings that all sources have make an event of it. */
export interface Finding {
  /** One JSON text: it is passed on as it is. */
  readonly payload: JsonText;
  /** The event's type where the settings give none; else the source's name. */
  readonly type?: string | undefined;
  /** The event's id where the settings give none. */
  readonly id?: string | undefined;
  /** When it happened, in unix milliseconds; else now. */
  readonly time?: number | string | undefined;
  /** What templates may ask for beside the payload: `{header:x-event}` asks `header` for `x-event`. */
  readonly values?: Values;
}

/** A whole event, given as the text of its frame: it is passed on as it is, with its own type. */
export interface WholeEvent {
  /** One JSON text. */
  readonly frame: string;
}

/** Values by their scope and name; the name is empty where the template gives none. */
export type Values = Readonly<Record<string, (name: string) => string | undefined>>;

/**
 * What became of a finding. `routed`, `unmatched` and `duplicate` are the hub's words; `filtered`: it
 * did not pass `only`; `limited`: there were too many; `too_large`: over the source's own limit;
 * `refused`: it cannot be an event; `unjudged`: the source ended before it was known whether it passes
 * `only`, so it should come again.
 */
export type Outcome =
  | "routed"
  | "unmatched"
  | "duplicate"
  | "filtered"
  | "limited"
  | "too_large"
  | "refused"
  | "unjudged";

/** Findings in the order in which they are to arrive. */
export interface Findings {
  readonly findings: readonly (Finding | WholeEvent)[];
}

/** How it is with the source's upstream now. */
export interface Change {
  readonly state: SourceState;
  /** More about that, for people, in a few words; without secrets. */
  readonly detail?: string;
}

/** What a source says: what it has found, or how it is. */
export type News = Findings | Change;

/**
 * What a source's run is: it says its news one after the other, and gets back, for findings, what
 * became of each. What comes back says that they are routed: a source that owes somebody an answer
 * gives it then, and one that is asked for nothing more waits.
 *
 * It ends by itself when the signal fires, and has let go of all that it had (processes, sockets,
 * files) when it has ended. What it throws is why it failed, in a sentence; it is run again.
 */
export type Run = AsyncGenerator<News, void, readonly Outcome[] | undefined>;

/** A source, ready to be run; each run begins anew, but for what it remembers to go on where it was. */
export interface Source {
  run(signal: AbortSignal): Run;
}

/** What a source may use of the hub around it. */
export interface SourceContext {
  /** The source's name. */
  readonly name: string;
  /**
   * Says a line in the hub's log, with the source's name.
   *
   * @param most lines a second of the same cause; 1 if absent. Of more the newest is said, and how many
   */
  log(cause: string, text: string, most?: number): void;
  /**
   * Hands out a secret's value. One from a variable or a file is from then on struck out of whatever is
   * said of this source, unless it is shorter than four characters.
   */
  secret(secret: Secret): string;
  /**
   * The events of the hub, as a consumer with these types gets them.
   *
   * @param signal ends that
   */
  consume(types: readonly string[], signal: AbortSignal): AsyncIterable<HubEvent>;
}

/** A text, or where a secret one stands: in a variable of the hub's environment, or in a file. */
export type Secret = string | { readonly env: string } | { readonly file: string };

/** An event as the hub gives it to a source that passes it on. */
export interface HubEvent {
  readonly type: string;
  readonly id: string | undefined;
  readonly time: string | undefined;
  readonly payload: JsonText;
  /** How many events the hub dropped right before this one, because this source did not keep up. */
  readonly lost: number;
}
