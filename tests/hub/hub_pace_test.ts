import { assert, assertEquals, assertLess } from "@std/assert";
import fc from "fast-check";
import type { Batch } from "../../lib/hub/batch.ts";
import type { Consumer } from "../../lib/hub/consumer.ts";
import type { Publication } from "../../lib/hub/hub.ts";
import { BEHIND_BYTES, PATIENCE_MS } from "../../lib/hub/limits.ts";
import { drain, framesIn, type Got, LOOK_MS, publication, sized, TestHub } from "./kit.ts";

const TOO_MUCH = sized("github.push", BEHIND_BYTES + 1);

Deno.test("Hub.holder is who is behind and would get an event of the type", () => {
  const test = new TestHub();
  const slow = test.consumer("github.push", "github.issues.*");
  assertEquals(test.hub.holder("github.push"), undefined);
  assert(!test.hub.isPressed);
  test.hub.publish(TOO_MUCH);
  assertEquals(test.hub.holder("github.push"), slow);
  assertEquals(test.hub.holder("github.issues.opened"), slow);
  assert(test.hub.isPressed);
});

Deno.test("Hub.holder: nobody waits for one that the event would not go to", () => {
  const test = new TestHub();
  test.consumer("github.push");
  test.consumer("github.fork");
  test.hub.publish(TOO_MUCH);
  assert(test.hub.holder("github.push"));
  for (const type of ["github.fork", "github.star", "github", "github.push.x"]) {
    assertEquals(test.hub.holder(type), undefined, type);
  }
});

Deno.test("Hub.holder: nobody waits for one that is gone, given up, or level again", () => {
  const ends: Record<string, (test: TestHub, slow: Consumer) => void> = {
    gone: ({ hub }, slow) => hub.leave(slow, "eof"),
    "given up": (test) => test.pass(PATIENCE_MS + 2 * LOOK_MS),
    level: (_, { channel }) => void drain(channel),
  };
  for (const [name, end] of Object.entries(ends)) {
    const test = new TestHub();
    const slow = test.consumer(">");
    test.hub.publish(TOO_MUCH);
    assertEquals(test.hub.holder("github.push"), slow, name);
    let released = 0;
    slow.channel.pace.whenReleased(() => released++);
    end(test, slow);
    assertEquals([released, test.hub.holder("github.push")], [1, undefined], name);
    assertEquals(test.hub.isPressed, name === "given up", name);
  }
});

/** One that publishes as a connection does: in order, and only what nobody has to be waited for. */
class Publisher {
  #next = 0;
  waitsFor: Consumer | undefined;

  constructor(private readonly test: TestHub, private readonly events: readonly Publication[]) {}

  get isDone(): boolean {
    return this.#next === this.events.length;
  }

  publish(): void {
    const { hub } = this.test;
    while (!this.waitsFor) {
      const event = this.events[this.#next];
      if (!event) return;
      const holder = hub.holder(event.event_type);
      if (holder) {
        assert(holder.channel.pace.holds, "waits for one that holds nobody");
        this.waitsFor = holder;
        holder.channel.pace.whenReleased(() => this.waitsFor = undefined);
      } else {
        hub.publish(event);
        this.#next++;
      }
    }
  }
}

/** A consumer that takes so many bytes every so many ticks, or none at all. */
class Reader {
  readonly consumer: Consumer;
  #batch: Batch | undefined;
  readonly #decoder = new TextDecoder();
  #text = "";

  constructor(test: TestHub, types: readonly string[], public bytes: number, readonly every = 1) {
    this.consumer = test.consumer(...types);
  }

  /** Reads to the end. */
  finish(): void {
    for (let tick = 0; this.consumer.channel.queued > 0; tick++) {
      assertLess(tick, 100_000, "it never ends");
      this.tick(tick);
    }
  }

