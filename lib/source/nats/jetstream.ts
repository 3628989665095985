/**
 * JetStream: the stream that messages are kept in, and the consumer that has its place in it.
 *
 * @module
 */

import {
  AckPolicy,
  type Consumer,
  type ConsumerConfig,
  type ConsumerInfo,
  type ConsumerUpdateConfig,
  DeliverPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  jetstreamManager,
} from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";
import { SYSTEM_CLOCKS } from "../../platform/clocks.ts";
import { shellWord } from "../../platform/shell_word.ts";
import { systemReason } from "../../platform/system_reason.ts";
import { BusError } from "../../protocol/errors.ts";
import type { NatsLink } from "./connection.ts";
import { isMeant } from "./subjects.ts";

/** What is kept where. */
export interface JetStreamSettings {
  /** The stream, which must be there. */
  readonly stream: string;
  /** The name of the consumer that has one's place in the stream; needed where messages come in. */
  readonly durable?: string;
  /** Where that place is at first: before all that the stream has, or behind it; `end` if absent. */
  readonly from?: "start" | "end";
}

/** Milliseconds that the server has to answer. */
const ANSWER_MS = 5_000;

/** Milliseconds after which a message that was not said to be done comes again. */
const ACK_WAIT_MS = 10_000;

/** Milliseconds between two questions which subjects it keeps. */
const LOOK_MS = 5_000;

/** A stream that is there. */
export class NatsStream {
  #lookedAt = -Infinity;

  private constructor(
    private readonly link: NatsLink,
    private readonly settings: JetStreamSettings,
    private readonly manager: JetStreamManager,
    /** Where it ended when it was found: what is behind that has been sent since. */
    readonly lastSeq: number,
    private subjects: readonly string[],
  ) {}

  /**
   * Looks for it.
   *
   * @param wanted the subjects that it would be made for
   * @throws {BusError} `failed`: it is not there, or cannot be asked
   */
  static async find(
    link: NatsLink,
    settings: JetStreamSettings,
    wanted: readonly string[],
  ): Promise<NatsStream> {
    try {
      const options = { checkAPI: false, timeout: ANSWER_MS };
      const manager = await jetstreamManager(link.client, options);
      const { config, state } = await manager.streams.info(settings.stream);
      return new NatsStream(link, settings, manager, state.last_seq, config.subjects ?? []);
    } catch (error) {
      if (codeOf(error) !== JetStreamApiCodes.StreamNotFound) throw explained(error);
      const subjects = shellWord(wanted.join(","));
      const hint = `nats stream add ${
        shellWord(settings.stream)
      } --subjects ${subjects} --defaults`;
      throw failed(`there is no stream ${settings.stream}`, hint);
    }
  }

  /** What publishes into it. */
  get client(): JetStreamClient {
    return this.manager.jetstream();
  }

  /** Whether it keeps what is sent to this subject, as far as is known. */
  keeps(subject: string): boolean {
    return this.subjects.some((pattern) => isMeant(subject, pattern));
  }

  /**
   * Looks which subjects it keeps now, unless that was just done.
   *
   * @throws {BusError} `failed`: it cannot be asked
   */
  async look(): Promise<void> {
    const now = SYSTEM_CLOCKS.monotonic();
    if (now - this.#lookedAt < LOOK_MS) return;
    try {
      const { config } = await this.manager.streams.info(this.settings.stream);
      this.#lookedAt = now;
      this.subjects = config.subjects ?? [];
    } catch (error) {
      throw explained(error);
    }
  }

  /**
   * The consumer that has one's place in it. It is made where there is none yet.
   *
   * @param subjects what is to come
   * @throws {BusError} `failed`: it cannot be had
   */
  async consumer(subjects: readonly string[]): Promise<Consumer> {
    const { stream, durable = "" } = this.settings;
    const { consumers } = this.manager;
    const filters = filtersOf(subjects, this.link);
    try {
      const info = await this.#info(durable);
      if (!info) await consumers.add(stream, this.#config(durable, filters));
      else {
        checkConsumer(info);
        if (!hasFilters(info, filters)) await consumers.update(stream, durable, filters);
      }
      return await this.client.consumers.get(stream, durable);
    } catch (error) {
      throw explained(error);
    }
  }

  async #info(durable: string): Promise<ConsumerInfo | undefined> {
    try {
      return await this.manager.consumers.info(this.settings.stream, durable);
    } catch (error) {
      if (codeOf(error) === JetStreamApiCodes.ConsumerNotFound) return undefined;
      throw error;
    }
  }

  #config(durable: string, filters: Partial<ConsumerUpdateConfig>): Partial<ConsumerConfig> {
    return {
      durable_name: durable,
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(ACK_WAIT_MS),
      deliver_policy: this.settings.from === "start" ? DeliverPolicy.All : DeliverPolicy.New,
      ...filters,
    };
  }
}

/** An older server has but one filter: there all comes, and what is not meant is left out here. */
function filtersOf(
  subjects: readonly string[],
  { client }: NatsLink,
): Partial<ConsumerUpdateConfig> {
  const [first, ...more] = subjects;
  const one = more.length === 0 && first !== ">" ? first : undefined;
  const many = more.length > 0 && hasManyFilters(client.info?.version) ? [...subjects] : undefined;
  // What is undefined takes away what was, which the types of the package do not know.
  const filters: Record<string, unknown> = { filter_subject: one, filter_subjects: many };
  return filters;
}

function hasManyFilters(version = ""): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 2 || major === 2 && minor >= 10;
}

function hasFilters({ config }: ConsumerInfo, filters: Partial<ConsumerUpdateConfig>): boolean {
  const listed = ({ filter_subject: one, filter_subjects: many }: typeof filters) =>
    JSON.stringify((many ?? (one ? [one] : [])).toSorted());
  return listed(config) === listed(filters);
}

function checkConsumer({ config, stream_name, name }: ConsumerInfo): void {
  const what = `the consumer ${name} of ${stream_name}`;
  const hint = "give another durable, which is made then";
  if (config.deliver_subject !== undefined) throw failed(`${what} pushes`, hint);
  if (config.ack_policy !== AckPolicy.Explicit) {
    throw failed(`${what} does not wait for each message's ack`, hint);
  }
}

/** The code of JetStream's own error. */
function codeOf(error: unknown): number | undefined {
  return error instanceof JetStreamApiError ? error.code : undefined;
}

/** What JetStream's refusal means, for people. */
export function explained(error: unknown): BusError {
  if (error instanceof BusError) return error;
  if (!(error instanceof Error)) return failed(String(error));
  switch (error.name) {
    // Which is also what comes while it starts.
    case "JetStreamNotEnabled":
      return failed("the server has no JetStream", "start it with -js, or leave out jetstream");
    case "TimeoutError":
      return failed("JetStream did not answer in time");
    default:
      return failed(`JetStream says: ${systemReason(error)}`);
  }
}

function failed(message: string, hint?: string): BusError {
  return new BusError("failed", message, hint);
}
