import { assertEquals, assertRejects } from "@std/assert";
import { cataloguePlace, findCatalogue } from "../../lib/catalogue/find_catalogue.ts";
import type { HubPaths } from "../../lib/platform/paths.ts";
import { BusError } from "../../lib/protocol/errors.ts";

const GIVEN: HubPaths = {
  socket: "/tmp/x.sock",
  lock: "/tmp/x.sock.lock",
  directory: "/tmp",
  ownDirectory: false,
  log: "/tmp/x.log",
};
const NAMED: HubPaths = { ...GIVEN, name: "x", catalogue: "/no/such/x.json" };

Deno.test("a catalogue that was given goes before that of the hub's name", () => {
  assertEquals(cataloguePlace("/a.json", NAMED), { path: "/a.json", isGiven: true });
  // Others are told which it is, who may be elsewhere.
  assertEquals(cataloguePlace("a.json", NAMED).path, `${Deno.cwd()}/a.json`);
  assertEquals(cataloguePlace(undefined, NAMED), { path: NAMED.catalogue, isGiven: false });
  assertEquals(cataloguePlace(undefined, GIVEN), { path: undefined, isGiven: false });
});

Deno.test("a catalogue need not be there unless it was given", async () => {
  assertEquals(await findCatalogue(cataloguePlace(undefined, NAMED)), undefined);
  assertEquals(await findCatalogue(cataloguePlace(undefined, GIVEN)), undefined);
  const error = await assertRejects(
    () => findCatalogue(cataloguePlace("/no/such/y.json", NAMED)),
    BusError,
  );
  assertEquals(error.code, "no_catalogue");
});

Deno.test("a catalogue that is there is read, whoever says where it is", async () => {
  const path = await Deno.makeTempFile({ suffix: ".json" });
  try {
    await Deno.writeTextFile(path, '{"keys": {"k": {"types": ["t"]}}}');
    for (const place of [{ path, isGiven: true }, { path, isGiven: false }]) {
      assertEquals([...(await findCatalogue(place))?.keys.keys() ?? []], ["k"]);
    }
  } finally {
    await Deno.remove(path);
  }
});
