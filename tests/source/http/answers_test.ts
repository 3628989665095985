import { assertEquals } from "@std/assert";
import {
  answerText,
  answerTo,
  Refusal,
  refused,
  tooLarge,
  unavailable,
} from "../../../lib/source/http/answers.ts";
import type { Outcome } from "../../../lib/source/source.ts";

/** The status and the text of an answer. */
async function said(answer: Response): Promise<[number, string]> {
  return [answer.status, await answer.text()];
}

Deno.test("answers: the worst that became of one is the answer, and how many that were", async () => {
  const cases: [Outcome[], number, string][] = [
    [[], 202, "nothing to route\n"],
    [["routed"], 202, "routed\n"],
    [["routed", "refused"], 400, "refused: 1 of 2 events left out; the hub's log says why\n"],
    [["refused"], 400, "refused: the event left out; the hub's log says why\n"],
    [["refused", "too_large", "too_large"], 413, "too large: 2 of 3 events left out\n"],
    [["too_large", "refused", "limited"], 429, "too many events: 1 of 3 events left out\n"],
  ];
  for (const [outcomes, ...answer] of cases) {
    assertEquals(await said(answerTo(outcomes, undefined)), answer);
  }
});

Deno.test("answers: who was over the rate is told when there is room for one more", () => {
  const pause = (rate?: string) => answerTo(["limited"], rate).headers.get("retry-after");
  assertEquals(["10/s", "1/m", "7/m", "1/h"].map(pause), ["1", "60", "9", "3600"]);
  assertEquals([pause(), pause("no rate")], ["1", "1"]);
});

Deno.test("answers: a refusal has its reason, its status and its headers", async () => {
  assertEquals(await said(refused(tooLarge(9))), [413, "the body is longer than 9 bytes\n"]);
  const busy = refused(unavailable("the hub is busy"));
  assertEquals(busy.headers.get("retry-after"), "5");
  assertEquals(await said(busy), [503, "the hub is busy\n"]);
  const other = refused(new Refusal(405, "no", { allow: "POST" }));
  assertEquals([other.headers.get("allow"), ...await said(other)], ["POST", 405, "no\n"]);
});

Deno.test("answers: each is plain text, and closes the connection", async () => {
  const answers = [answerTo(["routed"], undefined), refused(tooLarge(1)), answerText("a<b>")];
  for (const { headers } of answers) {
    assertEquals(headers.get("content-type"), "text/plain; charset=utf-8");
    assertEquals(headers.get("connection"), "close");
  }
  assertEquals(await Promise.all(answers.map(said)), [
    [202, "routed\n"],
    [413, "the body is longer than 1 bytes\n"],
    [200, "a<b>"],
  ]);
});
