import { assertEquals } from "@std/assert";
import { jsonText } from "../../lib/cli/json_text.ts";

Deno.test("jsonText() is one line for a program, byte for byte what JSON.stringify gives", () => {
  const value = { a: ["\x7f\u202e", 1], b: null };
  assertEquals(jsonText(value, { isTerminal: false }), `${JSON.stringify(value)}\n`);
});

Deno.test("jsonText() is for a terminal laid out, harmless, and the same value", () => {
  const value = { a: ["\x7f\u202e\u0085", 1] };
  const text = jsonText(value, { isTerminal: true });
  assertEquals(text, '{\n  "a": [\n    "\\u007f\\u202e\\u0085",\n    1\n  ]\n}\n');
  assertEquals(JSON.parse(text), value);
});
