import { assert, assertEquals } from "@std/assert";
import { schemaFaults } from "../../lib/catalogue/schema_faults.ts";

/** What is wrong with a catalogue: `path: problem`. */
function said(value: unknown): string[] {
  return schemaFaults(value).map(({ path, problem }) => `${path.join("/")}: ${problem}`);
}

const HOOK = { kind: "timer", every: "1m" };

Deno.test("schema faults: what is right has none", () => {
  assertEquals(said({}), []);
  assertEquals(
    said({ keys: { pushes: { types: ["github.push"] } }, sources: { clock: HOOK } }),
    [],
  );
});

Deno.test("schema faults: a name that is like one that is allowed is asked for", () => {
  assertEquals(said({ sorces: {} }), ["sorces: is unknown here (did you mean sources?)"]);
  const [fault] = said({ xyz: {} });
  assert(fault?.startsWith("xyz: is unknown here (allowed: "), fault);
  assertEquals(fault?.includes("$schema"), false);
});

Deno.test("schema faults: a kind that is none, or missing, is said with what is allowed", () => {
  assertEquals(said({ sources: { clock: { ...HOOK, kind: "timr" } } }), [
    "sources/clock/kind: is no kind of source (did you mean timer?)",
  ]);
  const [fault, ...others] = said({ sources: { clock: {} } });
  assert(fault?.startsWith("sources/clock: has no kind (allowed: "), fault);
  assertEquals(others, []);
});

Deno.test("schema faults: with very many sources each fault is found, where it is", () => {
  const names = Array.from({ length: 250 }, (_, at) => `s${at}`);
  const sources = Object.fromEntries(names.map((name) => [name, { ...HOOK, wrong: 1 }]));
  const faults = schemaFaults({ sources });
  assertEquals(faults.map(({ path }) => path), names.map((name) => ["sources", name, "wrong"]));
});

Deno.test("schema faults: names with slashes, tildes and digits keep their places", () => {
  for (const name of ["a/b", "a~b", "~1"]) {
    const paths = schemaFaults({ keys: { [name]: 5 } }).map(({ path }) => path);
    assert(paths.length > 0 && paths.every((path) => path[1] === name), name);
  }
});

Deno.test("schema faults: what is no object at all is said to be so", () => {
  for (const value of [null, [], 5, "keys", true]) assertEquals(schemaFaults(value).length, 1);
});
