/**
 * The whole corpus of real webhooks through a hub, from one program to another.
 */

import { assertEquals, assertMatch } from "@std/assert";
import { corpus } from "./corpus.ts";
import { Place } from "./kit.ts";
import { wholeLines } from "./running.ts";

/** The events of the corpus, as lines for `bus publish --events`. */
function corpusLines(): string {
  return corpus()
    .map(({ type, payload }) =>
      `{"type":"event","event_type":${JSON.stringify(type)},"payload":${payload}}\n`
    )
    .join("");
}

/** The text of the payload in a line, which no parser has touched. */
function payloadText(line: string): string {
  const text = /"payload":(.*),"source_time":"\d+","seq":\d+\}$/.exec(line)?.[1];
  return text ?? /"payload":(.*),"seq":\d+\}$/.exec(line)?.[1] ?? `no payload in ${line}`;
}

Deno.test("corpus: every webhook reaches a consumer, in order, with the text that was sent", async () => {
  const sent = corpus();
  assertEquals(sent.length, 329);
  await using place = await Place.withHub();
  const consumer = await place.consume(["gh", "--types", "github.>", "--max-events", "329"]);

  const publisher = await place.run(["publish", "--events", "-"], { stdin: corpusLines() });
  assertEquals(publisher.code, 0, publisher.stderr);
  assertEquals(publisher.stderr, "published 329 events (329 had a consumer, 0 duplicates)\n");

  const { code, stdout, stderr } = await consumer.end();
  assertEquals(code, 0, stderr);
  assertMatch(stderr, /^ended: 329 events, 0 lost, reason=limit, last=true$/m);
  const lines = wholeLines(stdout);
  assertEquals(lines.map(payloadText), sent.map(({ payload }) => payload));
  const events = lines.map((line) => JSON.parse(line));
  assertEquals(events.map(({ event_type }) => event_type), sent.map(({ type }) => type));
  assertEquals(events.map(({ seq }) => seq), sent.map((_, at) => at + 1));

  const status = await place.statusOnce("it has left", ({ active_conns }) => active_conns === 0);
  const [closed] = status.closed;
  assertEquals(
    [closed?.pid, closed?.event_key, closed?.received, closed?.dropped, closed?.reason],
    [consumer.pid, "gh", 329, 0, "bye"],
  );
  assertEquals(status.published, 329);
});

Deno.test("corpus: a consumer of some types gets exactly their webhooks, as payloads alone", async () => {
  const isWanted = /^github\.(push|[^.]+\.opened)$/;
  const wanted = corpus().filter(({ type }) => isWanted.test(type));
  await using place = await Place.withHub();
  const consumer = await place.consume([
    "gh",
    "--types=github.push,github.*.opened",
    `--max-events=${wanted.length}`,
    "--payload",
  ]);
  await place.publish(corpusLines());
  const { code, stdout } = await consumer.end();
  assertEquals(code, 0);
  assertEquals(wholeLines(stdout), wanted.map(({ payload }) => payload));
});
