/** The examples of the sources' README against what reads catalogues. */

import { assertEquals } from "@std/assert";
import { readCatalogue } from "../../lib/catalogue/read_catalogue.ts";
import { KINDS } from "../../lib/source/kinds.ts";

const README = await Deno.readTextFile(new URL("../../lib/source/README.md", import.meta.url));
const EXAMPLES = [...README.matchAll(/^```jsonc\n([^]*?)^```$/gm)].map(([, text = ""]) => text);

Deno.test("the README has an example of each kind, and each is a catalogue without mistakes", async () => {
  const path = await Deno.makeTempFile({ suffix: ".json" });
  try {
    const kinds = new Set<string>(["stdin"]);
    for (const example of EXAMPLES) {
      await Deno.writeTextFile(path, example);
      for (const { kind } of (await readCatalogue(path)).sources.values()) kinds.add(kind);
    }
    assertEquals([...kinds].sort(), Object.keys(KINDS).sort());
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("the README has every setting of each kind", async () => {
  const url = new URL("../../lib/catalogue/catalogue.schema.json", import.meta.url);
  const { $defs } = JSON.parse(await Deno.readTextFile(url));
  for (const section of README.split(/^## /m)) {
    const kind = /^(\w+): /.exec(section)?.[1];
    if (kind === undefined) continue;
    const settings = Object.keys($defs[kind].properties).filter((name) => name !== "kind");
    assertEquals(settings.filter((name) => !section.includes(`\`${name}\``)), [], kind);
  }
});
