/**
 * A bridge to a NATS server: its subjects as events, and the bus's events as subjects.
 *
 * @module
 */

import { printable } from "../platform/printable.ts";
import { parseSize } from "../platform/units.ts";
import { BusError } from "../protocol/errors.ts";
import type { RowLimits } from "./nats/bounded_row.ts";
import {
  checkNatsConnection,
  type NatsConnectionSettings,
  readNatsSecrets,
  serversOf,
} from "./nats/connection.ts";
import type { JetStreamSettings } from "./nats/jetstream.ts";
import { NatsMessages } from "./nats/messages.ts";
import { Outbox } from "./nats/outbox.ts";
import { NatsRun } from "./nats/run.ts";
import { isPattern, SubjectNames, widest } from "./nats/subjects.ts";
import { Remembered } from "./nats/remembered.ts";
import { SIBLINGS } from "./nats/siblings.ts";
import { type CommonSettings, pausesOf } from "./settings.ts";
import type { Run, Source, SourceContext } from "./source.ts";

/** Settings of a bridge to NATS. Templates may ask for `{subject}` and `{header:NAME}`. */
export interface NatsSettings extends CommonSettings, NatsConnectionSettings {
  /** Always `nats`. */
  readonly kind: "nats";
  /** The subjects, or patterns of them, that come in as events. */
  readonly subjects?: readonly string[];
  /** Which of the bus's events go out: all, or these types and patterns. None if absent. */
  readonly publish?: boolean | readonly string[];
  /** What stands before an event's type in its subject, with a dot between; nothing if absent. */
  readonly prefix?: string;
  /** What the payload of a message that comes in is: one JSON text, or any text; JSON if absent. */
  readonly format?: "json" | "text";
  /** The stream in which messages are kept; if absent those that are there get them, once. */
  readonly jetstream?: JetStreamSettings;
  /** How much waits at most while the server is away, or the hub is busy. */
  readonly buffer?: { readonly events?: number; readonly size?: string };
}

/** What may wait where the settings do not say. */
const WAITING = { count: 50_000, bytes: 32 * 1024 * 1024 };

/**
 * Opens a bridge. What came in through it does not go out again: it knows such an event by its id.
 *
 * @param siblings the bridges of the same hub
 * @throws {BusError} `bad_input`: a secret is not there, or a setting is wrong
 */
export function openNats(
  settings: NatsSettings,
  context: SourceContext,
  siblings = SIBLINGS,
): Source {
  checkNats(settings);
  readNatsSecrets(settings, context);
  const { subjects = [], publish = false, prefix, format = "json", jetstream } = settings;
  const limits = limitsOf(settings);
  const types = typesOf(publish);
  const publishes = types.length > 0;
  const origin = lastingOrigin(jetstream);
  const messages = new NatsMessages({
    origin,
    siblings,
    servers: serversOf(settings).toSorted().join(","),
    names: new SubjectNames(prefix),
    format,
    known: publishes ? new Remembered() : undefined,
  });
  const sibling = { publishes, lasting: origin };
  // What waits in it is there for the next run.
  const outbox = publishes ? new Outbox({ context, types, messages, limits }) : undefined;
  const options = {
    settings,
    context,
    subjects,
    jetstream,
    wanted: wantedOf(settings),
    messages,
    outbox,
    limits,
    pauses: pausesOf(settings),
  };
  return {
    async *run(signal: AbortSignal): Run {
      if (signal.aborted) return;
      siblings.join(sibling, signal);
      const run = new NatsRun({ ...options, signal });
      try {
        yield* run.news();
      } finally {
        await run.end();
      }
    },
  };
}

function typesOf(publish: NatsSettings["publish"]): readonly string[] {
  return publish === true ? [">"] : publish || [];
}

/**
 * Looks whether there can be a bridge with these settings.
 *
 * @throws {BusError} `bad_input`: they contradict each other, or something of them is missing
 */
export function checkNats(settings: NatsSettings): void {
  const { subjects = [], publish = false, id, jetstream, prefix } = settings;
  const goesOut = typesOf(publish).length > 0;
  if (subjects.length === 0 && !goesOut) {
    const hint = "subjects says what comes in, publish what goes out";
    throw new BusError("bad_input", "nothing comes in and nothing goes out", hint);
  }
  if (subjects.length > 0 && goesOut && id !== undefined) {
    const hint = "leave out id, or let one source bring in and another one publish";
    const reason = "an event that came in is known by its id, so there can be no other";
    throw new BusError("bad_input", reason, hint);
  }
  if (subjects.length > 0 && jetstream && jetstream.durable === undefined) {
    const hint = "give jetstream.durable, another one for each hub, such as the machine's name";
    throw new BusError("bad_input", "what comes from a stream needs a place in it", hint);
  }
  const wrong = subjects.find((subject) => !isPattern(subject));
  if (wrong !== undefined) {
    const hint = "it is words with dots between: * is one whole word, > all that follow";
    throw new BusError("bad_input", `${printable(wrong, 200)} is no subject`, hint);
  }
  if (prefix !== undefined && (!isPattern(prefix) || /[*>]/.test(prefix))) {
    const hint = "it is words with dots between";
    throw new BusError("bad_input", `${printable(prefix, 200)} is no subject`, hint);
  }
  checkNatsConnection(settings);
}

/** Whoever goes on in a stream where it was may find there what it has sent in an earlier life. */
function lastingOrigin(jetstream: JetStreamSettings | undefined): string | undefined {
  if (jetstream?.durable === undefined) return undefined;
  return `${jetstream.stream}/${jetstream.durable}`;
}

function limitsOf({ buffer }: NatsSettings): RowLimits {
  const bytes = buffer?.size === undefined ? WAITING.bytes : parseSize(buffer.size);
  if (bytes === undefined) throw new BusError("bad_input", "buffer.size is no size");
  return { count: buffer?.events ?? WAITING.count, bytes };
}

/** The subjects for which one would make a stream. */
function wantedOf({ subjects = [], publish, prefix }: NatsSettings): string[] {
  const outgoing = typesOf(publish).map((type) => prefix ? `${prefix}.${type}` : type);
  // A server refuses a stream whose subjects overlap.
  return widest([...subjects, ...outgoing]);
}
