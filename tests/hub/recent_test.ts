import { assert, assertEquals, assertFalse } from "@std/assert";
import { Recent } from "../../lib/hub/recent.ts";
import { RECENT_BYTES, RECENT_IDS, RECENT_MS } from "../../lib/hub/limits.ts";

Deno.test("Recent.note tells an id that was seen from one that was not", () => {
  const recent = new Recent();
  assertFalse(recent.note("delivery-1", 0));
  assertFalse(recent.note("delivery-2", 0));
  assert(recent.note("delivery-1", 1));
  assertFalse(recent.note("__proto__", 1));
  assert(recent.note("__proto__", 1));
});

Deno.test("Recent forgets an id 10 minutes after it was first seen, not last", () => {
  const recent = new Recent();
  recent.note("delivery-1", 0);
  assert(recent.note("delivery-1", 9 * 60_000));
  assert(recent.note("delivery-1", RECENT_MS - 1));
  assertFalse(recent.note("delivery-1", RECENT_MS));
  assertEquals(RECENT_MS, 600_000);
});

Deno.test("Recent gives back what it has forgotten, though nobody asks for it", () => {
  const recent = new Recent();
  for (let i = 0; i < 100; i++) recent.note(`delivery-${i}`, i);
  recent.note("late", RECENT_MS + 49);
  assertEquals(recent.size, 51);
});

Deno.test("Recent remembers 65,536 ids, and forgets what was first seen longest ago", () => {
  const recent = new Recent();
  for (let i = 0; i < 65_536; i++) recent.note(`delivery-${i}`, 0);
  assert(recent.note("delivery-0", 0));
  assertEquals(recent.size, RECENT_IDS);
  assertFalse(recent.note("one more", 0));
  assertEquals(recent.size, 65_536);
  assert(recent.note("delivery-1", 0));
  assertFalse(recent.note("delivery-0", 0));
});

Deno.test("Recent remembers 8 MiB of ids, counted in UTF-8", () => {
  const recent = new Recent();
  // 1,024 bytes of UTF-8 each, which are fewer UTF-16 code units.
  const id = (i: number) => String(i).padStart(4, "0") + "é".repeat(510);
  for (let i = 0; i < 8192; i++) recent.note(id(i), 0);
  assertEquals(recent.size * 1024, RECENT_BYTES);
  assert(recent.note(id(0), 0));
  recent.note("one more", 0);
  assertEquals(recent.size, 8192);
  assertFalse(recent.note(id(0), 0));
});
