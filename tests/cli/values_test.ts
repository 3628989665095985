import { assertEquals } from "@std/assert";
import {
  called,
  choice,
  COUNT,
  DURATION,
  MOMENT,
  NAME_VALUE,
  NAMES,
  size,
  TEXT,
  type ValueKind,
  WORD,
} from "../../lib/cli/values.ts";
import { formatSize } from "../../lib/platform/units.ts";

function assertParses<T>(kind: ValueKind<T>, cases: Record<string, T>): void {
  for (const [text, value] of Object.entries(cases)) assertEquals(kind.parse(text), value, text);
}

function assertRefuses(kind: ValueKind<unknown>, texts: readonly string[]): void {
  for (const text of texts) assertEquals(kind.parse(text), undefined, JSON.stringify(text));
}

Deno.test("DURATION is milliseconds, by its unit", () => {
  assertParses(DURATION, {
    "1ms": 1,
    "500ms": 500,
    "30s": 30_000,
    "1.5s": 1_500,
    "5m": 300_000,
    "1h": 3_600_000,
    "596h": 2_145_600_000,
  });
});

Deno.test("DURATION refuses a bare number, no number, another unit and what no timer can wait", () => {
  assertRefuses(DURATION, ["30", "", "s", "30 s", "-1s", "+1s", "1e3s", "1d", "0s", "0.1ms", "1S"]);
  assertRefuses(DURATION, ["597h", "0x10s", "1s ", ".5s", "1.s", "9999999999999s", "Infinitys"]);
});

Deno.test("COUNT is a whole number from 1, as decimal digits", () => {
  assertParses(COUNT, { "1": 1, "329": 329, "9007199254740991": 9007199254740991 });
  assertRefuses(COUNT, ["0", "", "-1", "1.0", "1e3", "0x10", " 1", "9007199254740992", "1_000"]);
});

Deno.test("size() is bytes, by its unit, and has a least", () => {
  assertParses(size(1), {
    "1B": 1,
    "1KiB": 1024,
    "0.5KiB": 512,
    "8MiB": 8388608,
    "1GiB": 1073741824,
  });
  assertRefuses(size(1), ["8", "8MB", "8mib", "0B", "-1KiB", "", "MiB", "8 MiB", "1e3KiB"]);
  assertRefuses(size(1024), ["1023B"]);
  assertEquals(size(1024).parse("1024B"), 1024);
});

Deno.test("formatSize() writes what size() reads", () => {
  for (const bytes of [1, 1023, 1024, 1536, 8388608, 268435456, 1073741824]) {
    assertEquals(size(1).parse(formatSize(bytes)), bytes);
  }
  assertEquals(formatSize(8388608), "8MiB");
});

Deno.test("NAMES are parted by commas, blanks around them do not count", () => {
  assertEquals(NAMES.parse("github.push"), ["github.push"]);
  assertEquals(NAMES.parse("github.push, github.issues.*,>"), [
    "github.push",
    "github.issues.*",
    ">",
  ]);
  assertRefuses(NAMES, ["", ",", "a,", ",a", "a,,b", " ", `a,${"b".repeat(1025)}`]);
});

Deno.test("NAME_VALUE has 1 to 1,024 bytes of UTF-8", () => {
  assertEquals(NAME_VALUE.parse("é".repeat(512)), "é".repeat(512));
  assertRefuses(NAME_VALUE, ["", "é".repeat(513)]);
});

Deno.test("TEXT may be empty, WORD may not", () => {
  assertEquals(TEXT.parse(""), "");
  assertRefuses(WORD, [""]);
  assertEquals(WORD.parse(" "), " ");
});

Deno.test("MOMENT is unix milliseconds or a date with its zone", () => {
  assertParses(MOMENT, {
    "1769860800000": "1769860800000",
    "0": "0",
    "2026-01-31T12:00:00Z": "1769860800000",
    "2026-01-31T13:00+01:00": "1769860800000",
    "2026-01-31T12:00:00.250Z": "1769860800250",
  });
  assertRefuses(MOMENT, ["", "now", "2026-01-31", "2026-01-31T12:00:00", "2026-02-31T12:00:00Z"]);
  assertRefuses(MOMENT, ["-1", "1.5", "1960-01-01T00:00:00Z", "2026-13-01T12:00:00Z"]);
});

Deno.test("choice() is one of its words, whole and as it is written", () => {
  const kind = choice("install", "uninstall", "show");
  assertParses(kind, { install: "install", show: "show" });
  assertRefuses(kind, ["", "inst", "SHOW", "show ", "install,show"]);
  assertEquals(kind.description, "install, uninstall or show");
});

Deno.test("called() changes the placeholder alone", () => {
  const kind = called("PATH", WORD);
  assertEquals(kind.placeholder, "PATH");
  assertEquals(kind.parse("x"), "x");
  assertEquals(kind.description, WORD.description);
});
