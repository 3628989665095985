import { assertEquals } from "@std/assert";
import { StartedHub } from "../../lib/cli/started_hub.ts";
import { hubPaths } from "../../lib/platform/paths.ts";
import { Place } from "./bus.ts";
import { Recorder } from "./recorder.ts";

Deno.test("StartedHub says once of each hub that this process has started that it did", async () => {
  await using place = new Place();
  const recorder = new Recorder();
  const started = new StartedHub(hubPaths({ socket: place.socket }), recorder.output);
  await started.say();
  const first = await place.hub();
  await started.say();
  await started.say();
  first.kill("SIGTERM");
  await first.ends();
  await started.say();
  const second = await place.hub();
  await started.say();
  assertEquals(
    await recorder.talk(),
    `started a hub on ${place.socket} (pid ${first.pid})\n` +
      `started a hub on ${place.socket} (pid ${second.pid})\n`,
  );
});

Deno.test("StartedHub says nothing of a hub that another process has started", async () => {
  await using place = new Place();
  const recorder = new Recorder();
  const consumer = place.start(["consume", "k", "--types", "a"]);
  await consumer.says("ready ");
  await new StartedHub(hubPaths({ socket: place.socket }), recorder.output).say();
  await place.run(["stop"]);
  assertEquals(await recorder.talk(), "");
});
