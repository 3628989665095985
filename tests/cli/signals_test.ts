import { assertEquals } from "@std/assert";
import { END_SIGNALS, type EndSignal } from "../../lib/cli/exit.ts";
import { type SignalSource, SignalWatch } from "../../lib/cli/signals.ts";

class FakeSignals implements SignalSource {
  readonly listeners = new Map<EndSignal, () => void>();
  time = 0;
  isDeafToHangups = false;
  readonly now = () => this.time;

  add(signal: EndSignal, listener: () => void): void {
    this.listeners.set(signal, listener);
  }

  remove(signal: EndSignal, listener: () => void): void {
    if (this.listeners.get(signal) === listener) this.listeners.delete(signal);
  }

  ignoresHangups(): boolean {
    return this.isDeafToHangups;
  }

  send(signal: EndSignal): void {
    this.listeners.get(signal)?.();
  }
}

async function hasInsisted(watch: SignalWatch): Promise<boolean> {
  let insisted = false;
  void watch.insisted.then(() => insisted = true);
  await Promise.resolve();
  return insisted;
}

Deno.test("SignalWatch asks at the first signal, whichever it is", () => {
  for (const signal of END_SIGNALS) {
    const fake = new FakeSignals();
    using watch = new SignalWatch(fake, fake.now);
    assertEquals([watch.asked.aborted, watch.first], [false, undefined]);
    fake.send(signal);
    assertEquals([watch.asked.aborted, watch.first], [true, signal]);
  }
});

Deno.test("SignalWatch leaves hangups to themselves where they were ignored at the start", () => {
  const fake = new FakeSignals();
  fake.isDeafToHangups = true;
  using watch = new SignalWatch(fake, fake.now);
  fake.send("SIGHUP");
  assertEquals([watch.asked.aborted, watch.first], [false, undefined]);
  fake.send("SIGTERM");
  assertEquals([watch.asked.aborted, watch.first], [true, "SIGTERM"]);
});

Deno.test("SignalWatch takes a signal repeated within 100 ms for the same one", async () => {
  const fake = new FakeSignals();
  using watch = new SignalWatch(fake, fake.now);
  for (const time of [0, 1, 99]) {
    fake.time = time;
    fake.send("SIGINT");
  }
  assertEquals(await hasInsisted(watch), false);
});

Deno.test("SignalWatch insists at a later one, and the first stays the first", async () => {
  const fake = new FakeSignals();
  using watch = new SignalWatch(fake, fake.now);
  fake.send("SIGINT");
  fake.time = 100;
  fake.send("SIGTERM");
  assertEquals([await hasInsisted(watch), watch.first], [true, "SIGINT"]);
});

Deno.test("SignalWatch is forced by a third one, and one that is repeated does not count", async () => {
  const fake = new FakeSignals();
  using watch = new SignalWatch(fake, fake.now);
  let forced = false;
  void watch.forced.then(() => forced = true);
  for (
    const [time, signal, expected] of [
      [0, "SIGINT", false],
      [1, "SIGINT", false],
      [500, "SIGHUP", false],
      [501, "SIGHUP", false],
      [1_000, "SIGTERM", true],
    ] as const
  ) {
    fake.time = time;
    fake.send(signal);
    await Promise.resolve();
    assertEquals([forced, watch.first], [expected, "SIGINT"], `after ${time} ms`);
  }
});

Deno.test("SignalWatch leaves the signals to themselves when it is disposed of", () => {
  const fake = new FakeSignals();
  {
    using _watch = new SignalWatch(fake, fake.now);
    assertEquals(fake.listeners.size, END_SIGNALS.length);
  }
  assertEquals(fake.listeners.size, 0);
});
