import { assert, assertEquals } from "@std/assert";
import { Remembered } from "../../../lib/source/nats/remembered.ts";

Deno.test("remembered: the last 65,536 texts are known, those before are forgotten", () => {
  const remembered = new Remembered();
  for (let n = 0; n < 65_536; n++) remembered.note(`id ${n}`);
  assert(remembered.has("id 0"));
  remembered.note("id 0");
  assert(remembered.has("id 0"));
  remembered.note("one more");
  assertEquals(["id 0", "id 1", "one more"].map((id) => remembered.has(id)), [false, true, true]);
});

Deno.test("remembered: long texts are forgotten sooner", () => {
  const remembered = new Remembered();
  const id = (n: number) => String(n).padEnd(1024, "x");
  for (let n = 0; n < 8 * 1024; n++) remembered.note(id(n));
  assert(remembered.has(id(0)));
  remembered.note("x");
  assertEquals([0, 1].map((n) => remembered.has(id(n))), [false, true]);
});
