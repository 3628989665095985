import { assert, assertEquals } from "@std/assert";
import { printable, printableJson } from "../../lib/platform/printable.ts";

Deno.test("printable() leaves ordinary text of any script alone", () => {
  const text = 'github.push "quoted" \\ Grüße 日本語 עברית 🚀 é';
  assertEquals(printable(text), text);
});

Deno.test("printable() escapes what a terminal acts on", () => {
  assertEquals(printable("a\nb\rc\td"), "a\\nb\\rc\\td");
  assertEquals(printable("\x1b[31mred\x07\0"), "\\x1b[31mred\\x07\\x00");
  assertEquals(printable("\x7f\x80\x9b31m\x9f"), "\\x7f\\x80\\x9b31m\\x9f");
});

Deno.test("printable() escapes marks that turn direction, and line separators", () => {
  for (
    const [first, last] of [[0x202a, 0x202e], [0x2066, 0x2069], [0x200e, 0x200f], [0x61c, 0x61c], [
      0x2028,
      0x2029,
    ]] as const
  ) {
    for (let code = first; code <= last; code++) {
      const hex = code.toString(16).padStart(4, "0");
      assertEquals(printable(`a${String.fromCharCode(code)}b`), `a\\u${hex}b`);
    }
  }
});

Deno.test("printable() escapes lone surrogates and keeps pairs", () => {
  assertEquals(printable("\ud800 🚀 \udfff"), "\\ud800 🚀 \\udfff");
});

Deno.test("printable() cuts at a length, the … included, and not inside an escape", () => {
  assertEquals(printable("github.push", 11), "github.push");
  assertEquals(printable("github.push", 7), "github…");
  assertEquals(printable("🚀🚀🚀", 3), "🚀🚀🚀");
  assertEquals(printable("🚀🚀🚀🚀", 3), "🚀🚀…");
  assertEquals(printable("ab\x1b[0m", 5), "ab…");
  assertEquals(printable("ab\x1b[0m", 7), "ab\\x1b…");
  assertEquals(printable("abc", 1), "…");
  assertEquals(printable("abc", 0), "");
  assertEquals(printable("", 0), "");
});

Deno.test("printable() cuts a long text without going through all of it", () => {
  const start = performance.now();
  for (let round = 0; round < 1000; round++) printable("\x1b".repeat(1_000_000), 10);
  assert(performance.now() - start < 5_000);
});

Deno.test("printableJson() keeps the value and shows nothing that a terminal acts on", () => {
  const value = { "k\x7f": "\x80\x9b31m\u202e\u2066\u200f\u061c\u2028 Grüße 🚀" };
  const raw = JSON.stringify(value);
  const shown = printableJson(raw);
  assertEquals(JSON.parse(shown), value);
  assertEquals(
    shown,
    '{"k\\u007f":"\\u0080\\u009b31m\\u202e\\u2066\\u200f\\u061c\\u2028 Grüße 🚀"}',
  );
});

Deno.test("printableJson() keeps numbers and blanks, but for line ends between tokens", () => {
  assertEquals(
    printableJson('{"n": 12345678901234567890,\r\n\t"m":1.0,"n":1e400}'),
    '{"n": 12345678901234567890,  \t"m":1.0,"n":1e400}',
  );
});
