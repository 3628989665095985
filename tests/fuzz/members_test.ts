/**
 * That the fields of a frame are found to the letter.
 */

import { assertEquals } from "@std/assert";
import { depthOf, essence, membersOf } from "./members.ts";

Deno.test("the fields of a frame stand as they are written, doubled ones too", () => {
  const text = ' { "a" : [ "]" , {"b":"}\\""} ]\r, "\\u0061":-1.0e+2,"__proto__":null ,"":"\\\\"} ';
  assertEquals(membersOf(text), [
    { name: "a", written: '"a"', value: '[ "]" , {"b":"}\\""} ]' },
    { name: "a", written: '"\\u0061"', value: "-1.0e+2" },
    { name: "__proto__", written: '"__proto__"', value: "null" },
    { name: "", written: '""', value: '"\\\\"' },
  ]);
  assertEquals(membersOf(" {\t} "), []);
  assertEquals(membersOf('{"a":1}').map(({ value }) => value), ["1"]);
});

Deno.test("what stays of an event is all but any seq of the frame itself", () => {
  assertEquals(essence(membersOf('{"seq":1,"a":{"seq":2},"\\u0073eq":3}')), '"a":{"seq":2}');
});

Deno.test("what is open at once is counted, and not what stands in strings", () => {
  assertEquals(depthOf('{"a":[[],{"b":"[[[[\\"[["}]}'), 3);
  assertEquals(depthOf("[".repeat(600) + "]".repeat(600)), 600);
  assertEquals(depthOf("1"), 0);
});
