import { assertEquals } from "@std/assert";
import { isIgnored } from "../../lib/platform/ignored_signals.ts";

function told(mask: string): () => string {
  return () =>
    `Name:\tbus\nSigBlk:\t0000000000000001\nSigIgn:\t${mask}\nSigCgt:\t0000000000000001\n`;
}

Deno.test("isIgnored() reads the mask of ignored signals", () => {
  const both = told("0000000000001001");
  assertEquals([1, 2, 13, 15].map((number) => isIgnored(number, both)), [true, false, true, false]);
  assertEquals(isIgnored(64, told("8000000000000000")), true);
  assertEquals(isIgnored(1, told("0000000000000000")), false);
});

Deno.test("isIgnored() takes none for ignored where the system does not tell", () => {
  const absent = () => {
    throw new Deno.errors.NotFound();
  };
  assertEquals([isIgnored(1, absent), isIgnored(1, () => "")], [false, false]);
});
