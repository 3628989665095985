import { assert, assertEquals, assertRejects } from "@std/assert";
import type { InputLine } from "../../lib/protocol/input_lines.ts";
import { LinePublication } from "../../lib/cli/line_publication.ts";
import { HubGoneError, RefusedError } from "../../lib/client/errors.ts";
import type { FlushTotals } from "../../lib/client/publisher.ts";
import { hubPaths } from "../../lib/platform/paths.ts";
import { BusError } from "../../lib/protocol/errors.ts";

const PATHS = hubPaths({ socket: "/tmp/x.sock" });

/** A publisher whose hub acknowledges a flush when the test says so, or at once. */
class FakePublisher {
  readonly sent: string[] = [];
  readonly flushedAt: number[] = [];
  acknowledged = 0;
  failure: Error | undefined;
  /** Held flushes wait for it; without it they are acknowledged at once. */
  hold: Promise<void> | undefined;

  readonly send = (text: string): Promise<void> => {
    if (this.failure) return Promise.reject(this.failure);
    if (text === "bad") return Promise.reject(new BusError("bad_input", "not JSON"));
    this.sent.push(text);
    return Promise.resolve();
  };

  async flush(): Promise<FlushTotals> {
    const before = this.acknowledged;
    const events = this.sent.length;
    this.flushedAt.push(events);
    await this.hold;
    if (this.failure) throw this.failure;
    this.acknowledged = Math.max(this.acknowledged, events);
    return { events: events - before, matched: 0, duplicates: 0 };
  }

  async close(): Promise<FlushTotals> {
    await this.flush();
    return { events: this.sent.length, matched: 0, duplicates: 0 };
  }
}

function publicationOn(publisher: FakePublisher): LinePublication {
  return new LinePublication({ publisher, send: publisher.send, showProgress: () => {} });
}

async function* batches(...batches: InputLine[][]): AsyncGenerator<InputLine[]> {
  yield* batches;
}

function lines(count: number, first = 1): InputLine[] {
  return Array.from({ length: count }, (_, at) => ({ number: first + at, text: `${first + at}` }));
}

const NEVER = new AbortController().signal;

async function refusalOf(publication: LinePublication, input: AsyncIterable<InputLine[]>) {
  const error = await assertRejects(() => publication.run(input, NEVER), BusError);
  return [error.code, error.message];
}

Deno.test("LinePublication sends every line in order and closes", async () => {
  const publisher = new FakePublisher();
  const totals = await publicationOn(publisher).run(batches(lines(2), lines(3, 5)), NEVER);
  assertEquals(publisher.sent, ["1", "2", "5", "6", "7"]);
  assertEquals(totals, { events: 5, matched: 0, duplicates: 0 });
});

Deno.test("LinePublication flushes every 1,000 events, and at the end", async () => {
  const publisher = new FakePublisher();
  await publicationOn(publisher).run(batches(lines(2_500)), NEVER);
  assertEquals(publisher.flushedAt, [1_000, 2_000, 2_500]);
});

Deno.test("LinePublication has one flush under way and sends no further than 1,000 beyond it", async () => {
  const publisher = new FakePublisher();
  const held = Promise.withResolvers<void>();
  publisher.hold = held.promise;
  const running = publicationOn(publisher).run(batches(lines(5_000)), NEVER);
  while (publisher.sent.length < 2_000) await Promise.resolve();
  for (let turn = 0; turn < 10_000; turn++) await Promise.resolve();
  assertEquals([publisher.sent.length, publisher.flushedAt.length], [2_000, 1]);
  held.resolve();
  await running;
  assertEquals(publisher.sent.length, 5_000);
});

