/**
 * That it is known which ids a hub remembers, and when it cannot be known.
 */

import { assertEquals } from "@std/assert";
import { SeenIds } from "./seen_ids.ts";

function send(seen: SeenIds, name: string, ids: number, bytes = 1): void {
  const some = Array.from({ length: ids }, (_, i) => `${name}${i}`.padEnd(bytes, "."));
  seen.send(some);
  seen.arrived(some);
}

for (
  const [what, bytes, few, many] of [["ids", 1, 40_000, 60_000], [
    "bytes",
    1_024,
    5_000,
    8_000,
  ]] as const
) {
  Deno.test(`an id is forgotten after too many ${what}, and nobody knows when exactly`, () => {
    const seen = new SeenIds();
    assertEquals(seen.of("a"), "new");
    seen.send(["a"]);
    assertEquals(seen.of("a"), "unsure");
    seen.arrived(["a"]);
    assertEquals(seen.of("a"), "seen");
    send(seen, "b", few, bytes);
    assertEquals(seen.of("a"), "seen");
    send(seen, "c", many - few, bytes);
    assertEquals(seen.of("a"), "unsure");
    send(seen, "d", few, bytes);
    assertEquals(seen.of("a"), "new");
  });
}
