import { assertEquals } from "@std/assert";
import { BoundedRow } from "../../../lib/source/nats/bounded_row.ts";

const ALL = { count: Infinity, bytes: Infinity };

Deno.test("row: what is too much pushes out the oldest, by count and by bytes", () => {
  const row = new BoundedRow<number>({ count: 3, bytes: 100 });
  const dropped = [[1, 10], [2, 10], [3, 10], [4, 10], [5, 95], [6, 1_000], [7, 1]] as const;
  assertEquals(dropped.map(([item, bytes]) => row.push(item, bytes)), [0, 0, 0, 1, 3, 1, 1]);
  assertEquals(row.take(ALL), [7]);
});

Deno.test("row: as many are taken as may be, but one at least", () => {
  const row = new BoundedRow<number>({ count: 100, bytes: 10_000 });
  for (let n = 0; n < 10; n++) row.push(n, 100);
  assertEquals(row.take({ count: 2, bytes: 1_000 }), [0, 1]);
  assertEquals(row.take({ count: 10, bytes: 250 }), [2, 3, 4]);
  assertEquals(row.take({ count: 10, bytes: 1 }), [5]);
  assertEquals(row.take({ count: 0, bytes: 1_000 }), []);
  assertEquals(row.take(ALL), [6, 7, 8, 9]);
  assertEquals(row.take(ALL), []);
});

Deno.test("row: those given back are first again, and count", () => {
  const row = new BoundedRow<number>({ count: 3, bytes: 1_000 });
  for (const n of [1, 2, 3]) row.push(n, 10);
  row.giveBack(row.take({ count: 2, bytes: 100 }), () => 10);
  assertEquals(row.length, 3);
  assertEquals(row.push(4, 10), 1);
  assertEquals(row.take(ALL), [2, 3, 4]);
});

Deno.test("row: a long one keeps its order", () => {
  const row = new BoundedRow<number>({ count: 10_000, bytes: Infinity });
  const taken: number[] = [];
  for (let n = 0; n < 100_000; n++) {
    row.push(n, 1);
    if (n % 3 === 0) taken.push(...row.take({ count: 2, bytes: Infinity }));
    if (n % 5_000 === 0) taken.push(...row.take(ALL));
  }
  taken.push(...row.take(ALL));
  assertEquals(taken, Array.from({ length: 100_000 }, (_, n) => n));
});
