import { assert, assertEquals, assertRejects } from "@std/assert";
import { JetStreamApiError, type PubAck } from "@nats-io/jetstream";
import {
  headers,
  InvalidArgumentError,
  PermissionViolationError,
  TimeoutError,
} from "@nats-io/transport-node";
import { BusError } from "../../../lib/protocol/errors.ts";
import { AckedSender } from "../../../lib/source/nats/acked_sender.ts";
import type { NatsStream } from "../../../lib/source/nats/jetstream.ts";
import { NatsMessages, type OutgoingMessage } from "../../../lib/source/nats/messages.ts";
import { Outbox } from "../../../lib/source/nats/outbox.ts";
import { Siblings } from "../../../lib/source/nats/siblings.ts";
import { SubjectNames } from "../../../lib/source/nats/subjects.ts";
import { settle, until } from "../../server/peer.ts";
import { testContext } from "../kit.ts";
import { DrivenTime } from "../../server/driven_time.ts";
import { ScriptedLink } from "./scripted_link.ts";

const ALL = { count: Infinity, bytes: Infinity };

const MIB = 1024 * 1024;

/** What a server says that has no leader at the moment. */
const UNWELL = new JetStreamApiError({ code: 503, err_code: 10_008, description: "no leader" });

const TOO_LONG = new JetStreamApiError({ code: 400, err_code: 10_054, description: "too long" });

const KEPT: PubAck = { stream: "S", seq: 1, duplicate: false };

function message(text: string, bytes = 100, subject = "a"): OutgoingMessage {
  return { subject, payload: new TextEncoder().encode(text), headers: headers(), bytes };
}

function numbers(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, at) => String(from + at));
}

function newOutbox() {
  const context = testContext();
  const messages = new NatsMessages({
    origin: undefined,
    siblings: new Siblings(),
    servers: "h:1",
    names: new SubjectNames(undefined),
    format: "json",
    known: undefined,
  });
  return { context, outbox: new Outbox({ context, types: ["*"], messages, limits: ALL }) };
}

/** A sender at work, and a server that keeps or refuses what the test says. */
class Sending implements AsyncDisposable {
  readonly clocks = new DrivenTime();
  readonly link = new ScriptedLink();
  readonly outbox: Outbox;
  /** The log. */
  readonly lines: string[];
  /** All that was sent, in order. */
  readonly sent: string[] = [];
  readonly subjects = new Set(["a"]);
  /** Is called when the stream is to be asked which subjects it keeps. */
  onLook: () => Promise<void> = () => Promise.resolve();
  readonly sender: AckedSender;
  readonly ended: Promise<void>;
  hasEnded = false;
  readonly #answers = new Map<string, PromiseWithResolvers<PubAck>>();
  readonly #over = new AbortController();

