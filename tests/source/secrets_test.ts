import { assertEquals, assertThrows } from "@std/assert";
import { BusError } from "../../lib/protocol/errors.ts";
import { Secrets } from "../../lib/source/secrets.ts";

Deno.test("secrets: a file's last line end is no part of it, and its value is struck out", async () => {
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(file, "top secret/1\n");
    const secrets = new Secrets();
    assertEquals(secrets.value({ file }), "top secret/1");
    assertEquals(secrets.strikeOut("a top secret/1 b top%20secret%2F1"), "a *** b ***");
    await Deno.writeTextFile(file, "\n");
    assertThrows(() => secrets.value({ file }), BusError, "is empty");
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("secrets: where a text was cut within a value, what is left of that is struck out too", () => {
  const secrets = new Secrets();
  Deno.env.set("BUS_TEST_CUT", "s3cret-token");
  secrets.value({ env: "BUS_TEST_CUT" });
  Deno.env.delete("BUS_TEST_CUT");
  assertEquals(secrets.strikeOut("Bearer s3cret-to…"), "Bearer ***…");
  assertEquals(secrets.strikeOut("Bearer s3cr…"), "Bearer ***…");
  assertEquals(secrets.strikeOut("a long text…"), "a long text…");
});

Deno.test("secrets: one within another leaves nothing of that", () => {
  const secrets = new Secrets();
  for (const secret of ["admin", "admin-7f3k9"]) {
    Deno.env.set("BUS_TEST_WITHIN", secret);
    secrets.value({ env: "BUS_TEST_WITHIN" });
  }
  Deno.env.delete("BUS_TEST_WITHIN");
  assertEquals(secrets.strikeOut("admin-7f3k9 by admin"), "*** by ***");
});

Deno.test("secrets: of one with several lines each is struck out where it stands alone", () => {
  const secrets = new Secrets();
  Deno.env.set("BUS_TEST_LINES", "-----BEGIN-----\nMIIEvQIBADAN\nabc\n");
  const value = secrets.value({ env: "BUS_TEST_LINES" });
  Deno.env.delete("BUS_TEST_LINES");
  assertEquals(secrets.strikeOut(`a ${value}b`), "a ***b");
  assertEquals(secrets.strikeOut("exec: MIIEvQIBADAN"), "exec: ***");
  assertEquals(secrets.strikeOut("abc"), "abc");
});

Deno.test("secrets: a text that stands in the catalogue is no secret", () => {
  const secrets = new Secrets();
  assertEquals(secrets.value("plain"), "plain");
  assertEquals(secrets.strikeOut("plain"), "plain");
});

Deno.test("secrets: what is missing is said by name", () => {
  const secrets = new Secrets();
  const env = { env: "BUS_TEST_NOT_SET" };
  assertThrows(() => secrets.value(env), BusError, "the variable BUS_TEST_NOT_SET is not set");
  const file = { file: "/no/such/file" };
  assertThrows(() => secrets.value(file), BusError, "/no/such/file cannot be read: No such file");
});
