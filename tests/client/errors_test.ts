import { assertEquals } from "@std/assert";
import {
  frameNumberIn,
  HubGoneError,
  hubSays,
  HubSilentError,
  NoHubError,
  RefusedError,
} from "../../lib/client/errors.ts";
import type { HubPaths } from "../../lib/platform/paths.ts";

function named(name: string): HubPaths {
  const directory = "/run/user/1000/bus";
  return {
    socket: `${directory}/${name}.sock`,
    lock: `${directory}/${name}.lock`,
    directory,
    ownDirectory: true,
    log: `/home/x/.local/state/bus/${name}.log`,
    name,
  };
}

function given(socket: string): HubPaths {
  const log = "/home/x/.local/state/bus/x.log";
  return { socket, lock: `${socket}.lock`, directory: "/tmp", ownDirectory: false, log };
}

Deno.test("NoHubError says where it looked and what starts a hub just there", () => {
  const error = new NoHubError(named("default"));
  assertEquals(error.code, "no_hub");
  assertEquals(error.message, "no hub on /run/user/1000/bus/default.sock");
  assertEquals(error.hint, "start one with: bus serve");
  assertEquals(new NoHubError(named("work")).hint, "start one with: bus serve --name work");
  assertEquals(
    new NoHubError(given("/tmp/x.sock")).hint,
    "start one with: bus serve --socket /tmp/x.sock",
  );
});

Deno.test("NoHubError shows no command that a shell would take otherwise", () => {
  const { hint } = new NoHubError(given("/tmp/a b; c"));
  assertEquals(hint, "start one with: bus serve --socket '/tmp/a b; c'");
  assertEquals(new NoHubError(given("/tmp/\x1b[31m")).message, "no hub on /tmp/\\x1b[31m");
});

Deno.test("HubGoneError says the hub's reason in words, an unknown one as it is", () => {
  const sentences = [
    [undefined, "the hub on /tmp/x went away"],
    ["stopped", "the hub on /tmp/x was stopped"],
    ["slow", "the hub on /tmp/x cut this consumer off: it took nothing for 5 s"],
    ["protocol", "the hub on /tmp/x cut this connection off: a frame was too long"],
    ["limit", "the hub on /tmp/x cut this connection off: its memory is used up"],
    ["\x07new", "the hub on /tmp/x ended this connection: \\x07new"],
  ] as const;
  for (const [reason, sentence] of sentences) {
    const error = new HubGoneError(given("/tmp/x"), reason, 7);
    assertEquals([error.code, error.message], ["hub_gone", sentence]);
    assertEquals([error.hubReason, error.acknowledged], [reason, 7]);
  }
});

Deno.test("HubSilentError names the process and what to do, where it is known", () => {
  const error = new HubSilentError(given("/tmp/x"), 4711);
  assertEquals(error.message, "the hub on /tmp/x (pid 4711) does not answer");
  assertEquals(error.hint, "end it with: bus stop --force --socket /tmp/x");
  const unknown = new HubSilentError(given("/tmp/x"));
  assertEquals(
    [unknown.message, unknown.hint],
    ["the hub on /tmp/x does not answer", undefined],
  );
});

Deno.test("RefusedError takes the hub's code where it is one of the wire", () => {
  assertEquals(new RefusedError({ code: "timeout", message: "m" }).code, "timeout");
  for (const code of ["usage", "of a newer hub"]) {
    const error = new RefusedError({ code, message: "m\x1b" });
    assertEquals([error.code, error.hubCode], ["failed", code]);
    assertEquals(error.message, "the hub refuses: m\\x1b");
  }
});

Deno.test("hubSays() takes a hub that stops as one that goes away", () => {
  const paths = given("/tmp/x");
  assertEquals(hubSays(paths, { type: "error", code: "stopped", message: "m" }).code, "hub_gone");
  assertEquals(hubSays(paths, { type: "error", code: "limit", message: "m" }).code, "limit");
});

Deno.test("frameNumberIn() finds the number that a hub names", () => {
  assertEquals(frameNumberIn("frame 12: not JSON from character 5 on"), 12);
  assertEquals(frameNumberIn("bad frame number 3"), 3);
  assertEquals(frameNumberIn("not JSON from character 5 on"), undefined);
  assertEquals(frameNumberIn("frame 12345678901234567890"), undefined);
});
