import { assertEquals, assertRejects } from "@std/assert";
import { BusError } from "../../lib/protocol/errors.ts";
import { Filter } from "../../lib/source/filter.ts";

async function passing(program: string, payloads: readonly string[]): Promise<boolean[]> {
  return (await Filter.of(program)).pass(payloads);
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

Deno.test("filter: a payload that jq cannot read does not pass, and harms no other", async () => {
  const deep = "[".repeat(20_000) + "]".repeat(20_000);
  assertEquals(await passing("true", ["1", deep, "2"]), [true, false, true]);
});

Deno.test("filter: what is no program of jq is refused with jq's reason", async () => {
  await assertRejects(() => Filter.of(".a ==="), BusError, "not a program of jq: syntax error");
  await assertRejects(() => Filter.of("nope(1)"), BusError, "not a program of jq: nope/1 is not");
});
