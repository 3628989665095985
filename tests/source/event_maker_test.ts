import { assertEquals } from "@std/assert";
import { EventFrame } from "../../lib/protocol/event_frame.ts";
import { EventMaker } from "../../lib/source/event_maker.ts";
import { Filter } from "../../lib/source/filter.ts";
import type { CommonSettings } from "../../lib/source/settings.ts";
import type { Finding, WholeEvent } from "../../lib/source/source.ts";
import { DrivenClocks } from "../server/driven_clocks.ts";

interface More {
  readonly clocks?: DrivenClocks;
  readonly sheds?: boolean;
  readonly filter?: Filter;
  readonly signal?: AbortSignal;
}

function maker(settings: CommonSettings = {}, more: More = {}): EventMaker {
  return new EventMaker({
    name: "hooks",
    settings,
    clocks: new DrivenClocks(),
    sheds: false,
    signal: new AbortController().signal,
    ...more,
  });
}

/** The frame's body, or what came of it instead. */
async function made(maker: EventMaker, finding: Finding | WholeEvent): Promise<string> {
  const [unmade] = await maker.sift([finding]);
  const result = unmade ?? await maker.make(finding);
  if (result instanceof EventFrame) return `${result.body}}`;
  return `${result.outcome}: ${result.reason}`;
}

const TIME = `"source_time":"${DrivenClocks.EPOCH}"`;

Deno.test("event maker: without settings an event has what its source says, else its name", async () => {
  assertEquals(
    await made(maker(), { payload: '{ "a": 1.0 }' }),
    `{"type":"event","event_type":"hooks",${TIME},"payload":{ "a": 1.0 }}`,
  );
  assertEquals(
    await made(maker(), { payload: "1", type: "t", id: "i", time: 5 }),
    '{"type":"event","event_type":"t","event_id":"i","source_time":"5","payload":1}',
  );
});

Deno.test("event maker: templates go before what the source says", async () => {
  const settings = { type: "gh.{header:event}.{body:action}", id: "{header:id}" };
  const header = (name: string) => ({ event: "push", id: "7" })[name];
  assertEquals(
    await made(maker(settings), {
      payload: '{"action":"x"}',
      type: "t",
      id: "i",
      values: { header },
    }),
    `{"type":"event","event_type":"gh.push.x","event_id":"7",${TIME},"payload":{"action":"x"}}`,
  );
  assertEquals(
    await made(maker(settings), { payload: "1", type: "t", id: "i" }),
    `{"type":"event","event_type":"gh",${TIME},"payload":1}`,
  );
});

Deno.test("event maker: a whole event stays as it is", async () => {
  const frame = '{"type":"event", "app_id":"a","event_type":"t","source_time":"1","payload":1}';
  assertEquals(await made(maker({ type: "other" }), { frame }), frame);
  assertEquals(await made(maker(), { frame: '{"type":"bye"}' }), "refused: not an event but a bye");
  assertEquals(
    await made(maker(), { frame: "no" }),
    "refused: not an event: not JSON from character 2 on",
  );
});

Deno.test("event maker: what is no JSON, too long, or without a type is refused", async () => {
  assertEquals(
    await made(maker(), { payload: "{" }),
    "refused: bad payload: not JSON: it ends too early",
  );
  assertEquals(
    await made(maker({ max_payload: "4B" }), { payload: '"abc"' }),
    "too_large: longer than 4 bytes",
  );
  assertEquals(
    await made(maker({ max_payload: "5B" }), { payload: '"é1"' }),
    `{"type":"event","event_type":"hooks",${TIME},"payload":"é1"}`,
  );
  const untyped = await made(maker({ type: "{header:x}" }), { payload: "1" });
  assertEquals(untyped.startsWith("refused: the event's type must be "), true, untyped);
  const long = await made(maker({ type: "{body}" }), { payload: `"${"x".repeat(1_025)}"` });
  assertEquals(long.startsWith("refused: the event's type must be "), true, long);
});

Deno.test("event maker: nobody waits for the rate any more once it is over", async () => {
  const over = new AbortController();
  const clocks = new DrivenClocks();
  const waiting = maker({ rate: "1/h" }, { clocks, signal: over.signal });
  await made(waiting, { payload: "1" });
  const second = waiting.make({ payload: "2" });
  over.abort();
  await second;
  assertEquals(clocks.pending, 0);
});

Deno.test("event maker: what does not pass the filter is sifted out, and costs no rate", async () => {
  const filter = await Filter.of(". > 1");
  const events = maker({ rate: "1/h" }, { filter });
  const findings = [{ payload: "1" }, { payload: "x" }, { payload: "2" }];
  const outcomes = (await events.sift(findings)).map((unmade) => unmade?.outcome);
  assertEquals(outcomes, ["filtered", "refused", undefined]);
  assertEquals(await events.make({ payload: "2" }) instanceof EventFrame, true);
  filter.close();
});

Deno.test("event maker: what the filter cannot judge is no event, and that is said", async () => {
  const filter = await Filter.of("true");
  const deep = "[".repeat(5_000) + "]".repeat(5_000);
  const events = maker({}, { filter });
  filter.close();
  assertEquals(await events.sift([{ payload: "1" }, { payload: deep }]), [
    { outcome: "unjudged", reason: "the filter cannot judge it: jq was ended" },
    { outcome: "refused", reason: "bad payload: more than 512 arrays and objects open at once" },
  ]);
});

Deno.test("event maker: what is over the rate waits, or is refused where its sender comes again", async () => {
  const clocks = new DrivenClocks();
  const waiting = maker({ rate: "2/s" }, { clocks });
  const waits: number[] = [];
  for (let n = 0; n < 4; n++) {
    const before = clocks.monotonic();
    const under = waiting.make({ payload: "1" });
    if (clocks.nextDue !== undefined) clocks.setTo(clocks.nextDue);
    clocks.ring();
    await under;
    waits.push(clocks.monotonic() - before);
  }
  assertEquals(waits, [0, 0, 500, 500]);
  const shedding = maker({ rate: "1/s" }, { sheds: true });
  await made(shedding, { payload: "1" });
  assertEquals(await made(shedding, { payload: "2" }), "limited: too many events");
});

Deno.test("event maker: one that was a duplicate costs no rate", async () => {
  const events = maker({ rate: "1/h" }, { sheds: true });
  const first = await made(events, { payload: "1" });
  events.wasDuplicate();
  assertEquals(await made(events, { payload: "1" }), first);
  assertEquals(await made(events, { payload: "2" }), "limited: too many events");
});
