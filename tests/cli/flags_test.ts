import { assertEquals, assertThrows } from "@std/assert";
import type { Flags } from "../../lib/cli/command.ts";
import { meant, parseCommandLine, splitAtName } from "../../lib/cli/flags.ts";
import { called, COUNT, DURATION, NAMES, TEXT, WORD } from "../../lib/cli/values.ts";
import { BusError } from "../../lib/protocol/errors.ts";

const COMMAND = {
  name: "consume",
  usage: ["KEY --types A,B"],
  arguments: {
    key: { kind: called("KEY", WORD), description: "", required: true },
    payload: { kind: called("JSON", TEXT), description: "" },
  },
  flags: {
    types: { kind: NAMES, description: "" },
    "max-events": { kind: COUNT, description: "", default: 7 },
    timeout: { kind: DURATION, description: "" },
    text: { kind: TEXT, description: "" },
    json: { kind: "switch", description: "" },
    help: { kind: "switch", short: "h", description: "" },
    version: { kind: "switch", short: "V", description: "" },
  },
} as const;

function parse(...args: string[]) {
  return parseCommandLine(args, COMMAND);
}

function refusal(...args: string[]): string {
  const error = assertThrows(() => parse(...args), BusError);
  assertEquals(error.code, "usage");
  return error.hint === undefined ? error.message : `${error.message} (${error.hint})`;
}

Deno.test("parseCommandLine() gives flags their values, defaults, and nothing where there is none", () => {
  assertEquals(parse("gh", "--types", "github.push,github.fork", "--json"), {
    flags: {
      types: ["github.push", "github.fork"],
      "max-events": 7,
      timeout: undefined,
      text: undefined,
      json: true,
      help: false,
      version: false,
    },
    arguments: { key: "gh", payload: undefined },
  });
});

Deno.test("parseCommandLine() takes flags and arguments in any order, and values behind =", () => {
  const expected = parse("gh", "{}", "--types", "a", "--max-events", "3");
  assertEquals(parse("--max-events=3", "gh", "--types=a", "{}"), expected);
  assertEquals(parse("--max-events", "3", "--types", "a", "gh", "{}"), expected);
});

Deno.test("parseCommandLine() keeps numbers, true and dotted texts as they were typed", () => {
  for (const text of ["0x10", "123", "1e3", "true", "false", "a.b", "-", "-5", "-1.0"]) {
    assertEquals(parse("k", "--types", "a", text).arguments.payload, text);
  }
  assertEquals(parse("true", "false", "--types", "a").arguments, { key: "true", payload: "false" });
});

Deno.test("parseCommandLine() takes no argument behind a switch for its value", () => {
  const line = parse("--json", "true", "--types", "a");
  assertEquals([line.flags.json, line.arguments.key], [true, "true"]);
});

Deno.test("parseCommandLine() takes any text as a value, an empty one too", () => {
  for (const text of ["", "-", "-5", "- item", "a=b", "=", "true", "0x10", "a b\nc"]) {
    assertEquals(parse("k", "--types", "a", "--text", text).flags.text, text);
    assertEquals(parse("k", "--types", "a", `--text=${text}`).flags.text, text);
  }
  assertEquals(parse("k", "--types", "a", "--text=--json").flags.text, "--json");
});

Deno.test("parseCommandLine() takes all behind -- for arguments", () => {
  const line = parse("--types", "a", "--", "--json", "--");
  assertEquals([line.arguments.key, line.arguments.payload], ["--json", "--"]);
});

Deno.test("parseCommandLine() names what is wrong and what to do, word by word", () => {
  const cases: [string[], string][] = [
    [[], "KEY is missing (usage: bus consume KEY --types A,B)"],
    [["k", "--type", "a"], "unknown flag --type (did you mean --types?)"],
    [["k", "--tiemout=3s"], "unknown flag --tiemout (did you mean --timeout?)"],
    [["k", "--frobnicate"], "unknown flag --frobnicate (see: bus consume --help)"],
    [["k", "--no-json"], "unknown flag --no-json (see: bus consume --help)"],
    [["k", "--types.x", "a"], "unknown flag --types.x (did you mean --types?)"],
    [["k", "-x"], "unknown flag -x (if it is no flag, put -- before it)"],
    [["k", "--__proto__=1"], "unknown flag --__proto__ (see: bus consume --help)"],
    [["k", "--json=maybe"], "--json takes no value"],
    [["k", "--json="], "--json takes no value"],
    [["k", "--types"], "--types needs a value (give A,B)"],
    [["k", "--types", "--json"], "--types needs a value (if --json is meant: --types=--json)"],
    [
      ["k", "--types", "a", "--types", "b"],
      "--types is given more than once (give one list: --types A,B)",
    ],
    [["k", "--types=a", "--json", "--json"], "--json is given more than once"],
    [
      ["k", "--types", "a", "--max-events", "0"],
      '--max-events must be a whole number from 1: not "0"',
    ],
    [["k", "--types="], `--types must be ${NAMES.description}: it is empty`],
    [
      ["k", "--types", "a", "--timeout", "30"],
      `--timeout must be ${DURATION.description}: not "30"`,
    ],
    [["", "--types", "a"], "KEY must be a text that is not empty: it is empty"],
    [
      ["k", "{}", "x\x1b[2J", "--types", "a"],
      'one argument too many: "x\\x1b[2J" (usage: bus consume KEY --types A,B)',
    ],
  ];
  for (const [args, expected] of cases) assertEquals(refusal(...args), expected);
});

Deno.test("parseCommandLine() asks for nothing more where help or the version is wanted", () => {
  assertEquals(parse("--help").flags.help, true);
  assertEquals(parse("-h").flags.help, true);
  assertEquals(parse("-V", "k").flags.version, true);
  assertEquals(refusal("--help", "--frob"), "unknown flag --frob (see: bus consume --help)");
});

const COMMON = {
  socket: { kind: called("PATH", WORD), description: "" },
  help: { kind: "switch", short: "h", description: "" },
} as const satisfies Flags;

Deno.test("splitAtName() finds the command behind flags that all commands have", () => {
  assertEquals(splitAtName(["status", "--json"], COMMON), { name: "status", rest: ["--json"] });
  assertEquals(splitAtName(["--socket", "/s", "status", "--json"], COMMON), {
    name: "status",
    rest: ["--socket", "/s", "--json"],
  });
  assertEquals(splitAtName(["--socket=/s", "-h", "status"], COMMON).name, "status");
  assertEquals(splitAtName(["--help"], COMMON), { name: undefined, rest: ["--help"] });
  assertEquals(splitAtName([], COMMON).name, undefined);
});

Deno.test("meant() names what is near, and nothing where nothing is", () => {
  const commands = ["serve", "consume", "publish", "status", "stop"];
  assertEquals(meant("stats", commands), "status");
  assertEquals(meant("pub", commands), "publish");
  assertEquals(meant("consum", commands), "consume");
  assertEquals(meant("frobnicate", commands), undefined);
  assertEquals(meant("x", commands), undefined);
  assertEquals(meant("x", []), undefined);
});
