import { assert, assertEquals } from "@std/assert";
import { sourceFaults } from "../../lib/catalogue/source_faults.ts";
import type { SourceSettings } from "../../lib/source/kinds.ts";

const CLOCK = { kind: "timer", every: "1m" } as const;

/** What is wrong with settings: `path: problem`. */
async function said(settings: SourceSettings): Promise<string[]> {
  const faults = await Array.fromAsync(sourceFaults(settings));
  return faults.map(({ path, problem }) => `${path.join("/")}: ${problem}`);
}

Deno.test("source faults: what is right has none", async () => {
  assertEquals(await said({ ...CLOCK, type: "clock.{body:kind}", only: ".n > 1" }), []);
});

Deno.test("source faults: a template may ask for what its kind has, and for nothing else", async () => {
  const type = "file.{change}";
  assertEquals(await said({ kind: "watch", paths: ["/etc"], type }), []);
  const [fault, ...others] = await said({ ...CLOCK, type });
  assert(fault?.startsWith("type: has nothing to put for {change} (allowed: body"), fault);
  assertEquals(others, []);
});

Deno.test("source faults: all that is wrong is said, each in its place", async () => {
  const faults = await said({ ...CLOCK, every: "5", type: "{", id: "{none}", only: ".a |" });
  assertEquals(faults.map((fault) => fault.split(": ")[0]), ["type", "id", "only", ""]);
  assert(faults[0]?.includes("is no template: "), faults[0]);
  assertEquals(faults[3], ': cannot be: "5" is no time (write it as 500ms, 30s, 5m or 1h)');
});
