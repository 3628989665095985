import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Consumer, ConsumerMessages, JsMsg } from "@nats-io/jetstream";
import { headers, TimeoutError } from "@nats-io/transport-node";
import type { BusError } from "../../../lib/protocol/errors.ts";
import { DurableInbound } from "../../../lib/source/nats/durable.ts";
import type { Arrival } from "../../../lib/source/nats/inbound.ts";
import type { NatsStream } from "../../../lib/source/nats/jetstream.ts";
import { NatsMessages } from "../../../lib/source/nats/messages.ts";
import { Siblings } from "../../../lib/source/nats/siblings.ts";
import { SubjectNames } from "../../../lib/source/nats/subjects.ts";
import { settle, until } from "../../server/peer.ts";
import { testContext } from "../kit.ts";
import { DrivenTime } from "../../server/driven_time.ts";
import { ScriptedLink } from "./scripted_link.ts";

const MIB = 1024 * 1024;

/** Where the stream ended when it was found. */
const LAST_SEQ = 100;

/** What a message is, unless a test says otherwise: no two of different times are the same. */
interface Sent {
  readonly payload: string;
  readonly subject: string;
  readonly time: number;
  readonly origin: string;
}

/** What one question to the server brings. */
class Delivery {
  isClosed = false;
  readonly #waiting: JsMsg[] = [];
  #changed = Promise.withResolvers<void>();

  /** How many nobody has taken yet. */
  get left(): number {
    return this.#waiting.length;
  }

  bring(...messages: JsMsg[]): void {
    this.#waiting.push(...messages);
    this.#changed.resolve();
  }

  /** Brings nothing more than what it has. */
  close(): Promise<void> {
    this.isClosed = true;
    this.#changed.resolve();
    return Promise.resolve();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<JsMsg, void, void> {
    while (this.left > 0 || !this.isClosed) {
      const message = this.#waiting.shift();
      if (message) yield message;
      else await this.#changed.promise;
      this.#changed = Promise.withResolvers();
    }
  }
}

/** A durable consumer at work, and a server that brings what the test says. */
class Receiving implements AsyncDisposable {
  readonly clocks = new DrivenTime();
  readonly link = new ScriptedLink();
  readonly context = testContext();
  /** What the server was told: what is done, what is to come again, and that it was asked how it is. */
  readonly told: string[] = [];
  readonly deliveries: Delivery[] = [];
  readonly questions: unknown[] = [];
  readonly arrivals: Arrival[] = [];
  readonly failures: string[] = [];
  /** Is called when the consumer is looked for. */
  onFind: () => Promise<void> = () => Promise.resolve();
  /** Is called when the server is asked how it is. */
  onInfo: () => Promise<void> = () => Promise.resolve();
  finds = 0;
  readonly inbound: DurableInbound;