  tick(number: number): void {
    const { channel } = this.consumer;
    if (!this.#batch && !channel.isEmpty) this.#batch = channel.layOut(64 * 1024);
    if (!this.#batch || this.bytes === 0 || number % this.every !== 0) return;
    const piece = this.#batch.rest.subarray(0, this.bytes);
    this.#text += this.#decoder.decode(piece, { stream: true });
    channel.taken(piece.length);
    if (this.#batch.restBytes === 0) this.#batch = undefined;
  }

  /** Whole frames that it got. */
  got(): Got[] {
    return framesIn(new TextEncoder().encode(this.#text));
  }
}

const TICK_MS = 5;

Deno.test("Hub: who keeps up loses nothing, who takes nothing holds nobody up for long", () => {
  const types = ["github.push", "github.fork", "github.star"];
  const some = fc.uniqueArray(fc.constantFrom(">", ...types), { minLength: 1 });
  const published = fc.array(
    fc.record({ type: fc.constantFrom(...types), pad: fc.integer({ min: 0, max: 30_000 }) }),
    { minLength: 20, maxLength: 50, size: "max" },
  );
  const reader = fc.record({
    types: some,
    bytes: fc.integer({ min: 5_000, max: 200_000 }),
    // Something is taken every 75 ms at least.
    every: fc.integer({ min: 1, max: 15 }),
  });
  fc.assert(
    fc.property(
      fc.array(published, { minLength: 1, maxLength: 3 }),
      fc.array(reader, { minLength: 1, maxLength: 4 }),
      some,
      fc.integer({ min: 4, max: 100 }),
      (streams, readers, deafTypes, channelEvents) => {
        const test = new TestHub({ channelEvents, channelBytes: 200_000 });
        const reading = readers.map(({ types, bytes, every }) =>
          new Reader(test, types, bytes, every)
        );
        const deaf = new Reader(test, deafTypes, 0);
        const events = streams.map((stream, publisher) =>
          stream.map(({ type, pad }, number) =>
            publication(type, JSON.stringify({ publisher, number, pad: "x".repeat(pad) }))
          )
        );
        const publishers = events.map((stream) => new Publisher(test, stream));
        const held = publishers.map(() => 0);

        for (let tick = 1; !publishers.every(({ isDone }) => isDone); tick++) {
          assertLess(tick, 20_000, "a publisher waits for ever");
          test.clock.pass(TICK_MS);
          if (tick % (LOOK_MS / TICK_MS) === 0) test.hub.look();
          for (const reader of [...reading, deaf]) reader.tick(tick);
          publishers.forEach((publisher, i) => {
            publisher.publish();
            if (publisher.waitsFor === deaf.consumer) held[i] = (held[i] ?? 0) + TICK_MS;
          });
          for (const { consumer } of reading) {
            const { queued, queuedBytes } = consumer.channel;
            assert(queuedBytes <= BEHIND_BYTES + 31_000 && queued <= channelEvents / 2 + 1);
          }
        }
        for (const reader of reading) reader.finish();

        for (const ms of held) assert(ms <= PATIENCE_MS + 2 * LOOK_MS, `held up for ${ms} ms`);
        for (const reader of reading) {
          assertEquals(reader.consumer.channel.dropped, 0);
          const got = reader.got();
          assertEquals(got.map(({ seq }) => seq), got.map((_, i) => i + 1));
          events.forEach((stream, publisher) => {
            const { eventTypes } = reader.consumer;
            const wanted = stream.flatMap(({ event_type }, number) =>
              eventTypes.some((entry) => entry === ">" || entry === event_type) ? [number] : []
            );
            const numbers = got.map(({ payload }) => payload as Mark)
              .filter((mark) => mark.publisher === publisher).map(({ number }) => number);
            assertEquals(numbers, wanted, "not in the order sent");
          });
        }
        const { channel } = deaf.consumer;
        assertEquals(channel.received, channel.dropped + channel.queued);
      },
    ),
    { numRuns: 30 },
  );
});

interface Mark {
  publisher: number;
  number: number;
}

Deno.test("Hub: who takes nothing loses its own oldest, and the others nothing", () => {
  const test = new TestHub({ channelEvents: 100 });
  const [deaf, reader] = [new Reader(test, [">"], 0), new Reader(test, [">"], 1_000_000)];
  const events = Array.from(
    { length: 1000 },
    (_, number) => publication("github.push", JSON.stringify({ publisher: 0, number })),
  );
  const publisher = new Publisher(test, events);
  for (let tick = 0; !publisher.isDone; tick++) {
    assertLess(tick * TICK_MS, 1000, "held up for long");
    test.pass(TICK_MS);
    publisher.publish();
    for (const each of [deaf, reader]) each.tick(tick);
  }
  reader.finish();
  assertEquals(reader.got().length, 1000);
  // Then it reads after all: what it lost are gaps, and the newest is there.
  deaf.bytes = 1_000_000;
  deaf.finish();
  const seqs = deaf.got().map(({ seq }) => seq);
  assertEquals([seqs.length, seqs.at(-1)], [100, 1000]);
  assertEquals(deaf.consumer.channel.dropped, 900);
});
