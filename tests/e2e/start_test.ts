/**
 * How a hub starts, and what it does where another one is, was, or cannot be.
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Place } from "./kit.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

/** The permission bits of what lies at a path. */
async function mode(path: string): Promise<string> {
  return (((await Deno.lstat(path)).mode ?? 0) & 0o7777).toString(8);
}

Deno.test("start: a hub says where it listens, and nobody else may enter", async () => {
  await using place = await Place.empty();
  const hub = place.start(["serve"], {
    env: { BUS_SOCKET: "", XDG_RUNTIME_DIR: place.directory },
  });
  const socket = `${place.directory}/bus/default.sock`;
  assertEquals(await hub.says(/listening/), `listening on ${socket} (pid ${hub.pid})`);
  assertEquals([await mode(socket), await mode(`${place.directory}/bus`)], ["600", "700"]);
  const { code } = await place.run(["stop"], {
    env: { BUS_SOCKET: "", XDG_RUNTIME_DIR: place.directory },
  });
  assertEquals(code, 0);
  assertEquals((await hub.end()).code, 0);
});

Deno.test("start: from source as from the executable", async () => {
  await using place = await Place.empty();
  const hub = place.start(["run", "-A", "--quiet", `${ROOT}main.ts`, "serve"], {
    command: Deno.execPath(),
    env: { DENO_DIR: await denoDirectory() },
  });
  await hub.says(new RegExp(`^listening on ${place.socket} \\(pid ${hub.pid}\\)$`));
  assertEquals((await place.run(["stop"])).code, 0);
  assertEquals((await hub.end()).code, 0);
});

Deno.test("start: --name and --socket say which hub is meant", async () => {
  await using place = await Place.empty();
  const env = { BUS_SOCKET: "", XDG_RUNTIME_DIR: place.directory };
  const named = place.start(["serve", "--name", "work"], { env });
  await named.says(/bus\/work\.sock/);
  const given = place.start(["serve", "--socket", "./given.sock"], { env });
  await given.says(/listening on \.\/given\.sock/);
  const work = await place.run(["status", "--json", "--name=work"], { env });
  assertEquals(JSON.parse(work.stdout).pid, named.pid);
  const at = await place.run(["status", "--json"], { env: { BUS_SOCKET: "given.sock" } });
  assertEquals(JSON.parse(at.stdout).pid, given.pid);
  const none = await place.run(["status"], { env });
  assertEquals(none.code, 3);
  assertMatch(
    none.stderr,
    /^error: no hub on .*\/bus\/default\.sock \(start one with: bus serve\)\n$/,
  );
});

Deno.test("start: a second hub on a socket is refused, and the first goes on", async () => {
  await using place = await Place.withHub();
  const { code, stdout, stderr } = await place.run(["serve"]);
  assertEquals([code, stdout], [1, ""]);
  const sentence = `^error: another hub is running on ${place.socket} \\(.*bus status.*\\)\n$`;
  assertMatch(stderr, new RegExp(sentence));
  assertEquals((await place.status()).pid, place.hub.pid);
});

Deno.test("start: what a killed hub left is taken over", async () => {
  await using place = await Place.withHub();
  place.hub.signal("SIGKILL");
  await place.hub.end();
  assertEquals((await Deno.lstat(place.socket)).isSocket, true);
  assertEquals((await place.run(["status"])).code, 3);
  const successor = await place.serve();
  assertEquals((await place.status()).pid, successor.pid);
});

Deno.test("start: of many that start at once one is the hub", async () => {
  await using place = await Place.empty();
  const starters = Array.from({ length: 10 }, () => place.start(["serve"]));
  const outcomes = await Promise.all(starters.map((starter) =>
    Promise.race([
      starter.says(/^listening on /).then(() => "listens" as const, () => "ended" as const),
      starter.ended.then(() => "ended" as const),
    ])
  ));
  assertEquals(outcomes.filter((outcome) => outcome === "listens").length, 1);
  const losers = starters.filter((_, at) => outcomes[at] === "ended");
  for (const loser of losers) {
    const { code, stderr } = await loser.end();
    assertEquals(code, 1);
    assertStringIncludes(stderr, "another hub is running");
  }
  assertEquals((await place.status()).pid, starters[outcomes.indexOf("listens")]?.pid);
  assertEquals((await place.run(["stop"])).code, 0);
});

Deno.test("start: a file in the socket's place is left alone", async () => {
  await using place = await Place.empty();
  await Deno.writeTextFile(place.socket, "precious");
  const { code, stderr } = await place.run(["serve"]);
  assertEquals(code, 1);
  assertMatch(stderr, new RegExp(`^error: ${place.socket} is no socket; it was left alone .*\n$`));
  assertEquals(await Deno.readTextFile(place.socket), "precious");
});

/** Where this Deno keeps what it has fetched, so that another one need not fetch it again. */
async function denoDirectory(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}
