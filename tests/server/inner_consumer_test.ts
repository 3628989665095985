import { assertEquals, assertRejects } from "@std/assert";
import { BusError } from "../../lib/protocol/errors.ts";
import { consumeInside } from "../../lib/server/inner_consumer.ts";
import type { HubEvent } from "../../lib/source/source.ts";
import { event, settle, type TestHost, withHost } from "./kit.ts";

function inside(
  host: TestHost,
  signal: AbortSignal,
  ...types: string[]
): AsyncGenerator<HubEvent, void, void> {
  return consumeInside((ends) => void host.server.admit(ends), types, "bridge", signal);
}

Deno.test("an inner consumer gets the events of the hub, and stands in the status as any other", async () => {
  await withHost({}, async (host) => {
    const over = new AbortController();
    const events = inside(host, over.signal, "a.*");
    const first = events.next();
    await settle();
    const { consumers } = await host.status();
    assertEquals(consumers.map(({ event_key, pid }) => [event_key, pid]), [
      ["source:bridge", Deno.pid],
    ]);
    await host.publish(
      event({ event_type: "a.b", event_id: "1", source_time: "5", payload: { x: 1 } }),
      event({ event_type: "other" }),
    );
    assertEquals((await first).value, {
      type: "a.b",
      id: "1",
      time: "5",
      payload: '{"x":1}',
      lost: 0,
    });
    const end = events.next();
    over.abort();
    assertEquals((await end).done, true);
    await settle();
    assertEquals((await host.status()).active_conns, 0);
  });
});

Deno.test("an inner consumer that does not keep up loses its own oldest, and knows how many", async () => {
  await withHost({ channelEvents: 4 }, async (host) => {
    const over = new AbortController();
    const events = inside(host, over.signal, "a");
    const first = events.next();
    await settle();
    const numbered = (from: number, count: number) =>
      Array.from({ length: count }, (_, n) => event({ event_type: "a", payload: from + n }));
    await host.publish(...numbered(1, 1));
    assertEquals((await first).value?.payload, "1");
    const published = host.publish(...numbered(2, 40));
    await host.pass(1_000);
    await published;
    let last = 1;
    let lost = 0;
    while (last < 41) {
      const { value } = await events.next();
      lost += value?.lost ?? 0;
      assertEquals(Number(value?.payload), last + 1 + (value?.lost ?? 0));
      last = Number(value?.payload);
    }
    assertEquals(lost > 0, true);
    await events.return();
  });
});

Deno.test("an inner consumer that the hub ends, or does not take, says why", async () => {
  await withHost({}, async (host) => {
    const events = inside(host, new AbortController().signal, "a");
    const next = events.next();
    await settle();
    const refused = assertRejects(() => next, BusError, "the hub ended it (stopped)");
    const stopped = host.server.stop();
    await refused;
    await stopped;
    await assertRejects(
      () => inside(host, new AbortController().signal, "a").next(),
      BusError,
      "the hub does not take it: the hub stops",
    );
  });
});
