import { assert, assertEquals, assertRejects } from "@std/assert";
import { TextWriter, type WritableEnd } from "../../lib/cli/text_writer.ts";

/** An end that takes nothing until it is told to. */
class SlowEnd implements WritableEnd {
  taken = "";
  writes = 0;
  #pending: PromiseWithResolvers<number> | undefined;
  #offered: Uint8Array = new Uint8Array();

  async write(bytes: Uint8Array): Promise<number> {
    this.writes++;
    this.#offered = bytes.slice();
    this.#pending = Promise.withResolvers();
    return await this.#pending.promise;
  }

  /** Takes what is offered, or a part of it, and lets the writer go on. */
  async take(count = this.#offered.length): Promise<void> {
    this.taken += new TextDecoder().decode(this.#offered.subarray(0, count));
    this.#pending?.resolve(count);
    await settle();
  }

  async fail(error: Error): Promise<void> {
    this.#pending?.reject(error);
    await settle();
  }
}

/** Lets every promise that can go on do so. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const mark = () => {
    settled = true;
  };
  void promise.then(mark, mark);
  await settle();
  return settled;
}

Deno.test("TextWriter writes at once, and what comes meanwhile together after it", async () => {
  const end = new SlowEnd();
  const writer = new TextWriter(end, 100);
  writer.push("a\n");
  assertEquals(end.writes, 1);
  writer.push("b\n");
  writer.push("c\n");
  assertEquals(end.writes, 1);
  await end.take();
  assertEquals([end.taken, end.writes], ["a\n", 2]);
  await end.take();
  assertEquals([end.taken, end.writes], ["a\nb\nc\n", 2]);
});

Deno.test("TextWriter goes on where a write took a part", async () => {
  const end = new SlowEnd();
  const writer = new TextWriter(end, 100);
  writer.push("abcdef");
  for (const count of [1, 2, 3]) await end.take(count);
  assertEquals(end.taken, "abcdef");
  assertEquals(await writer.flush(Infinity), true);
});

Deno.test("TextWriter.room() waits while as much waits as may", async () => {
  const end = new SlowEnd();
  const writer = new TextWriter(end, 4);
  writer.push("first");
  writer.push("1234");
  assert(writer.isFull);
  const room = writer.room();
  assertEquals(await isSettled(room), false);
  await end.take();
  assertEquals(await isSettled(room), true);
  await end.take();
});

Deno.test("TextWriter.room() ends when its signal fires, though there is none", async () => {
  const end = new SlowEnd();
  const writer = new TextWriter(end, 4);
  writer.push("first");
  writer.push("1234");
  const controller = new AbortController();
  const room = writer.room(controller.signal);
  assertEquals(await isSettled(room), false);
  controller.abort();
  await room;
  assert(writer.isFull);
});

Deno.test("TextWriter fails once and for all with the error of a write", async () => {
  const end = new SlowEnd();
  const writer = new TextWriter(end, 4);
  writer.push("first");
  writer.push("1234");
  const room = writer.room();
  await end.fail(new Deno.errors.BrokenPipe("gone"));
  await assertRejects(() => room, Deno.errors.BrokenPipe);
  assert(writer.broken.aborted);
  writer.push("more");
  assertEquals([end.writes, writer.isFull], [1, false]);
  await assertRejects(() => writer.room(), Deno.errors.BrokenPipe);
  await assertRejects(() => writer.flush(Infinity), Deno.errors.BrokenPipe);
});

Deno.test("TextWriter.flush() gives up where nothing is taken, not where little is", async () => {
  const end = new SlowEnd();
  const writer = new TextWriter(end, 100);
  writer.push("abcdef");
  const gaveUp = writer.flush(1);
  assertEquals(await gaveUp, false);
  const flushed = writer.flush(60_000);
  for (let count = 0; count < 6; count++) {
    assertEquals(await isSettled(flushed), false);
    await end.take(1);
  }
  assertEquals(await flushed, true);
});
