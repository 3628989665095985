/**
 * That what a hub says is understood, and that nothing else passes for it.
 */

import { assertEquals } from "@std/assert";
import { hear } from "./answers.ts";

const UNDERSTOOD: Readonly<Record<string, string>> = {
  '{"type":"pre_shutdown_ack","last_for_key":true}': "last yes",
  '{"type":"flush_ack","id":-1,"events":2,"matched":1,"duplicates":0}': "flush_ack -1 2 1 0",
  '{"type":"error","code":"bad_frame","message":"frame 7: no"}': "error bad_frame 7",
  '{"type":"error","code":"limit","message":"no room"}': "error limit",
  '{"type":"bye","reason":"protocol"}': "bye protocol",
  '{"type":"hello_ack","bus_version":"v1","first_for_key":true,"capabilities":[]}':
    "hello_ack first",
  '{"type":"hello_ack","bus_version":"v1","first_for_key":false,"rejected":true,"reject_reason":"r","reject_code":"bad_hello"}':
    "rejected bad_hello",
};

Deno.test("what a hub says is understood", () => {
  assertEquals(hear(Object.keys(UNDERSTOOD)).answers, Object.values(UNDERSTOOD));
  const event = '{"type":"event","event_type":"t","payload":1,"seq":1}';
  assertEquals(hear([event]), { answers: [], events: [event] });
});

Deno.test("nothing else passes for what a hub says", () => {
  for (
    const strange of [
      '{"type":"pre_shutdown_ack","last_for_key":1}',
      '{"type":"flush_ack","id":1,"events":0,"matched":0}',
      '{"type":"error","code":"bad_frame","message":""}',
      '{"type":"bye"}',
      '{"type":"hello_ack","bus_version":"v1","first_for_key":true,"rejected":true}',
      '{"type":"hello"}',
      "[]",
      "{",
    ]
  ) {
    const [answer = "", ...more] = hear([strange]).answers;
    assertEquals([/^(strange|no frame): /.test(answer), more], [true, []], strange);
  }
});