  constructor() {
    const options = {
      subjects: ["a", "b.>"],
      messages: new NatsMessages({
        origin: "me",
        siblings: new Siblings(),
        servers: "h:1",
        names: new SubjectNames(undefined),
        format: "json",
        known: undefined,
      }),
      context: this.context,
      onArrival: () => void this.arrivals.push(...this.inbound.take()),
      onFailure: (error: BusError) => void this.failures.push(error.message),
    };
    const stream = { lastSeq: LAST_SEQ, consumer: () => this.#find() } as unknown as NatsStream;
    this.inbound = new DurableInbound(this.link.asLink, stream, options, this.#consumer());
  }

  /** The payloads of what has come, in order. */
  get found(): string[] {
    return this.arrivals.map(({ finding }) => "payload" in finding ? finding.payload : "");
  }

  /** What the question of now brings. */
  get delivery(): Delivery {
    const delivery = this.deliveries.at(-1);
    if (!delivery) throw new Error("nothing was asked for");
    return delivery;
  }

  /** The server brings messages, and they are dealt with. */
  async bring(...messages: JsMsg[]): Promise<void> {
    await until(() => this.deliveries.length > 0 && !this.delivery.isClosed, "a question");
    this.delivery.bring(...messages);
    await settle();
  }

  message(seq: number, sent: Partial<Sent> = {}): JsMsg {
    const { payload = String(seq), subject = "a", time = seq, origin } = sent;
    const header = headers();
    if (origin !== undefined) header.set("Bus-Origin", origin);
    return {
      seq,
      timestampNanos: String(time),
      subject,
      headers: header,
      data: new TextEncoder().encode(payload),
      info: { stream: "S" },
      ack: () => void this.told.push(`ack ${seq}`),
      nak: () => void this.told.push(`nak ${seq}`),
    } as unknown as JsMsg;
  }

  messages(from: number, to: number, sent: Partial<Sent> = {}): JsMsg[] {
    return Array.from({ length: to - from + 1 }, (_, at) => this.message(from + at, sent));
  }

  /** Those that have come so far, from one place to before another, are in the hub. */
  settleFrom(start: number, end: number): void {
    for (const arrival of this.arrivals.slice(start, end)) arrival.settle();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.inbound.close();
    assertEquals(this.clocks.pending, 0, "alarms are still set");
    this.clocks[Symbol.dispose]();
  }

  async #find(): Promise<Consumer> {
    this.finds++;
    await this.onFind();
    return this.#consumer();
  }

  #consumer(): Consumer {
    return {
      consume: (question: unknown): Promise<ConsumerMessages> => {
        this.questions.push(question);
        const delivery = new Delivery();
        this.deliveries.push(delivery);
        return Promise.resolve(delivery as unknown as ConsumerMessages);
      },
      info: () => {
        this.told.push("info");
        return this.onInfo();
      },
    } as unknown as Consumer;
  }
}

Deno.test("durable: what is settled is done, and what is not comes again at the end, after a question", async () => {
  await using receiving = new Receiving();
  await receiving.bring(...receiving.messages(1, 4));
  assertEquals([receiving.found, receiving.told], [["1", "2", "3", "4"], []]);
  receiving.settleFrom(2, 3);
  receiving.settleFrom(0, 1);
  assertEquals(receiving.told, ["ack 3", "ack 1"]);
  await receiving.inbound.close();
  assertEquals(receiving.told.slice(2), ["info", "nak 2", "nak 4"]);
  assertEquals(receiving.delivery.isClosed, true);
  receiving.settleFrom(2, 3);
  assertEquals(receiving.told.length, 5);
});

Deno.test("durable: where all is settled the end asks for nothing", async () => {
  await using receiving = new Receiving();
  await receiving.bring(...receiving.messages(1, 2));
  receiving.settleFrom(0, 2);
  await receiving.inbound.close();
  assertEquals(receiving.told, ["ack 1", "ack 2"]);
});

Deno.test("durable: a message that was settled is done when it comes again, and one that is held is left alone", async () => {
  await using receiving = new Receiving();
  await receiving.bring(...receiving.messages(1, 2));
  receiving.settleFrom(0, 1);
  await receiving.bring(...receiving.messages(1, 3));
  assertEquals([receiving.found, receiving.told], [["1", "2", "3"], ["ack 1", "ack 1"]]);
  receiving.settleFrom(1, 2);
  assertEquals(receiving.told.slice(2), ["ack 2"]);
});

Deno.test("durable: a message of a stream that was made anew is not taken for one with its number", async () => {
  await using receiving = new Receiving();
  await receiving.bring(receiving.message(1));
  receiving.settleFrom(0, 1);
  await receiving.bring(receiving.message(1, { time: 2, payload: '"new"' }));
  assertEquals(receiving.found, ["1", '"new"']);
  assertEquals(receiving.arrivals.map(({ finding }) => "id" in finding && finding.id), [
    "S:1:1",
    "S:1:2",
  ]);
});

Deno.test("durable: 256 are held at most, and one that is settled makes room for one", async () => {
  await using receiving = new Receiving();
  await receiving.bring(...receiving.messages(1, 300));
  assertEquals([receiving.found.length, receiving.delivery.left], [256, 44]);
  receiving.settleFrom(10, 11);
  await settle();
  assertEquals([receiving.found.length, receiving.delivery.left], [257, 43]);
  receiving.settleFrom(0, 10);
  receiving.settleFrom(11, 257);
  await settle();
  assertEquals(receiving.found.length, 300);
});

Deno.test("durable: 4 MiB are held at most, and a message that is longer still comes", async () => {
  await using receiving = new Receiving();
  const payload = `"${"x".repeat(MIB - 2)}"`;
  await receiving.bring(...receiving.messages(1, 6, { payload }));
  assertEquals([receiving.found.length, receiving.delivery.left], [4, 2]);
  receiving.settleFrom(0, 1);
  await settle();
  assertEquals([receiving.found.length, receiving.delivery.left], [5, 1]);
  receiving.settleFrom(1, 5);
  await settle();
  receiving.settleFrom(5, 6);
  await receiving.bring(receiving.message(7, { payload: `"${"x".repeat(4 * MIB)}"` }));
  assertEquals(receiving.found.length, 7);
});

Deno.test("durable: it ends while it is full, and what nobody took comes again too", async () => {
  await using receiving = new Receiving();
  await receiving.bring(...receiving.messages(1, 258));
  assertEquals(receiving.delivery.left, 2);
  await receiving.inbound.close();
  assertEquals(receiving.found.length, 256);
  const again = Array.from({ length: 258 }, (_, at) => `nak ${at + 1}`);
  assertEquals(receiving.told, ["info", ...again]);
});

Deno.test("durable: a server that does not answer holds up the end for half a second, one that is away not at all", async () => {
  {
    await using receiving = new Receiving();
    await receiving.bring(receiving.message(1));
    receiving.onInfo = () => new Promise(() => {});
    const closed = receiving.inbound.close();
    assertEquals(await receiving.clocks.ringNext(), 500);
    await closed;
    assertEquals(receiving.told, ["info", "nak 1"]);
    receiving.onInfo = () => Promise.resolve();
  }
  await using receiving = new Receiving();
  await receiving.bring(receiving.message(1));
  receiving.link.goDown();
  await receiving.inbound.close();
  assertEquals(receiving.told, []);
});

Deno.test("durable: what is not for it or cannot be an event is done, and the latter is said", async () => {
  await using receiving = new Receiving();
  await receiving.bring(
    receiving.message(1, { subject: "c" }),
    receiving.message(2, { subject: "b.c.d" }),
    receiving.message(LAST_SEQ, { origin: "me" }),
    receiving.message(LAST_SEQ + 1, { origin: "me" }),
    receiving.message(LAST_SEQ + 2, { origin: "me" }),
    receiving.message(LAST_SEQ + 3, { origin: "another" }),
  );
  assertEquals(receiving.found, ["2", String(LAST_SEQ + 3)]);
  assertEquals(
    receiving.told,
    [1, LAST_SEQ, LAST_SEQ + 1, LAST_SEQ + 2].map((seq) => `ack ${seq}`),
  );
  assertEquals(receiving.context.lines.length, 2);
  assertMatch(
    receiving.context.lines[0] ?? "",
    /^message: a message was left out, .* \(1 so far\)$/,
  );
  assertMatch(receiving.context.lines[1] ?? "", / \(2 so far\)$/);
});

Deno.test("durable: what no stream has sent is neither taken nor answered", async () => {
  await using receiving = new Receiving();
  const stray = Object.defineProperty(receiving.message(1), "seq", {
    get() {
      throw new Error("it has no number");
    },
  });
  await receiving.bring(stray, receiving.message(2));
  assertEquals([receiving.found, receiving.told], [["2"], []]);
});

Deno.test("durable: when the connection is there again it goes on, with what it held and what it had done", async () => {
  await using receiving = new Receiving();
  await receiving.bring(...receiving.messages(1, 3));
  receiving.settleFrom(0, 1);
  receiving.link.goDown();
  await settle();
  assertEquals([receiving.delivery.isClosed, receiving.finds], [true, 0]);
  receiving.link.comeUp();
  await receiving.bring(...receiving.messages(1, 4));
  assertEquals([receiving.finds, receiving.deliveries.length], [1, 2]);
  assertEquals(receiving.found, ["1", "2", "3", "4"]);
  receiving.settleFrom(1, 2);
  assertEquals(receiving.told, ["ack 1", "ack 1", "ack 2"]);
  await receiving.inbound.close();
  assertEquals(receiving.told.slice(3), ["info", "nak 3", "nak 4"]);
  assertEquals(receiving.failures, []);
});

Deno.test("durable: a stream that is not there yet is looked for again and again, for 30 s", async () => {
  await using receiving = new Receiving();
  await until(() => receiving.deliveries.length > 0, "a first question");
  receiving.onFind = () => Promise.reject(new Error("it has no leader"));
  receiving.link.goDown();
  receiving.link.comeUp();
  const since = receiving.clocks.monotonic();
  const pauses: number[] = [];
  while (receiving.clocks.monotonic() - since <= 30_000) {
    assertEquals(receiving.failures, []);
    pauses.push(await receiving.clocks.ringNext());
  }
  await until(() => receiving.failures.length > 0, "a failure");
  assertEquals(receiving.failures, ["JetStream says: it has no leader"]);
  assert((pauses[0] ?? 0) <= 100 && pauses.every((pause) => pause >= 50 && pause <= 2_000));
  assert(pauses.length < 50, `${pauses.length} tries`);
});

Deno.test("durable: the time that a server is away again is not held against its stream", async () => {
  await using receiving = new Receiving();
  await until(() => receiving.deliveries.length > 0, "a first question");
  receiving.onFind = () => Promise.reject(new TimeoutError());
  receiving.link.goDown();
  receiving.link.comeUp();
  await receiving.clocks.ringNext();
  await until(() => receiving.clocks.pending > 0, "a second pause");
  receiving.onFind = () => {
    receiving.link.goDown();
    return Promise.reject(new TimeoutError());
  };
  await receiving.clocks.ringNext();
  await receiving.clocks.ringNext();
  receiving.clocks.setTo(3_600_000);
  receiving.onFind = () => Promise.reject(new TimeoutError());
  receiving.link.comeUp();
  await until(() => receiving.clocks.pending > 0, "another pause");
  receiving.onFind = () => Promise.resolve();
  await receiving.clocks.ringNext();
  await receiving.bring(receiving.message(1));
  assertEquals([receiving.found, receiving.failures], [["1"], []]);
});

Deno.test("durable: it ends at once while the server is away, and while it waits to look again", async () => {
  {
    await using receiving = new Receiving();
    receiving.link.goDown();
    await settle();
    await receiving.inbound.close();
  }
  await using receiving = new Receiving();
  await until(() => receiving.deliveries.length > 0, "a first question");
  receiving.onFind = () => Promise.reject(new TimeoutError());
  receiving.link.goDown();
  receiving.link.comeUp();
  await until(() => receiving.clocks.pending > 0, "a pause");
  await receiving.inbound.close();
  assertEquals(receiving.failures, []);
});

Deno.test("durable: it asks for as much as any message that the server takes", async () => {
  await using receiving = new Receiving();
  await until(() => receiving.questions.length > 0, "a question");
  receiving.link.client.info = { max_payload: 8 * MIB };
  receiving.link.goDown();
  receiving.link.comeUp();
  await until(() => receiving.questions.length > 1, "another question");
  assertEquals(
    receiving.questions,
    [4 * MIB, 16 * MIB].map((max_bytes) => ({
      max_bytes,
      expires: 10_000,
      abort_on_missing_resource: true,
    })),
  );
});
