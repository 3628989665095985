import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { COMMAND_MS, KeyCommand, KILL_MS } from "../../lib/cli/key_command.ts";
import type { KeyTask } from "../../lib/cli/hub_lines.ts";
import type { CommandText } from "../../lib/cli/key_settings.ts";
import { SYSTEM_CLOCKS, type SystemClocks } from "../../lib/platform/clocks.ts";
import { BusError } from "../../lib/protocol/errors.ts";
import { eventually } from "../e2e/waiting.ts";

/** A directory, the commands that are run for a key of it, and what is said of them. */
class Scene implements AsyncDisposable {
  readonly lines: string[] = [];
  readonly #directory = Deno.makeTempDirSync();

  command(
    text: (directory: string) => CommandText,
    { task = "setup" as KeyTask, clocks = SYSTEM_CLOCKS, isTalkBroken = false } = {},
  ): KeyCommand {
    const output = {
      say: (line: string) => void this.lines.push(line),
      end: () => Promise.resolve(),
      isTalkBroken,
    };
    const command = text(this.#directory);
    return new KeyCommand({ task, key: "deploys", command, socket: "/s/x.sock", output, clocks });
  }

  path(name: string): string {
    return `${this.#directory}/${name}`;
  }

  read(name: string): string {
    return Deno.readTextFileSync(this.path(name));
  }

  /** Waits until a file is there. */
  async appears(name: string): Promise<void> {
    const isThere = () => Deno.stat(this.path(name)).then(() => true, () => false);
    await eventually(`the file ${name} is there`, isThere);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#directory, { recursive: true });
  }
}

/** The real clocks, of which the long waits take as long as they are told. */
function hurried(waits: Record<number, number>): SystemClocks {
  return {
    ...SYSTEM_CLOCKS,
    // A grace is also asked for as a moment: it is over at once when its wait is.
    monotonic: () => performance.now() * 1_000,
    after: (milliseconds, callback) =>
      SYSTEM_CLOCKS.after(waits[milliseconds] ?? milliseconds, callback),
  };
}

/** Whether a process runs: one that is dead and that nobody has waited for does not. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}

async function untilGone(pid: number): Promise<void> {
  await eventually(`process ${pid} is gone`, () => !isAlive(pid));
}

Deno.test("KeyCommand runs a text in the shell, with key and socket, and says how long it took", async () => {
  await using scene = new Scene();
  const text = (directory: string) => `echo "$BUS_KEY $BUS_SOCKET $0" > ${directory}/a; cat`;
  await scene.command(text).run();
  assertEquals(scene.read("a"), "deploys /s/x.sock /bin/sh\n");
  const [begun, done] = scene.lines;
  assertEquals(begun, `setting up deploys: ${text(scene.path("").slice(0, -1))}`);
  assert(/^set up deploys in \d+\.\d s$/.test(done ?? ""), done);
  assertEquals(scene.lines.length, 2);
});

Deno.test("KeyCommand runs words as they are, and shows them as they would be typed", async () => {
  await using scene = new Scene();
  const words = (directory: string) => ["cp", "/dev/null", `${directory}/a b`];
  await scene.command(words, { task: "cleanup" }).run();
  assertEquals(scene.read("a b"), "");
  const [begun, done] = scene.lines;
  assertEquals(begun, `cleaning up deploys: cp /dev/null '${scene.path("a b")}'`);
  assert(done?.startsWith("cleaned up deploys in "), done);
});

Deno.test("KeyCommand says what a command fails with", async () => {
  await using scene = new Scene();
  for (
    const [text, sentence] of [
      ["exit 3", "setup of deploys failed: exit code 3"],
      ["exec /none/such 2>&-", "setup of deploys failed: exit code 127"],
      ["kill -9 $$", "setup of deploys failed: SIGKILL ended it"],
    ] as const
  ) {
    const error = await assertRejects(() => scene.command(() => text).run(), BusError, sentence);
    assertEquals([error.code, error.message], ["failed", sentence]);
  }
  assertEquals(scene.lines.filter((line) => line.startsWith("set up")), []);
});

Deno.test("KeyCommand leaves what a command that succeeds has started, and nothing of one that fails", async () => {
  await using scene = new Scene();
  const text = (code: number) => (directory: string) =>
    `sleep 1000 > /dev/null 2>&1 & echo $! > ${directory}/pid; exit ${code}`;
  await scene.command(text(0)).run();
  const kept = Number(scene.read("pid"));
  assert(isAlive(kept));
  Deno.kill(kept, "SIGKILL");
  await assertRejects(() => scene.command(text(1)).run(), BusError);
  await untilGone(Number(scene.read("pid")));
});

Deno.test("KeyCommand ends a command after 20 s by SIGTERM", async () => {
  await using scene = new Scene();
  const clocks = hurried({ 20_000: 100 });
  const text = "trap 'exit 0' TERM; sleep 1000 & wait";
  const command = scene.command(() => text, { clocks });
  const sentence = "setup of deploys took longer than 20 s";
  const error = await assertRejects(() => command.run(), BusError, sentence);
  assertEquals(error.message, sentence);
  assertEquals(command.isRunning, false);
});

Deno.test("KeyCommand ends a command that does not hear that by SIGKILL, 5 s later", async () => {
  assertEquals([COMMAND_MS, KILL_MS], [20_000, 25_000]);
  await using scene = new Scene();
  const clocks = hurried({ 20_000: 50, 5_000: 50 });
  const text = (directory: string) =>
    `trap '' TERM; echo $$ > ${directory}/pid; while :; do sleep 0.01; done`;
  const running = assertRejects(
    () => scene.command(text, { clocks }).run(),
    BusError,
    "took longer than 20 s",
  );
  await running;
  await untilGone(Number(scene.read("pid")));
});

Deno.test("KeyCommand that is broken off gets SIGTERM, and throws the signal's reason", async () => {
  await using scene = new Scene();
  const controller = new AbortController();
  const reason = new Error("enough");
  const running = assertRejects(() =>
    scene.command((directory) =>
      `trap 'echo term > ${directory}/end; exit 1' TERM; touch ${directory}/begun; sleep 1000 & wait`
    ).run(controller.signal)
  );
  await scene.appears("begun");
  controller.abort(reason);
  assertStrictEquals(await running, reason);
  assertEquals(scene.read("end"), "term\n");
  assertEquals(scene.lines.slice(1), ["setup of deploys was broken off"]);
});

Deno.test("KeyCommand that is done in spite of the signal is done", async () => {
  await using scene = new Scene();
  const controller = new AbortController();
  const running = scene.command((directory) =>
    `trap 'exit 0' TERM; touch ${directory}/begun; sleep 1000 & wait`
  ).run(controller.signal);
  await scene.appears("begun");
  controller.abort();
  await running;
  assert(scene.lines.at(-1)?.startsWith("set up deploys in "));
});

Deno.test("KeyCommand does not begin where the signal has fired", async () => {
  await using scene = new Scene();
  const reason = new Error("enough");
  const command = scene.command((directory) => `touch ${directory}/begun`);
  assertStrictEquals(await assertRejects(() => command.run(AbortSignal.abort(reason))), reason);
  await assertRejects(() => Deno.stat(scene.path("begun")), Deno.errors.NotFound);
});

Deno.test("KeyCommand.kill() ends it at once, with all that it has started", async () => {
  await using scene = new Scene();
  const command = scene.command((directory) =>
    `trap '' TERM; sleep 1000 & echo $! > ${directory}/pid; touch ${directory}/begun; wait`
  );
  command.kill();
  const running = assertRejects(() => command.run(), BusError, "SIGKILL ended it");
  await scene.appears("begun");
  assertEquals(command.isRunning, true);
  command.kill();
  await running;
  await untilGone(Number(scene.read("pid")));
  assertEquals(command.isRunning, false);
});
