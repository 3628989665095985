import { assertEquals, assertThrows } from "@std/assert";
import type { PUBLISH_ARGUMENTS, PUBLISH_FLAGS } from "../../lib/cli/command_lines.ts";
import { COMMANDS } from "../../lib/cli/commands.ts";
import type { Values } from "../../lib/cli/command.ts";
import { parseCommandLine } from "../../lib/cli/flags.ts";
import { checkPayload, isOneALine, publishPlan } from "../../lib/cli/publish_plan.ts";
import { BusError } from "../../lib/protocol/errors.ts";

function plan(...args: string[]) {
  const command = COMMANDS.find(({ name }) => name === "publish");
  if (!command) throw new Error("no such command");
  const line = parseCommandLine(args, command);
  return publishPlan(
    line.flags as Values<typeof PUBLISH_FLAGS>,
    line.arguments as Values<typeof PUBLISH_ARGUMENTS>,
  );
}

function refusal(...args: string[]): string {
  const error = assertThrows(() => plan(...args), BusError);
  assertEquals(["usage", "bad_input"].includes(error.code), true);
  return error.hint === undefined ? error.message : `${error.message} (${error.hint})`;
}

const FIELDS = { type: "github.push", id: undefined, time: undefined };

Deno.test("publishPlan() takes a payload as it was typed", () => {
  for (const payload of ['{"a": 1.0, "a": 12345678901234567890}', "null", "-5", "1e400", '""']) {
    assertEquals(plan("github.push", payload), { kind: "one", fields: FIELDS, payload });
  }
});

Deno.test("publishPlan() makes a JSON string of --text", () => {
  for (const text of ["", "hi", '"\\\n', "-", "true", "\u2028\uFEFF"]) {
    const expected = { kind: "one", fields: FIELDS, payload: JSON.stringify(text) } as const;
    assertEquals(plan("github.push", "--text", text), expected);
  }
});

Deno.test("publishPlan() reads stdin where there is no payload", () => {
  assertEquals(plan("github.push"), { kind: "stdin", fields: FIELDS });
  assertEquals(plan("github.push", "-", "--id", "7", "--time", "12"), {
    kind: "stdin",
    fields: { type: "github.push", id: "7", time: "12" },
  });
});

Deno.test("publishPlan() reads one payload or event a line where it is asked to", () => {
  const time = "12";
  const fields = { ...FIELDS, time };
  assertEquals(plan("github.push", "--ndjson", "--time", time), { kind: "payload lines", fields });
  assertEquals(plan("github.push", "-", "--ndjson"), { kind: "payload lines", fields: FIELDS });
  assertEquals(plan("--events"), { kind: "event lines" });
  assertEquals(plan("--events", "-"), { kind: "event lines" });
});

Deno.test("publishPlan() names what contradicts itself or is missing, word by word", () => {
  const leave = "(leave one of them out)";
  const give = "(give ids with --events, in the lines)";
  const cases: [string[], string][] = [
    [[], "TYPE is missing (usage: bus publish TYPE [JSON|-])"],
    [["-"], "TYPE is missing (usage: bus publish TYPE [JSON|-])"],
    [["--text", "x"], "TYPE is missing (usage: bus publish TYPE [JSON|-])"],
    [["", "1"], "TYPE must be a string of 1 to 1024 bytes"],
    [["t".repeat(1025), "1"], "TYPE must be a string of 1 to 1024 bytes"],
    [["t", "--ndjson", "--events"], `--ndjson and --events do not go together ${leave}`],
    [["t", "--ndjson", "--text", "x"], `--text and --ndjson do not go together ${leave}`],
    [["--events", "--text", "x"], `--text and --events do not go together ${leave}`],
    [["t", "1", "--text", "x"], `a payload and --text do not go together ${leave}`],
    [["t", "1", "--ndjson"], `a payload and --ndjson do not go together ${leave}`],
    [["-", "1", "--events"], `a payload and --events do not go together ${leave}`],
    [["t", "--ndjson", "--id", "7"], `--id is for one event, --ndjson for many ${give}`],
    [["--events", "--id", "7"], `--id is for one event, --events for many ${give}`],
    [
      ["--events", "--time", "7"],
      "--time and --events do not go together (give source_time in the lines)",
    ],
    [
      ["t", "--events"],
      "--events takes no TYPE: the events have their own (for one type: TYPE --ndjson)",
    ],
    [
      ["t", "{a:1}"],
      "the payload is not JSON from character 2 on (quote it for the shell; a text that is no JSON: --text TEXT)",
    ],
  ];
  for (const [args, expected] of cases) assertEquals(refusal(...args), expected);
});

Deno.test("checkPayload() says in which line a text goes wrong", () => {
  const refusalOf = (text: string) =>
    assertThrows(() => checkPayload(text, "stdin"), BusError).message;
  assertEquals(refusalOf('{\n  "a": tru }'), "stdin is not JSON from line 2, character 11 on");
  assertEquals(refusalOf("[1 2]"), "stdin is not JSON from character 4 on");
  assertEquals(refusalOf("[1,\n"), "stdin is not JSON: it ends too early");
  assertEquals(
    refusalOf("[".repeat(512) + "]".repeat(512)),
    "stdin has more than 511 arrays and objects open at once from character 512 on",
  );
  checkPayload("[".repeat(511) + "]".repeat(511), "stdin");
});

Deno.test("isOneALine() knows lines of JSON from a JSON text over lines", () => {
  assertEquals(isOneALine('{"a":1}\n{"a":2}\n'), true);
  assertEquals(isOneALine("1\r\n2\r\n3"), true);
  assertEquals(isOneALine('{\n"a":1}'), false);
  assertEquals(isOneALine("1\n"), false);
});
