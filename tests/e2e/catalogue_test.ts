/**
 * The catalogue of a hub: read, changed, and refused with what is wrong.
 */

import { assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { Place } from "./kit.ts";
import { eventually } from "./waiting.ts";

const STAYS = { kind: "exec", command: "echo $$; exec sleep 98764" };
const KEYS = {
  deploys: {
    types: ["github.push", "ci.>"],
    description: "What goes out",
    schema: { type: "object", required: ["ref"] },
    single: true,
  },
  chat: { types: ["chat.*"] },
};

/** A place whose catalogue stands where one is looked for. */
async function placeWith(catalogue: unknown): Promise<{ place: Place; path: string }> {
  const place = await Place.ofNames();
  const path = `${place.directory}/.config/bus/default.json`;
  await Deno.mkdir(`${place.directory}/.config/bus`, { recursive: true });
  await write(path, catalogue);
  return { place, path };
}

async function write(path: string, catalogue: unknown): Promise<void> {
  await Deno.writeTextFile(
    path,
    typeof catalogue === "string" ? catalogue : JSON.stringify(catalogue, undefined, 2),
  );
}

Deno.test("catalogue: its keys are listed, and each says what its events are", async () => {
  const { place, path } = await placeWith({ keys: KEYS });
  await using _ = place;
  const { code, stdout } = await place.run(["list"]);
  assertEquals(code, 0);
  assertEquals(stdout.split("\n").map((line) => line.replace(/ +/g, " ")), [
    "KEY TYPES HAS DESCRIPTION",
    "deploys github.push ci.> single schema What goes out",
    "chat chat.* - -",
    "",
  ]);
  const list = JSON.parse((await place.run(["list", "--json"])).stdout);
  assertEquals(list.map(({ key }: { key: string }) => key), ["deploys", "chat"]);
  const schema = JSON.parse((await place.run(["schema", "deploys"])).stdout);
  assertEquals(schema, {
    key: "deploys",
    types: ["github.push", "ci.>"],
    description: "What goes out",
    schema: { type: "object", required: ["ref"] },
  });
  const unknown = await place.run(["schema", "deploy"]);
  assertEquals(unknown.code, 2);
  assertEquals(unknown.stderr, `error: no key "deploy" in ${path} (did you mean deploys?)\n`);
});

Deno.test("catalogue: a consumer of a key needs no types, and a single key takes one at a time", async () => {
  const { place } = await placeWith({ keys: KEYS });
  await using _ = place;
  await place.serve();
  const consumer = await place.consume(["deploys"]);
  await place.publish({ event_type: "ci.done", payload: 1 }, { event_type: "other", payload: 2 });
  await eventually("the event is there", () => consumer.stdout.includes('"ci.done"'));
  const second = await place.run(["consume", "deploys"]);
  assertEquals(second.code, 1);
  assertMatch(second.stderr, /error: .*this key takes one consumer at a time, and has one/);
  const none = await place.run(["consume", "nope"]);
  assertEquals(none.code, 2);
  assertMatch(none.stderr, /^error: --types A,B is missing, and there is no key "nope" in /);
});

Deno.test("catalogue: the one of the hub that runs is meant, wherever it lies", async () => {
  await using place = await Place.ofNames();
  await write(`${place.directory}/some.json`, { keys: KEYS });
  await place.serve(["--config", "some.json"]);
  const listed = await place.run(["list", "--json"], { env: { PWD: "/" } });
  assertEquals(JSON.parse(listed.stdout).map(({ key }: { key: string }) => key), [
    "deploys",
    "chat",
  ]);
  assertEquals((await place.status()).config, `${place.directory}/some.json`);
  assertEquals((await place.run(["schema", "deploys"])).code, 0);
  const consumer = await place.consume(["deploys"]);
  await place.publish({ event_type: "ci.done", payload: 1 });
  await eventually("the event is there", () => consumer.stdout.includes('"ci.done"'));
});

Deno.test("catalogue: a hub that a consumer starts runs by the one that the consumer was given", async () => {
  await using place = await Place.ofNames();
  await write(`${place.directory}/some.json`, { keys: KEYS });
  await place.consume(["deploys", "--config", "some.json"]);
  const second = await place.run(["consume", "deploys", "--config", "some.json"]);
  assertEquals(second.code, 1);
  assertMatch(second.stderr, /error: .*this key takes one consumer at a time, and has one/);
  await place.stop();
});

Deno.test("catalogue: who says the types has the setup and cleanup of the hub's catalogue all the same", async () => {
  await using place = await Place.ofNames();
  const told = `${place.directory}/told`;
  const key = { types: ["t"], setup: `echo up >> ${told}`, cleanup: `echo down >> ${told}` };
  await write(`${place.directory}/some.json`, { keys: { k: key } });
  await place.serve(["--config", "some.json"]);
  const consumer = await place.consume(["k", "--types", "t"]);
  consumer.signal("SIGTERM");
  const { code, stderr } = await consumer.end();
  assertEquals(code, 0, stderr);
  assertEquals(await Deno.readTextFile(told), "up\ndown\n");
});

Deno.test("catalogue: a consumer says when the hub that runs goes by another one", async () => {
  await using place = await Place.ofNames();
  const { directory, socket } = place;
  await write(`${directory}/one.json`, { keys: KEYS });
  await write(`${directory}/other.json`, { keys: KEYS });
  await place.serve(["--config", "one.json"]);
  const same = await place.consume(["deploys", "--config", "one.json"]);
  const other = await place.consume(["chat", "--config", "other.json"]);
  await other.says(/ goes by /);
  assertEquals(
    other.stderr.split("\n")[1],
    `the hub on ${socket} goes by ${directory}/one.json, this consumer by ${directory}/other.json ` +
      "(end that hub with: bus stop)",
  );
  same.signal("SIGTERM");
  const { stderr } = await same.end();
  assertNotMatch(stderr, / goes by /);
});

Deno.test("catalogue: bus check says each mistake with its place, and bus serve does not begin", async () => {
  const { place, path } = await placeWith(
    '{\n  "keys": {\n    "a": {}\n  },\n  "sources": {\n    "h": { "kind": "http", "prt": 1 }\n  }\n}',
  );
  await using _ = place;
  const { code, stderr } = await place.run(["check"]);
  assertEquals(code, 2);
  assertEquals(
    stderr,
    [
      `error: ${path}:3: keys.a has no types`,
      `error: ${path}:6: sources.h has no port`,
      `error: ${path}:6: sources.h.prt is unknown here (did you mean port?)`,
      "",
    ].join("\n"),
  );
  const served = await place.run(["serve"]);
  assertEquals(served.code, 2);
  assertEquals(served.stderr, `error: ${path}:3: keys.a has no types (and 2 more)\n`);
  const given = await place.run(["serve", "--config", "no.json"]);
  assertEquals([given.code, given.stderr.split("\n")[0]], [
    2,
    `error: there is no catalogue ${place.directory}/no.json (see: bus check --help)`,
  ]);
});

Deno.test("catalogue: bus reload and SIGHUP take a new one over whole, or leave all as it was", async () => {
  const { place, path } = await placeWith({ sources: { same: STAYS, gone: STAYS } });
  await using _ = place;
  const log = `${place.directory}/hub.log`;
  const hub = await place.serve(["--log", log]);
  const pids = async () => {
    const { sources } = await place.statusOnce(
      "all run",
      ({ sources }) => sources.every(({ state }) => state === "connected"),
    );
    return Object.fromEntries(sources.map(({ source, detail }) => [source, detail]));
  };
  const before = await pids();
  assertEquals(Object.keys(before), ["same", "gone"]);

  await write(path, '{"sources": {"same": {"kind": "exec"}}}');
  const refused = await place.start(["reload"]).end(30_000);
  assertEquals(refused.code, 2);
  assertEquals(refused.stderr, `error: ${path}:1: sources.same has no command\n`);
  assertEquals(await pids(), before);

  await write(path, { sources: { same: STAYS, more: STAYS } });
  const taken = await place.start(["reload"]).end(30_000);
  assertEquals(taken.code, 0, taken.stderr);
  const after = await pids();
  assertEquals(Object.keys(after), ["same", "more"]);
  assertEquals(after.same, before.same);

  await write(path, { keys: KEYS });
  hub.signal("SIGHUP");
  const { config } = await place.statusOnce(
    "it is taken over",
    ({ sources }) => sources.length === 0,
  );
  assertEquals(config, path);
  assertMatch(await Deno.readTextFile(log), new RegExp(`Z the catalogue ${path} was taken over\n`));
});

Deno.test("catalogue: a hub without one says so when it is to read it", async () => {
  await using place = await Place.withHub();
  const { code, stderr } = await place.start(["reload"]).end(30_000);
  assertEquals([code, stderr], [2, "error: this hub has no catalogue\n"]);
});
