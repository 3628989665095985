import { assert, assertEquals } from "@std/assert";
import { COMMON_FLAGS } from "../../lib/cli/command_lines.ts";
import { COMMANDS } from "../../lib/cli/commands.ts";
import { programHelp } from "../../lib/cli/help.ts";
import { runProgram } from "../../lib/cli/program.ts";
import { VERSION } from "../../lib/platform/version.ts";
import { Recorder } from "./recorder.ts";

async function run(...args: string[]): Promise<[number, string, string]> {
  const recorder = new Recorder();
  const code = await runProgram(args, recorder.output);
  return [code, recorder.data, await recorder.talk()];
}

Deno.test("bus without a command shows help on stderr and ends with 2", async () => {
  assertEquals(await run(), [2, "", programHelp(COMMANDS, COMMON_FLAGS)]);
});

Deno.test("bus --help and bus help show help on stdout and end with 0", async () => {
  const help = programHelp(COMMANDS, COMMON_FLAGS);
  for (const args of [["--help"], ["-h"], ["help"]]) {
    assertEquals(await run(...args), [0, help, ""]);
  }
});

Deno.test("every command shows its help, three ways, and asks for nothing else", async () => {
  for (const { name, summary } of COMMANDS) {
    for (const args of [[name, "--help"], [name, "-h"], ["help", name], ["--help", name]]) {
      const [code, stdout, stderr] = await run(...args);
      assertEquals([code, stderr], [0, ""]);
      assert(stdout.startsWith(`bus ${name}: ${summary}\n\nUsage:\n  bus ${name} `), stdout);
    }
  }
});

Deno.test("--version shows the version, everywhere", async () => {
  const version = [0, `bus ${VERSION}\n`, ""];
  assertEquals(await run("--version"), version);
  for (const { name } of COMMANDS) assertEquals(await run(name, "-V"), version);
});

Deno.test("wrong usage is one line on stderr, with the remedy, and ends with 2", async () => {
  const cases: [string[], string][] = [
    [["frobnicate"], 'unknown command "frobnicate" (see: bus --help)'],
    [["pubish"], 'unknown command "pubish" (did you mean bus publish?)'],
    [["__proto__"], 'unknown command "__proto__" (see: bus --help)'],
    [["\x1b[2J"], 'unknown command "\\x1b[2J" (see: bus --help)'],
    [["help", "frobnicate"], 'unknown command "frobnicate" (see: bus --help)'],
    [["--frob"], "unknown flag --frob (see: bus --help)"],
    [["--socket"], "--socket needs a value (give PATH)"],
    [["consume"], "KEY is missing (usage: bus consume KEY [--types A,B] [FLAGS])"],
    [["serve", "--frob"], "unknown flag --frob (see: bus serve --help)"],
    [
      ["status", "--name", "a", "--socket", "/b"],
      "--name and --socket both say which hub (leave one of them out)",
    ],
    [["status", "--name", "a/b"], 'a hub\'s name is a plain file name, not "a/b"'],
    [["stop", "now"], 'one argument too many: "now" (usage: bus stop [FLAGS])'],
  ];
  for (const [args, line] of cases) assertEquals(await run(...args), [2, "", `error: ${line}\n`]);
});

Deno.test("a hub that is not there is said and ends with 3, wherever the flag stands", async () => {
  const line =
    "error: no hub on /tmp/no-such.sock (start one with: bus serve --socket /tmp/no-such.sock)\n";
  const flags = ["--socket", "/tmp/no-such.sock"];
  assertEquals(await run("status", ...flags), [3, "", line]);
  assertEquals(await run(...flags, "status"), [3, "", line]);
  assertEquals(await run("stop", ...flags), [3, "", line]);
  assertEquals(await run("publish", "t", "1", "--no-start", ...flags), [3, "", line]);
  assertEquals(await run("consume", "k", "--types", "t", "--no-start", ...flags), [3, "", line]);
});

Deno.test("what fails unseen is one line too and ends with 1", async () => {
  const stalled = { isTerminal: () => false, write: () => new Promise<number>(() => {}) };
  const recorder = new Recorder({ stdout: stalled });
  const running = runProgram(["--help"], recorder.output);
  void Promise.reject(new TypeError("nobody waits\nfor this"));
  assertEquals(await running, 1);
  const line = "error: this should not happen: TypeError: nobody waits\\nfor this\n";
  assertEquals(await recorder.talk(), line);
});

Deno.test("a reader of help that goes away ends it quietly", async () => {
  const gone = {
    isTerminal: () => false,
    write: () => Promise.reject(new Deno.errors.BrokenPipe("Broken pipe")),
  };
  const recorder = new Recorder({ stdout: gone });
  assertEquals([await runProgram(["--help"], recorder.output), await recorder.talk()], [0, ""]);
});
