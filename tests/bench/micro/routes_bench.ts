/** What it costs to find out who gets an event. */

import { Routes } from "../../../lib/hub/routes.ts";

function routes(...entries: string[]): Routes<{ eventTypes: string[] }> {
  const all = new Routes<{ eventTypes: string[] }>();
  for (const entry of entries) all.add({ eventTypes: [entry] });
  return all;
}

const known = routes(...Array.from({ length: 64 }, (_, i) => `load.t${i % 8}`));
const patterns = routes(...Array.from({ length: 64 }, (_, i) => `load.t${i}.*`));
let next = 0;

Deno.bench("a type that is known", { group: "routes" }, () => {
  known.route("load.t3");
});

Deno.bench("a type that is seen for the first time, and 64 patterns", { group: "routes" }, () => {
  patterns.route(`load.t7.n${next++}`);
});
