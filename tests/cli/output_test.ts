import { assert, assertEquals, assertRejects } from "@std/assert";
import { Output, ReaderGoneError } from "../../lib/cli/output.ts";
import { BusError } from "../../lib/protocol/errors.ts";
import { Recorder } from "./recorder.ts";

function failing(error: Error) {
  return { isTerminal: () => false, write: () => Promise.reject(error) };
}

Deno.test("Output has data on stdout and talk on stderr", async () => {
  const recorder = new Recorder();
  await recorder.output.print("data\n");
  recorder.output.say("talk");
  recorder.output.sayError("bad");
  assertEquals([recorder.data, await recorder.talk()], ["data\n", "talk\nerror: bad\n"]);
});

Deno.test("Output.sayError() makes one line of whatever it is given", async () => {
  const recorder = new Recorder();
  recorder.output.sayError("a\nb\r\x1b[2J\x9b\u202e");
  assertEquals(await recorder.talk(), "error: a\\nb\\r\\x1b[2J\\x9b\\u202e\n");
});

// With NO_COLOR set there are none to be had.
Deno.test("Output has colours on a terminal alone, and only where they are wanted", {
  ignore: Deno.noColor,
}, async () => {
  for (const terminal of [true, false]) {
    for (const colours of [true, false]) {
      const recorder = new Recorder({ terminal, colours });
      recorder.output.sayError("bad");
      const isColoured = terminal && colours;
      assertEquals((await recorder.talk()).includes("\x1b["), isColoured);
      assertEquals(recorder.output.paint.bold("x") !== "x", isColoured);
    }
  }
});

Deno.test("Output knows the columns of a terminal, and none elsewhere", () => {
  assertEquals(new Recorder({ terminal: true }).output.columns, 80);
  assertEquals(new Recorder().output.columns, undefined);
});

Deno.test("Output.write() tells a reader that has gone from a disk that is full", async () => {
  const gone = new Recorder({ stdout: failing(new Deno.errors.BrokenPipe("Broken pipe")) });
  await assertRejects(() => gone.output.print("x"), ReaderGoneError);
  assert(gone.output.broken.aborted);
  const full = new Recorder({
    stdout: failing(new Error("No space left on device (os error 28)")),
  });
  const error = await assertRejects(() => full.output.print("x"), BusError);
  assertEquals(
    [error.code, error.message],
    ["failed", "cannot write to stdout: No space left on device"],
  );
});

Deno.test("Output.say() never fails, though nobody can be told", async () => {
  const stderr = failing(new Deno.errors.BrokenPipe("Broken pipe"));
  const output = new Output({ stdout: failing(new Error()), stderr, colours: false });
  output.say("x");
  output.sayError("y");
  await output.end();
});

Deno.test("Output.say() leaves lines out where stderr takes nothing, and holds no more of them", async () => {
  let held = 0;
  const first = Promise.withResolvers<void>();
  const stderr = {
    isTerminal: () => false,
    async write(bytes: Uint8Array) {
      await first.promise;
      held += bytes.length;
      return bytes.length;
    },
  };
  const output = new Output({ stdout: stderr, stderr, colours: false });
  for (let line = 0; line < 10_000; line++) output.say("x".repeat(99));
  first.resolve();
  await output.end();
  assert(held > 60 * 1024 && held < 70 * 1024, String(held));
});

Deno.test("Output.showProgress() replaces its line, and other lines clear it", async () => {
  const recorder = new Recorder({ talkTerminal: true });
  recorder.output.showProgress("1,000");
  recorder.output.showProgress("2,000");
  recorder.output.say("done");
  assertEquals(await recorder.talk(), "1,000\r\x1b[K2,000\r\x1b[Kdone\n");
});

Deno.test("Output.showProgress() shows nothing where stderr is no terminal", async () => {
  const recorder = new Recorder({ terminal: true, talkTerminal: false });
  recorder.output.showProgress("1,000");
  assertEquals(await recorder.talk(), "");
});