  constructor(...texts: string[]) {
    const { context, outbox } = newOutbox();
    this.outbox = outbox;
    this.lines = context.lines;
    outbox.giveBack(texts.map((text) => message(text)));
    const stream = {
      client: { publish: (_: string, payload: Uint8Array) => this.#publish(payload) },
      keeps: (subject: string) => this.subjects.has(subject),
      look: () => this.onLook(),
    } as unknown as NatsStream;
    this.sender = new AckedSender(this.link.asLink, outbox, stream);
    this.ended = this.sender.run(this.#over.signal);
    const end = () => void (this.hasEnded = true);
    this.ended.then(end, end);
  }

  /** There is more to send, behind all that there was. */
  add(...messages: OutgoingMessage[]): void {
    this.outbox.giveBack([...this.outbox.take(ALL), ...messages]);
    this.sender.wake();
  }

  keep(...texts: string[]): void {
    for (const text of texts) this.answerOf(text).resolve(KEPT);
  }

  refuse(error: Error, ...texts: string[]): void {
    for (const text of texts) this.answerOf(text).reject(error);
  }

  /** The answer to the last try with a message. */
  answerOf(text: string): PromiseWithResolvers<PubAck> {
    const answer = this.#answers.get(text);
    if (!answer) throw new Error(`${text} was not sent`);
    return answer;
  }

  /** Resolves when so many were sent, and sees that no more are. */
  async untilSent(count: number): Promise<string[]> {
    await until(() => this.sent.length >= count, `message ${count} of ${this.sent}`);
    await settle();
    assertEquals(this.sent.length, count, `${this.sent}`);
    return this.sent;
  }

  /** Ends it, and resolves with what still waits then. */
  async stop(): Promise<string[]> {
    this.#over.abort();
    await this.ended;
    return this.outbox.take(ALL).map(({ payload }) => new TextDecoder().decode(payload));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort();
    await this.ended.catch(() => {});
    assertEquals(this.clocks.pending, 0, "alarms are still set");
    this.clocks[Symbol.dispose]();
  }

  #publish(payload: Uint8Array): Promise<PubAck> {
    const text = new TextDecoder().decode(payload);
    this.sent.push(text);
    const answer = Promise.withResolvers<PubAck>();
    this.#answers.set(text, answer);
    return answer.promise;
  }
}

Deno.test("acked sender: what is not known to be kept is sent again, in order and before anything new", async () => {
  await using sending = new Sending("1", "2", "3", "4");
  await sending.untilSent(4);
  sending.keep("3", "2");
  await settle();
  sending.link.goDown();
  sending.add(message("5"));
  assertEquals(await sending.untilSent(4), ["1", "2", "3", "4"]);
  sending.link.comeUp();
  assertEquals((await sending.untilSent(7)).slice(4), ["1", "4", "5"]);
  sending.keep("1", "4", "5");
  assertEquals(await sending.stop(), []);
  assertEquals(sending.lines, []);
});

Deno.test("acked sender: what is said late of an earlier try counts, and starts nothing anew", async () => {
  await using sending = new Sending("1", "2", "3");
  await sending.untilSent(3);
  const late = ["1", "2"].map((text) => sending.answerOf(text));
  sending.link.goDown();
  sending.link.comeUp();
  await sending.untilSent(6);
  late[0]?.resolve(KEPT);
  late[1]?.reject(new TimeoutError());
  await settle();
  assertEquals(sending.clocks.pending, 0);
  sending.add(message("4"));
  assertEquals((await sending.untilSent(7)).slice(3), ["1", "2", "3", "4"]);
  assertEquals(await sending.stop(), ["2", "3", "4"]);
});

Deno.test("acked sender: an answer that does not come, or a server that is not well, is no refusal", async () => {
  for (const error of [new TimeoutError(), UNWELL, new Error("anything else")]) {
    await using sending = new Sending("1", "2", "3");
    await sending.untilSent(3);
    sending.keep("1");
    sending.refuse(error, "3");
    await settle();
    sending.add(message("4"));
    assertEquals(await sending.untilSent(3), ["1", "2", "3"]);
    await sending.clocks.ringNext();
    assertEquals((await sending.untilSent(6)).slice(3), ["2", "3", "4"]);
    sending.keep("2", "3", "4");
    assertEquals([await sending.stop(), sending.lines], [[], []]);
  }
});

Deno.test("acked sender: it waits longer from try to try, and begins anew when something was kept", async () => {
  await using sending = new Sending("1", "2");
  const pauses: number[] = [];
  const fail = async () => {
    sending.refuse(UNWELL, "2");
    pauses.push(await sending.clocks.ringNext());
  };
  for (let count = 2; count <= 12; count += 2) {
    await sending.untilSent(count);
    await fail();
  }
  await sending.untilSent(14);
  sending.keep("1");
  await fail();
  await sending.untilSent(15);
  const longest = [200, 400, 800, 1_600, 2_000, 2_000, 100];
  assertEquals(pauses.length, longest.length);
  for (const [at, most] of longest.entries()) {
    const pause = pauses[at] ?? 0;
    assert(pause >= most / 2 && pause <= most, `pause ${at + 1} was ${pause} ms`);
  }
});

Deno.test("acked sender: what is refused for good is counted, and not sent again", async () => {
  const refusals: [error: Error, why: string][] = [
    [TOO_LONG, "too long"],
    [InvalidArgumentError.format("subject", "is bad"), "'subject' is bad"],
    [new PermissionViolationError("you may not", "publish", "a"), "you may not"],
    [new Error("it went wrong", { cause: TOO_LONG }), "it went wrong"],
  ];
  for (const [error, why] of refusals) {
    await using sending = new Sending("1", "2");
    await sending.untilSent(2);
    sending.refuse(error, "1");
    await settle();
    assertEquals(sending.lines, [`refused: an event did not go out: ${why} (1 so far)`]);
    assertEquals(await sending.untilSent(2), ["1", "2"]);
    sending.link.goDown();
    sending.link.comeUp();
    assertEquals((await sending.untilSent(3)).slice(2), ["2"]);
  }
});

Deno.test("acked sender: a subject that the stream does not keep is looked for again, and then refused", async () => {
  await using sending = new Sending();
  let looks = 0;
  sending.onLook = () => {
    looks++;
    sending.subjects.add("new");
    return Promise.resolve();
  };
  sending.add(message("1"), message("2", 100, "none"), message("3", 100, "new"));
  assertEquals(await sending.untilSent(2), ["1", "3"]);
  sending.add(message("4"), message("5", 100, "new"));
  await sending.untilSent(4);
  assertEquals(looks, 1);
  const why = "its subject is none of those that the stream keeps";
  assertEquals(sending.lines, [`refused: an event did not go out: ${why} (1 so far)`]);
});

Deno.test("acked sender: while a stream cannot be asked for its subjects nothing is lost, nor out of order", async () => {
  await using sending = new Sending("1");
  await sending.untilSent(1);
  sending.onLook = () => Promise.reject(new BusError("failed", "it does not answer"));
  sending.add(message("2"), message("3", 100, "new"), message("4"));
  assertEquals(await sending.untilSent(1), ["1"]);
  await sending.clocks.ringNext();
  await sending.untilSent(2);
  sending.subjects.add("new");
  await sending.clocks.ringNext();
  assertEquals(await sending.untilSent(6), ["1", "1", "1", "2", "3", "4"]);
  assertEquals(sending.lines, []);
});

Deno.test("acked sender: what is not known to be kept at the end is given back, before what waits", async () => {
  await using sending = new Sending("1", "2", "3");
  await sending.untilSent(3);
  sending.keep("2");
  await settle();
  sending.outbox.giveBack([message("4")]);
  assertEquals(await sending.stop(), ["1", "3", "4"]);
});

Deno.test("acked sender: an end while it asks for the stream's subjects gives back what it took", async () => {
  await using sending = new Sending("1");
  await sending.untilSent(1);
  const asked = Promise.withResolvers<void>();
  sending.onLook = () => {
    asked.resolve();
    return new Promise(() => {});
  };
  sending.add(message("2", 100, "new"));
  await asked.promise;
  assertEquals(await sending.stop(), ["1", "2"]);
});

Deno.test("acked sender: it ends at once while the server is away, and while it waits for a next try", async () => {
  {
    await using away = new Sending("1");
    away.link.goDown();
    await settle();
    assertEquals(await away.stop(), ["1"]);
  }
  await using pausing = new Sending("1");
  await pausing.untilSent(1);
  pausing.refuse(UNWELL, "1");
  await until(() => pausing.clocks.pending > 0, "a pause");
  assertEquals(await pausing.stop(), ["1"]);
});

Deno.test("acked sender: finish() ends it when all is kept, what waited and was sent again too", async () => {
  await using sending = new Sending(...numbers(1, 501));
  await sending.untilSent(500);
  sending.sender.finish();
  sending.keep(...numbers(1, 499));
  await sending.untilSent(501);
  sending.keep("501");
  await settle();
  assertEquals(sending.hasEnded, false);
  sending.link.goDown();
  await settle();
  assertEquals(sending.hasEnded, false);
  sending.link.comeUp();
  await sending.untilSent(502);
  sending.keep("500");
  await sending.ended;
  assertEquals(await sending.stop(), []);
});

Deno.test("acked sender: 500 messages are under way at most, and more follow when half of them are kept", async () => {
  await using sending = new Sending(...numbers(1, 1_000));
  assertEquals(await sending.untilSent(500), numbers(1, 500));
  sending.keep(...numbers(1, 249));
  await sending.untilSent(500);
  sending.keep("250");
  assertEquals(await sending.untilSent(750), numbers(1, 750));
});

Deno.test("acked sender: 4 MiB are under way at most, what is refused or kept makes room", async () => {
  await using sending = new Sending();
  sending.add(...numbers(1, 8).map((text) => message(text, MIB)));
  await sending.untilSent(4);
  sending.keep("2");
  await sending.untilSent(5);
  sending.refuse(TOO_LONG, "1");
  await sending.untilSent(6);
  sending.link.goDown();
  sending.link.comeUp();
  assertEquals((await sending.untilSent(10)).slice(6), ["3", "4", "5", "6"]);
});

Deno.test("acked sender: a server that keeps nothing for 30 s fails the run, one that keeps a little does not", async () => {
  await using sending = new Sending("1", "2");
  let count = 2;
  const tryFor = async (milliseconds: number) => {
    const end = sending.clocks.monotonic() + milliseconds;
    while (sending.clocks.monotonic() < end) {
      await sending.untilSent(count);
      sending.refuse(UNWELL, "2");
      await sending.clocks.ringNext();
      count++;
    }
  };
  await sending.untilSent(2);
  sending.keep("1");
  await tryFor(25_000);
  await sending.untilSent(count);
  sending.keep("2");
  sending.add(message("2"));
  count++;
  await tryFor(25_000);
  await sending.untilSent(count);
  sending.clocks.setTo(sending.clocks.monotonic() + 5_000);
  sending.refuse(UNWELL, "2");
  const error = await assertRejects(() => sending.ended, BusError);
  assertEquals(error.message, "nothing is kept any more: JetStream says: no leader");
  assertEquals(sending.outbox.length, 1);
});

Deno.test("acked sender: behind many that the stream does not keep the next one goes out", async () => {
  await using sending = new Sending();
  await settle();
  sending.add(...numbers(1, 500).map((text) => message(text, 100, "none")), message("last"));
  assertEquals(await sending.untilSent(1), ["last"]);
});

Deno.test("acked sender: what it was away is no time in which nothing is kept", async () => {
  await using sending = new Sending("1");
  await sending.untilSent(1);
  sending.refuse(UNWELL, "1");
  await until(() => sending.clocks.pending > 0, "a pause");
  sending.link.goDown();
  await settle();
  sending.clocks.setTo(3_600_000);
  sending.link.comeUp();
  await sending.untilSent(2);
  sending.refuse(UNWELL, "1");
  await sending.clocks.ringNext();
  await sending.untilSent(3);
});
