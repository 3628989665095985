import { assert, assertEquals, assertThrows } from "@std/assert";
import { SYSTEM_CLOCKS } from "../../lib/platform/clocks.ts";
import {
  commandWords,
  ProcessGroup,
  type ProcessGroupOptions,
} from "../../lib/platform/process_group.ts";
import { eventually } from "../e2e/waiting.ts";

/** Milliseconds that nothing here takes. */
const LONG_MS = 60_000;

function script(text: string, options: Partial<ProcessGroupOptions> = {}): ProcessGroup {
  return ProcessGroup.start({
    words: commandWords(text),
    stdout: "piped",
    stderr: "null",
    ...options,
  });
}

/** What a stream gives, line by line, as it comes. */
class Lines {
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = "";

  constructor(stream: ReadableStream<Uint8Array>) {
    const decoder = new TextDecoder();
    const decoding = new TransformStream<Uint8Array, string>({
      transform: (chunk, to) => to.enqueue(decoder.decode(chunk, { stream: true })),
    });
    this.#reader = stream.pipeThrough(decoding).getReader();
  }

  async next(): Promise<string> {
    while (!this.#text.includes("\n")) {
      const { value, done } = await this.#reader.read();
      if (done) throw new Error(`ended with ${JSON.stringify(this.#text)}`);
      this.#text += value;
    }
    const end = this.#text.indexOf("\n");
    const line = this.#text.slice(0, end);
    this.#text = this.#text.slice(end + 1);
    return line;
  }

  /** All that is left, once the stream has ended. */
  async rest(): Promise<string> {
    for (;;) {
      const { value, done } = await this.#reader.read();
      if (done) return this.#text;
      this.#text += value;
    }
  }
}

/** Whether a process runs: one that is dead and that nobody has waited for does not. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}

/** The last pid that a script says: of a process that it has started. */
async function childOf(lines: Lines): Promise<number> {
  const pid = Number(await lines.next());
  assert(isAlive(pid));
  return pid;
}

async function untilGone(pid: number): Promise<void> {
  await eventually(`process ${pid} is gone`, () => !isAlive(pid));
}

Deno.test("commandWords() gives a text to the shell, and words as they are", () => {
  assertEquals(commandWords("a | b"), ["/bin/sh", "-c", "a | b"]);
  assertEquals(commandWords(["a", "| b", ""]), ["a", "| b", ""]);
});

Deno.test("ProcessGroup gets its words, variables and directory as they are, and an empty stdin", async () => {
  const directory = await Deno.makeTempDir();
  const words = ["a b", "", "$x;'", "*", Deno.execPath()];
  const group = ProcessGroup.start({
    words: ["/bin/sh", "-c", 'cat; pwd; echo "$GIVEN $HOME"; printf "%s|" "$@"', "sh", ...words],
    env: { GIVEN: "it" },
    directory,
    stdout: "piped",
    stderr: "null",
  });
  const lines = new Lines(group.stdout);
  assertEquals(await lines.next(), await Deno.realPath(directory));
  assertEquals(await lines.next(), `it ${Deno.env.get("HOME") ?? ""}`);
  assertEquals(await lines.rest(), words.map((word) => `${word}|`).join(""));
  assertEquals(await group.status, { code: 0, signal: null });
  await Deno.remove(directory);
});

Deno.test("ProcessGroup is a group and a session of its own", async () => {
  const group = script("cut -d' ' -f5,6 /proc/$$/stat");
  assertEquals(await new Lines(group.stdout).rest(), `${group.pid} ${group.pid}\n`);
  await group.status;
});

Deno.test("ProcessGroup.status says with which code it ended, or by which signal", async () => {
  const code = script("exit 3", { stdout: "null" });
  assertEquals(await code.status, { code: 3, signal: null });
  const signal = script("kill -9 $$", { stdout: "null" });
  assertEquals(await signal.status, { code: null, signal: "SIGKILL" });
});

Deno.test("ProcessGroup.start() throws where there is no such program", () => {
  assertThrows(
    () => ProcessGroup.start({ words: ["/none/such"], stdout: "null", stderr: "null" }),
    Deno.errors.NotFound,
  );
});

Deno.test("ProcessGroup.terminate() and kill() reach what the child has started, and it", async () => {
  for (const [way, signal] of [["terminate", "SIGTERM"], ["kill", "SIGKILL"]] as const) {
    const group = script("sleep 1000 & echo $!; wait");
    const lines = new Lines(group.stdout);
    const child = await childOf(lines);
    group[way]();
    assertEquals(await group.status, { code: null, signal });
    await untilGone(child);
    await lines.rest();
  }
});

Deno.test("ProcessGroup.terminate() and kill() reach what is left of a group without its first", async () => {
  const group = script("sleep 1000 & echo $!");
  const lines = new Lines(group.stdout);
  const child = await childOf(lines);
  assertEquals(await group.status, { code: 0, signal: null });
  group.terminate();
  await untilGone(child);
  await lines.rest();
  // Nothing is left: it does nothing.
  group.terminate();
  group.kill();
});

Deno.test("ProcessGroup.end() gives all of the group the time to end by itself", async () => {
  const trap = (name: string) =>
    `trap 'sleep 0.1; echo ${name}; exit 7' TERM; sleep 9 & echo; wait`;
  // The first of the second group ends at the signal, its child a little later.
  for (const text of [trap("first"), `(${trap("child")}) & wait`]) {
    const group = script(text);
    const lines = new Lines(group.stdout);
    await lines.next();
    await group.end(SYSTEM_CLOCKS, LONG_MS);
    assertEquals(await lines.next(), text.startsWith("trap") ? "first" : "child");
    await lines.rest();
  }
});

Deno.test("ProcessGroup.end() kills what is left after that time, whoever of the group it is", async () => {
  const deaf = "trap '' TERM; echo $$; while :; do sleep 0.01; done";
  for (const text of [deaf, `/bin/sh -c "${deaf.replace("$$", "\\$\\$")}" & exit`]) {
    const group = script(text);
    const lines = new Lines(group.stdout);
    const pid = await childOf(lines);
    const start = performance.now();
    await group.end(SYSTEM_CLOCKS, 100);
    const took = performance.now() - start;
    assert(took >= 99, `took ${took} ms`);
    await untilGone(pid);
    await lines.rest();
  }
});

Deno.test("ProcessGroup.end() does not wait for the dead whom nobody has waited for", async () => {
  // The parent of the dead one has gone to a session of its own, and waits for nobody.
  const group = script("(sleep 0.01 & echo $!; exec setsid sleep 1000) & echo $!; exit");
  const lines = new Lines(group.stdout);
  const [one, other] = [Number(await lines.next()), Number(await lines.next())];
  const isDead = (pid: number) =>
    Deno.readTextFile(`/proc/${pid}/stat`).then((stat) => / Z /.test(stat), () => false);
  await eventually("the first has died", async () => await isDead(one) || await isDead(other));
  const start = performance.now();
  await group.end(SYSTEM_CLOCKS, LONG_MS);
  assert(performance.now() - start < 5_000);
  Deno.kill(await isDead(one) ? other : one, "SIGKILL");
  await lines.rest();
});

Deno.test("ProcessGroup.end() has nothing to do where all have ended", async () => {
  const group = script("exit 1", { stdout: "null" });
  await group.status;
  await group.end(SYSTEM_CLOCKS, LONG_MS);
});
