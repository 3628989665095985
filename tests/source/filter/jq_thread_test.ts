import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { type Answer, JqLost, JqThread } from "../../../lib/source/filter/jq_thread.ts";
import { eventually, within } from "../../e2e/waiting.ts";
import { settle } from "../../server/peer.ts";
import { WatchedClocks } from "../watched_clocks.ts";

/** Milliseconds that a thread has to begin. */
const START_MS = 10_000;

/** Milliseconds that a question has: by the clock of its thread too, which does not stand still. */
const CALL_MS = 5_000;

const ENDLESS = "last(repeat(1))";

/** The same of one that has no answer. */
const ENDLESS_MS = 50;

const SystemWorker = Worker;

/** Threads that were begun and not ended. */
const alive = new Set<Worker>();

class CountedWorker extends SystemWorker {
  constructor(...from: ConstructorParameters<typeof Worker>) {
    super(...from);
    alive.add(this);
    this.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
      if ("ended" in data) alive.delete(this);
    });
  }

  override terminate(): void {
    alive.delete(this);
    super.terminate();
  }
}

/** A thread whose time stands still until a test drives it; at its end none may be alive. */
class Asked implements AsyncDisposable {
  readonly clocks = new WatchedClocks();
  /** What was said beside the results, and the results, in the order in which they came. */
  readonly heard: string[] = [];
  /** The times that were given, one for each start of a thread and one for each question. */
  readonly times: number[] = [];
  readonly thread: JqThread;

  constructor() {
    Object.assign(globalThis, { Worker: CountedWorker });
    const after = (milliseconds: number, callback: () => void) => {
      this.times.push(milliseconds);
      return this.clocks.after(milliseconds, callback);
    };
    this.thread = new JqThread({ after }, (text) => void this.heard.push(`said ${text}`));
  }

  async ask(program: string, ...payloads: string[]): Promise<string> {
    const milliseconds = program === ENDLESS ? ENDLESS_MS : CALL_MS;
    const result = await within(program, this.thread.run({ program, payloads }, milliseconds));
    this.heard.push(`result ${result}`);
    return result;
  }

  /** Asks, and resolves with how the thread was lost. */
  async loss(program: string, ...payloads: string[]): Promise<JqLost["how"]> {
    return (await assertRejects(() => this.ask(program, ...payloads), JqLost)).how;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.thread.end();
    Object.assign(globalThis, { Worker: SystemWorker });
    assertEquals(this.clocks.pending, 0, "alarms are still set");
    await eventually("no thread is left", () => alive.size === 0);
  }
}

Deno.test("jq thread: one thread answers one question after the other, those that jq refuses too", async () => {
  await using asked = new Asked();
  assertEquals(await asked.ask(".a", '{"a":"b\\nc"}', '{"a":[2, 3]}'), '"b\\nc"\n[2,3]');
  const refused = await assertRejects(() => asked.ask(".a ===", "{}"), Error, "syntax error");
  assertEquals(refused instanceof JqLost, false);
  await assertRejects(() => asked.ask("error", '"oh"'), Error, "oh");
  assertEquals(await asked.ask("length", "[1, 2]"), "2");
  assertEquals(asked.times, [START_MS, CALL_MS, CALL_MS, CALL_MS, CALL_MS]);
});

Deno.test("jq thread: a question that takes too long loses jq, and the next one has a new one", async () => {
  await using asked = new Asked();
  const lost = asked.loss(ENDLESS, "1");
  await asked.clocks.untilDue(ENDLESS_MS);
  let hasEnded = false;
  const ended = lost.then(() => hasEnded = true);
  asked.clocks.goTo(ENDLESS_MS - 1);
  await settle();
  assertEquals(hasEnded, false);
  asked.clocks.goTo(ENDLESS_MS);
  await ended;
  assertEquals(await lost, "took too long");
  assertEquals(await asked.ask(". + 1", "1"), "2");
  assertEquals(asked.times, [START_MS, ENDLESS_MS, START_MS, CALL_MS]);
});

Deno.test("jq thread: a question that breaks jq down loses jq, and the next one has a new one", async () => {
  await using asked = new Asked();
  assertEquals(await asked.loss('"x" * .', "1e9"), "broke down");
  assertEquals(await asked.ask(". + 1", "1"), "2");
  assertEquals(asked.times, [START_MS, CALL_MS, START_MS, CALL_MS]);
});

Deno.test("jq thread: one that has not begun after 10 s is lost, and the next one begins", async () => {
  await using asked = new Asked();
  const lost = asked.loss(".", "1");
  asked.clocks.goTo(START_MS);
  assertEquals(await lost, "took too long");
  assertEquals(await asked.ask(". + 1", "1"), "2");
  assertEquals(asked.times, [START_MS, START_MS, CALL_MS]);
});

Deno.test("jq thread: what a program says beside its result is handed over, before that", async () => {
  await using asked = new Asked();
  assertEquals(await asked.ask('("\\u001b[31mred" | stderr) | 1', "0"), "1");
  assertEquals(asked.heard, ["said \x1b[31mred", "result 1"]);
  await asked.ask("debug", "2");
  assertStringIncludes(asked.heard.at(-2) ?? "", '["DEBUG:",2]');
});

Deno.test("jq thread: its end is the end of what is asked, while it begins and while it runs", async () => {
  await using asked = new Asked();
  asked.thread.end();
  const early = asked.loss(".", "1");
  asked.thread.end();
  assertEquals(await early, "was ended");
  const late = asked.loss(ENDLESS, "1");
  await asked.clocks.untilDue(ENDLESS_MS);
  asked.thread.end();
  assertEquals(await late, "was ended");
  await settle();
  assertEquals([asked.heard, asked.clocks.pending], [[], 0]);
});
