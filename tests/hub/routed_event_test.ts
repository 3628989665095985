import { assertEquals } from "@std/assert";
import { Batch } from "../../lib/hub/batch.ts";
import { Ledger } from "../../lib/hub/ledger.ts";
import { publication, routedEvent, WEBHOOKS } from "./kit.ts";

Deno.test("RoutedEvent.size is what its frame takes with the longest seq", () => {
  const event = routedEvent(publication("github.push"));
  const batch = new Batch(event.size);
  batch.add(event, Number.MAX_SAFE_INTEGER);
  assertEquals(batch.restBytes, event.size);
});

Deno.test("RoutedEvent is charged once, however many hold it, until the last lets go", () => {
  for (const webhook of WEBHOOKS) {
    const ledger = new Ledger(2 ** 40);
    const event = routedEvent(webhook, ledger);
    assertEquals(ledger.used, 0);
    event.retain();
    const once = ledger.used;
    assertEquals(once >= webhook.body.length, true);
    for (let holders = 1; holders < 512; holders++) event.retain();
    for (let holders = 511; holders > 0; holders--) event.release();
    assertEquals(ledger.used, once);
    event.release();
    assertEquals(ledger.used, 0);
  }
});
