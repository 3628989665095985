import { assertEquals, assertRejects } from "@std/assert";
import { SYSTEM_CLOCKS, type SystemClocks } from "../../lib/platform/clocks.ts";
import { BusError } from "../../lib/protocol/errors.ts";
import { CALL_MS, Filter, type FilterOptions, type Verdict } from "../../lib/source/filter.ts";
import { within } from "../e2e/waiting.ts";

async function verdicts(
  program: string,
  payloads: readonly string[],
  options?: FilterOptions,
): Promise<Verdict[]> {
  const filter = await Filter.of(program, options);
  try {
    return await filter.pass(payloads);
  } finally {
    filter.close();
  }
}

async function passing(program: string, payloads: readonly string[]): Promise<boolean[]> {
  return (await verdicts(program, payloads)).map((verdict) => verdict === "passes");
}

Deno.test("filter: what jq makes anything of but false, null, nothing or an error passes", async () => {
  const payloads = ['{"a":1}', '{"a":false}', '{"a":null}', "{}", "[1]", '{"a":0}', '{"a":""}'];
  assertEquals(await passing(".a", payloads), [true, false, false, false, false, true, true]);
  assertEquals(await passing("empty", ["1", "2"]), [false, false]);
  assertEquals(await passing("error", ["1"]), [false]);
  assertEquals(await passing(". > 1, error", ["1", "2"]), [false, true]);
  assertEquals(await passing(". == 2 # two", ["1", "2"]), [false, true]);
});

Deno.test("filter: each payload has its own answer, however many come at once", async () => {
  const payloads = Array.from({ length: 1_000 }, (_, n) => `{"n":${n},"text":"a b\\n${n}"}`);
  const passed = await passing(".n % 3 == 0", payloads);
  assertEquals(passed, payloads.map((_, n) => n % 3 === 0));
});

Deno.test("filter: a payload that jq cannot read is told apart, and harms no other", async () => {
  const deep = "[".repeat(20_000) + "]".repeat(20_000);
  const expected = ["passes", "jq cannot read it", "passes"];
  assertEquals(await verdicts("true", ["1", deep, "2"]), expected);
});

Deno.test("filter: one that takes for ever for a payload is ended, and goes on with the next", async () => {
  // The first call is for the program alone: it is tried on null.
  let calls = -1;
  const after: SystemClocks["after"] = (milliseconds, callback) => {
    // Only for the three together and the second alone time passes, however slow the others are.
    const isEndless = milliseconds === CALL_MS && [1, 3].includes(++calls);
    return isEndless ? SYSTEM_CLOCKS.after(CALL_MS / 10, callback) : () => {};
  };
  const program = "if .go then last(repeat(1)) else true end";
  const filter = await Filter.of(program, { clocks: { after } });
  try {
    const answer = filter.pass(['{"go":false}', '{"go":true}', '{"go":false}']);
    const expected = ["passes", "jq took too long", "passes"];
    assertEquals(await within("the verdicts", answer), expected);
  } finally {
    filter.close();
  }
});

Deno.test("filter: one that wants all the memory there is does not get it", async () => {
  const expected = ["passes", "jq broke down", "passes"];
  assertEquals(await verdicts('"x" * .', ["1", "1e9", "2"]), expected);
  assertEquals(Deno.memoryUsage().rss < 1024 ** 3, true);
});

Deno.test("filter: what a program says beside its result is handed over, and gets to no terminal", async () => {
  const said: string[] = [];
  const program = '("\\u001b[31mred" | stderr) | true';
  const onSaid = (text: string) => said.push(text);
  assertEquals(await verdicts(program, ["1"], { onSaid }), ["passes"]);
  assertEquals(said.at(-1), "\x1b[31mred");
});

Deno.test("filter: what is no program of jq is refused with jq's reason", async () => {
  await assertRejects(() => Filter.of(".a ==="), BusError, "not a program of jq: syntax error");
  await assertRejects(() => Filter.of("nope(1)"), BusError, "not a program of jq: nope/1 is not");
});

Deno.test("filter: a program that never ends is refused", async () => {
  // It has a tenth of its time.
  const after: SystemClocks["after"] = (milliseconds, callback) =>
    SYSTEM_CLOCKS.after(milliseconds === CALL_MS ? CALL_MS / 10 : milliseconds, callback);
  const endless = Filter.of("def f: f; f", { clocks: { after } });
  await assertRejects(() => endless, BusError, "jq took too long over null");
});