Deno.test("LinePublication names a line that is no event, brings those before it to their end", async () => {
  const publisher = new FakePublisher();
  const publication = publicationOn(publisher);
  const input = batches([...lines(3), { number: 7, text: "bad" }, { number: 8, text: "8" }]);
  assertEquals(await refusalOf(publication, input), [
    "bad_input",
    "line 7: not JSON; 3 events acknowledged, up to line 3",
  ]);
  assertEquals([publisher.sent, publisher.acknowledged], [["1", "2", "3"], 3]);
});

Deno.test("LinePublication says it where the very first line is bad", async () => {
  const publication = publicationOn(new FakePublisher());
  assertEquals(await refusalOf(publication, batches([{ number: 1, text: "bad" }])), [
    "bad_input",
    "line 1: not JSON; no event is acknowledged",
  ]);
});

Deno.test("LinePublication brings the lines to their end that stand before one that cannot be read", async () => {
  const publisher = new FakePublisher();
  const publication = publicationOn(publisher);
  async function* input() {
    yield [{ number: 2, text: "2" }];
    await Promise.resolve();
    throw new BusError("bad_input", "line 3 is not UTF-8");
  }
  assertEquals(await refusalOf(publication, input()), [
    "bad_input",
    "line 3 is not UTF-8; 1 event acknowledged, up to line 2",
  ]);
  assertEquals(publisher.acknowledged, 1);
});

Deno.test("LinePublication tells how far it was when the hub goes away", async () => {
  const publisher = new FakePublisher();
  const publication = publicationOn(publisher);
  async function* input() {
    yield lines(1_000, 11);
    while (publisher.acknowledged < 1_000) await Promise.resolve();
    publisher.failure = new HubGoneError(PATHS);
    yield lines(1_000, 2_000);
  }
  assertEquals(await refusalOf(publication, input()), [
    "hub_gone",
    "the hub on /tmp/x.sock went away; 1000 events acknowledged, up to line 1010",
  ]);
});

Deno.test("LinePublication ends when the hub goes away though no further line comes", async () => {
  const publisher = new FakePublisher();
  const publication = publicationOn(publisher);
  async function* input() {
    yield lines(1_000);
    publisher.failure = new HubGoneError(PATHS);
    held.reject(publisher.failure);
    await new Promise(() => {});
  }
  const held = Promise.withResolvers<void>();
  publisher.hold = held.promise;
  assertEquals((await refusalOf(publication, input()))[0], "hub_gone");
});

Deno.test("LinePublication ends when the hub goes away while all is acknowledged and nothing comes", async () => {
  const publisher = new FakePublisher();
  const publication = publicationOn(publisher);
  async function* input() {
    yield lines(1_000);
    while (publisher.acknowledged < 1_000) await Promise.resolve();
    publisher.failure = new HubGoneError(PATHS);
    await new Promise(() => {});
  }
  const start = performance.now();
  assertEquals((await refusalOf(publication, input()))[0], "hub_gone");
  assert(performance.now() - start < 5_000);
});

Deno.test("LinePublication names the line of an event that the hub refuses", async () => {
  const publisher = new FakePublisher();
  const publication = publicationOn(publisher);
  const answer = { code: "bad_frame", message: "frame 4: no payload" };
  async function* input() {
    yield [...lines(2), ...lines(2, 10)];
    publisher.failure = new RefusedError(answer, 3, 0);
    yield lines(1, 20);
  }
  assertEquals(await refusalOf(publication, input()), [
    "bad_frame",
    "line 10: the hub refuses: frame 4: no payload; no event is acknowledged",
  ]);
});

Deno.test("LinePublication stops reading when its signal fires, and brings to an end what it sent", async () => {
  const publisher = new FakePublisher();
  const publication = publicationOn(publisher);
  const controller = new AbortController();
  async function* input() {
    yield lines(3);
    controller.abort();
    await new Promise(() => {});
  }
  const totals = await publication.run(input(), controller.signal);
  assertEquals([totals.events, publisher.acknowledged], [3, 3]);
  assertEquals(publication.soFar(), "; 3 events acknowledged, up to line 3");
});
