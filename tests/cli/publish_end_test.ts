import { assertEquals } from "@std/assert";
import { publishedLine } from "../../lib/cli/publish_end.ts";

Deno.test("publishedLine() says how many were routed, had a consumer, and were duplicates", () => {
  assertEquals(
    publishedLine({ events: 329, matched: 300, duplicates: 2 }),
    "published 329 events (300 had a consumer, 2 duplicates)",
  );
  assertEquals(
    publishedLine({ events: 1, matched: 1, duplicates: 0 }),
    "published 1 event (1 had a consumer, 0 duplicates)",
  );
});

Deno.test("publishedLine() says it where nobody got them, but not of a duplicate alone", () => {
  assertEquals(
    publishedLine({ events: 1, matched: 0, duplicates: 0 }),
    "published 1 event (0 had a consumer, 0 duplicates): nobody consumes such events now",
  );
  assertEquals(
    publishedLine({ events: 0, matched: 0, duplicates: 1 }),
    "published 0 events (0 had a consumer, 1 duplicate)",
  );
});
