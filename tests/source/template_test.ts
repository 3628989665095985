import { assertEquals, assertThrows } from "@std/assert";
import { BusError } from "../../lib/protocol/errors.ts";
import { bodyValues } from "../../lib/source/body_values.ts";
import { Template } from "../../lib/source/template.ts";

const VALUES = {
  header: (name: string) => name.toLowerCase() === "x-github-event" ? "push" : undefined,
  body: bodyValues('{"action":"opened","id":12345678901234567890,"a":[{"b":true}],"n":null}'),
  subject: () => "a.b",
};

Deno.test("template: values stand in their places", () => {
  const fill = (text: string) => new Template(text).fill(VALUES);
  assertEquals(fill("github.{header:X-GitHub-Event}.{body:action}"), "github.push.opened");
  assertEquals(fill("{subject}"), "a.b");
  assertEquals(fill("plain"), "plain");
  assertEquals(fill("{body:a.0.b}/{body:id}"), "true/12345678901234567890");
});

Deno.test("template: a value that is not there takes a dot with it", () => {
  const fill = (text: string) => new Template(text).fill(VALUES);
  assertEquals(fill("github.{header:x-github-event}.{body:missing}"), "github.push");
  assertEquals(fill("a.{body:missing}.{body:action}"), "a.opened");
  assertEquals(fill("{body:missing}.{body:action}"), "opened");
  assertEquals(fill("{body:missing}.z"), "z");
  assertEquals(fill("{body:missing}"), "");
  assertEquals(fill("{nothing}.{body:missing}"), "");
  assertEquals(fill("{body:n}{body:a}"), "");
});

Deno.test("template: a whole one is nothing where a value is not there", () => {
  const whole = (text: string) => new Template(text).fillWhole(VALUES);
  assertEquals(whole("gh-{body:id}"), "gh-12345678901234567890");
  assertEquals(whole("gh-{body:missing}"), undefined);
  assertEquals(whole("{body:action}{header:x}"), undefined);
});

Deno.test("template: a brace that is no place is refused", () => {
  for (const text of ["{", "a}", "{}", "{A}", "{body:}", "{body:a", "{{body:a}}", "{body:a{b}}"]) {
    assertThrows(() => new Template(text), BusError, "has a brace that is no place for a value");
  }
});

Deno.test("template: it says which scopes it asks for", () => {
  assertEquals([...new Template("{a}{b:c}{a:d}").scopes], ["a", "b"]);
});
