import { assertEquals } from "@std/assert";
import { findingOf } from "../../lib/source/text_findings.ts";

Deno.test("findingOf() keeps a JSON text as it is, and what else is known of it", () => {
  const text = ' {"n": 1.50, "n": 12345678901234567890}';
  assertEquals(findingOf(text, "json"), { payload: text });
  assertEquals(findingOf("1", "json", { type: "a.b", id: "7" }), {
    payload: "1",
    type: "a.b",
    id: "7",
  });
});

Deno.test("findingOf() makes a string of JSON of any other text", () => {
  for (const text of ["", '{"a":1}', 'say "hi"\\\n\u0000', "é\u2028😀", "\ud800"]) {
    const finding = findingOf(text, "text", { type: "line" });
    assertEquals("payload" in finding && JSON.parse(finding.payload), text);
    assertEquals("payload" in finding && finding.type, "line");
  }
  assertEquals(findingOf("\ud800", "text"), { payload: '"\\ud800"' });
});

Deno.test("findingOf() hands on a whole event with nothing beside it", () => {
  const frame = '{"type":"event","event_type":"a","payload":1}';
  assertEquals(findingOf(frame, "events", { type: "b", id: "7" }), { frame });
});
