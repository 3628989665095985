import { assertEquals, assertRejects } from "@std/assert";
import { type ConsumeInvocation, keySettings } from "../../lib/cli/key_settings.ts";
import type { HubPaths } from "../../lib/platform/paths.ts";
import { BusError } from "../../lib/protocol/errors.ts";

const FLAGS: ConsumeInvocation["flags"] = {
  types: ["a", "b.>"],
  config: undefined,
  "max-events": undefined,
  timeout: undefined,
  payload: false,
  setup: undefined,
  cleanup: undefined,
  "no-start": false,
  "no-reconnect": false,
};

const PATHS: HubPaths = {
  socket: "/tmp/x.sock",
  lock: "/tmp/x.sock.lock",
  directory: "/tmp",
  ownDirectory: false,
  log: "/tmp/x.log",
};

const KNOWN = { types: ["c"], setup: "up", cleanup: ["make", "down"] };

function settings(flags: Partial<typeof FLAGS>, key = "k") {
  return keySettings({ flags: { ...FLAGS, ...flags }, arguments: { key }, paths: PATHS });
}

async function withCatalogue(use: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile({ suffix: ".json" });
  try {
    await Deno.writeTextFile(path, JSON.stringify({ keys: { k: KNOWN } }));
    await use(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("keySettings() says what the flags say where there is no catalogue", async () => {
  const none = { setup: undefined, cleanup: undefined, catalogue: undefined };
  assertEquals(await settings({}), { types: ["a", "b.>"], ...none });
  assertEquals(await settings({ setup: "up", cleanup: "down" }), {
    types: ["a", "b.>"],
    setup: "up",
    cleanup: "down",
    catalogue: undefined,
  });
});

Deno.test("keySettings() takes from the catalogue what the flags do not say", async () => {
  await withCatalogue(async (config) => {
    const known = { ...KNOWN, catalogue: config };
    assertEquals(await settings({ config, types: undefined }), known);
    assertEquals(await settings({ config }), { ...known, types: ["a", "b.>"] });
    const setup = "other";
    assertEquals(await settings({ config, types: undefined, setup }), { ...known, setup });
    const unknown = { ...await settings({}), catalogue: config };
    assertEquals(await settings({ config }, "unknown"), unknown);
  });
});

Deno.test("keySettings() refuses a key of which nobody says the types", async () => {
  const none = await assertRejects(() => settings({ types: undefined }), BusError);
  assertEquals(none.message, "--types A,B is missing, and there is no catalogue");
  await withCatalogue(async (config) => {
    const error = await assertRejects(() => settings({ config, types: undefined }, "x"), BusError);
    assertEquals(error.message, `--types A,B is missing, and there is no key "x" in ${config}`);
  });
});
