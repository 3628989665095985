/**
 * Making events of what a source has found.
 *
 * @module
 */

import type { SystemClocks } from "../platform/clocks.ts";
import { parseRate, parseSize } from "../platform/units.ts";
import { pauseFor } from "../platform/within.ts";
import { decode, payloadText } from "../protocol/codec.ts";
import { BusError } from "../protocol/errors.ts";
import { EventFrame } from "../protocol/event_frame.ts";
import { byteLengthExceeds, eventFrame, eventFrameOf } from "../protocol/outgoing_event.ts";
import type { Filter, Verdict } from "./filter.ts";
import { Rate } from "./rate.ts";
import type { CommonSettings } from "./settings.ts";
import type { Finding, Outcome, Values, WholeEvent } from "./source.ts";
import { bodyValues } from "./body_values.ts";
import { Template } from "./template.ts";

/** What no event is made of, and why. */
export interface Unmade {
  readonly outcome: Exclude<Outcome, "routed" | "unmatched" | "duplicate">;
  /** For people; a filter needs none. */
  readonly reason?: string;
}

/** What an {@linkcode EventMaker} needs. */
export interface EventMakerOptions {
  /** The type of events for which there is no other. */
  readonly name: string;
  readonly settings: Pick<CommonSettings, "type" | "id" | "rate" | "max_payload">;
  /** Which payloads pass; all if absent. */
  readonly filter?: Filter | undefined;
  readonly clocks: SystemClocks;
  /** When it fires nobody waits for the rate any more. */
  readonly signal: AbortSignal;
  /** Whether what is too much is refused: its sender comes again. Else the source waits. */
  readonly sheds: boolean;
}

/** Applies the settings that all kinds have. */
export class EventMaker {
  readonly #options: EventMakerOptions;
  readonly #type: Template | undefined;
  readonly #id: Template | undefined;
  readonly #rate: Rate | undefined;
  readonly #maxBytes: number;

  /** @throws {BusError} `bad_input`: a template that is none */
  constructor(options: EventMakerOptions) {
    const { type, id, rate, max_payload } = options.settings;
    this.#options = options;
    this.#type = type === undefined ? undefined : new Template(type);
    this.#id = id === undefined ? undefined : new Template(id);
    const most = rate === undefined ? undefined : parseRate(rate);
    this.#rate = most && new Rate(most.count, most.milliseconds, options.clocks);
    this.#maxBytes = (max_payload === undefined ? undefined : parseSize(max_payload)) ?? Infinity;
  }

  /**
   * Which of the findings are too long, no JSON, or do not pass; nothing for the others. To be asked
   * once for all that came together.
   */
  async sift(findings: readonly (Finding | WholeEvent)[]): Promise<(Unmade | undefined)[]> {
    const unmade = findings.map((finding) => this.#fault(finding));
    const { filter } = this.#options;
    if (!filter) return unmade;
    const left = [...findings.keys()].filter((at) => !unmade[at]);
    const verdicts = await filter.pass(left.map((at) => payloadOf(findings[at])));
    for (const [index, at] of left.entries()) {
      const verdict = verdicts[index];
      if (verdict) unmade[at] = unmadeBy(verdict);
    }
    return unmade;
  }

  /** Makes the event of a finding that was not sifted out. */
  async make(finding: Finding | WholeEvent): Promise<EventFrame | Unmade> {
    for (let wait = this.#rate?.take() ?? 0; wait > 0; wait = this.#rate?.take() ?? 0) {
      if (this.#options.sheds) return { outcome: "limited", reason: "too many events" };
      const { clocks, signal } = this.#options;
      await pauseFor(clocks, wait, signal);
      if (signal.aborted) break;
    }
    try {
      return this.#made(finding);
    } catch (error) {
      if (error instanceof BusError && error.code === "bad_input") {
        return { outcome: "refused", reason: error.message };
      }
      throw error;
    }
  }

  /** An event that was made was routed before: those that come with it again are not to wait for it. */
  wasDuplicate(): void {
    this.#rate?.giveBack();
  }

  #made(finding: Finding | WholeEvent): EventFrame {
    const now = this.#options.clocks.wall();
    const frame = "frame" in finding
      ? eventFrameOf(finding.frame, now)
      : eventFrame(this.#outgoing(finding), now);
    const decoded = decode(frame.trimEnd());
    if (decoded instanceof EventFrame) return decoded;
    throw new BusError("bad_input", "not an event");
  }

  #outgoing(finding: Finding) {
    const { payload, time } = finding;
    const values: Values = { ...finding.values, body: bodyValues(payload) };
    const type = this.#type?.fill(values) ?? finding.type ?? this.#options.name;
    const id = this.#id ? this.#id.fillWhole(values) : finding.id;
    return { type, payloadText: payload, id: id || undefined, time };
  }

  #fault(finding: Finding | WholeEvent): Unmade | undefined {
    const text = "frame" in finding ? finding.frame : finding.payload;
    if (byteLengthExceeds(text, this.#maxBytes)) {
      return { outcome: "too_large", reason: `longer than ${this.#maxBytes} bytes` };
    }
    if ("frame" in finding) return undefined;
    const payload = payloadText(finding.payload);
    if (typeof payload === "string") return undefined;
    return { outcome: "refused", reason: `bad payload: ${payload.message}` };
  }
}

/** A payload that passes may become an event; whether one that jq cannot judge should, nobody knows. */
function unmadeBy(verdict: Verdict): Unmade | undefined {
  if (verdict === "passes") return undefined;
  if (verdict === "does not pass") return { outcome: "filtered" };
  const outcome = verdict === "jq was ended" ? "unjudged" : "refused";
  return { outcome, reason: `the filter cannot judge it: ${verdict}` };
}

/** What jq sees: the payload, and where the event is whole already what can be read of it. */
function payloadOf(finding: Finding | WholeEvent | undefined): string {
  if (!finding) return "null";
  if (!("frame" in finding)) return finding.payload;
  const decoded = decode(finding.frame);
  return decoded instanceof EventFrame ? decoded.payload : "null";
}
