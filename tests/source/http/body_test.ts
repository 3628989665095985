import { assertEquals, assertRejects } from "@std/assert";
import { Refusal } from "../../../lib/source/http/answers.ts";
import { BODY_MS, type BodyBounds, readBody } from "../../../lib/source/http/body.ts";
import { corpus } from "../../e2e/corpus.ts";
import { DrivenClocks } from "../../server/driven_clocks.ts";

/** Bounds that nothing comes near to. */
function bounds(more: Partial<BodyBounds> = {}): BodyBounds {
  const { signal } = new AbortController();
  return { limit: 1e6, hold: () => true, clocks: new DrivenClocks(), signal, ...more };
}

/** A body that comes in pieces, and does not end unless it is told to; it keeps in mind whether it was left. */
function bodyOf(pieces: readonly Uint8Array[], end: "ends" | "breaks" | "waits" = "ends") {
  const left = Promise.withResolvers<void>();
  let next = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = pieces[next++];
      if (piece) controller.enqueue(piece);
      else if (end === "ends") controller.close();
      else if (end === "breaks") controller.error(new TypeError("gone"));
    },
    cancel: () => left.resolve(),
  });
  return { stream, left: left.promise };
}

/** What a refusal says, with its status before it. */
async function refusal(reading: Promise<unknown>): Promise<string> {
  const { status, message } = await assertRejects(() => reading, Refusal);
  return `${status} ${message}`;
}

Deno.test("body: real webhooks are read byte for byte, however they are cut", async () => {
  for (const { payload } of corpus().slice(0, 5)) {
    const bytes = new TextEncoder().encode(payload);
    const clocks = new DrivenClocks();
    const pieces = [bytes.slice(0, 1), bytes.slice(1, 1_000), bytes.slice(1_000)];
    assertEquals(await readBody(bodyOf(pieces).stream, bounds({ clocks })), bytes);
    assertEquals(clocks.pending, 0);
  }
});

Deno.test("body: none is an empty one", async () => {
  assertEquals(await readBody(null, bounds()), new Uint8Array(0));
  assertEquals(await readBody(bodyOf([]).stream, bounds()), new Uint8Array(0));
});

Deno.test("body: one may be as long as the limit; of a longer one no more is read", async () => {
  const pieces = [new Uint8Array(60), new Uint8Array(40)];
  assertEquals((await readBody(bodyOf(pieces).stream, bounds({ limit: 100 }))).length, 100);
  const { stream, left } = bodyOf(pieces, "waits");
  const reading = readBody(stream, bounds({ limit: 99 }));
  assertEquals(await refusal(reading), "413 the body is longer than 99 bytes");
  await left;
});

Deno.test("body: room is taken up for each piece, and without room it is left", async () => {
  const held: number[] = [];
  const hold = (bytes: number) => held.push(bytes) < 2;
  const { stream, left } = bodyOf([new Uint8Array(60), new Uint8Array(40)], "waits");
  assertEquals(await refusal(readBody(stream, bounds({ hold }))), "503 too much is under way");
  assertEquals(held, [60, 40]);
  await left;
});

Deno.test("body: one that is not whole in time is left", async () => {
  const clocks = new DrivenClocks();
  const { stream, left } = bodyOf([new Uint8Array(60)], "waits");
  const reading = refusal(readBody(stream, bounds({ clocks })));
  clocks.setTo(BODY_MS - 1);
  clocks.ring();
  assertEquals(clocks.pending, 1);
  clocks.setTo(BODY_MS);
  clocks.ring();
  assertEquals(await reading, "408 the body was not whole after 10 s");
  await left;
});

Deno.test("body: one that breaks off is none", async () => {
  const clocks = new DrivenClocks();
  const { stream } = bodyOf([new Uint8Array(60)], "breaks");
  assertEquals(await refusal(readBody(stream, bounds({ clocks }))), "400 the body broke off");
  assertEquals(clocks.pending, 0);
});

Deno.test("body: it is left when the source stops, before or meanwhile", async () => {
  const over = new AbortController();
  const { stream, left } = bodyOf([new Uint8Array(60)], "waits");
  const meanwhile = refusal(readBody(stream, bounds({ signal: over.signal })));
  over.abort();
  assertEquals(await meanwhile, "503 it stops");
  await left;
  const before = readBody(bodyOf([new Uint8Array(1)]).stream, bounds({ signal: over.signal }));
  assertEquals(await refusal(before), "503 it stops");
});
