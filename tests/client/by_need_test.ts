/** The library and the real program: a hub that is there when needed, and come back to. */

import { assertEquals } from "@std/assert";

/**
 * Runs a program that uses the library, in a process of its own: where hubs and logs lie stands in
 * the environment, which is that of all tests that run now. Afterwards no hub is left.
 */
async function run(body: string): Promise<string[]> {
  const base = await Deno.makeTempDir();
  const library = new URL("../../lib/mod.ts", import.meta.url).href;
  const program = `
    import { consume, hubs, publisher, status, stop } from ${JSON.stringify(library)};
    const subscription = { key: "gh", types: ["github.>"] };
    async function until(holds) {
      for (const end = performance.now() + 8000; performance.now() < end;) {
        if (await holds()) return;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      throw new Error("did not come about: " + holds);
    }
    async function ended(pid) {
      await until(() => Deno.lstat("/proc/" + pid).then(() => false, () => true));
    }
    try {
      ${body}
    } finally {
      const pid = await status().then(({ pid }) => pid, () => undefined);
      if (pid !== undefined) await stop();
      if (pid !== undefined) await ended(pid);
    }`;
  const file = `${base}/program.js`;
  await Deno.writeTextFile(file, program);
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const env = {
    XDG_RUNTIME_DIR: base,
    XDG_STATE_HOME: `${base}/state`,
    BUS_SOCKET: "",
    BUS_NAME: "",
  };
  const args = ["run", "-A", "--no-check", "--quiet", "--config", config, file];
  try {
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args, env }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
    assertEquals(text(stderr), "");
    return text(stdout).split("\n");
  } finally {
    await Deno.remove(base, { recursive: true });
  }
}

Deno.test("consume() and publisher() start the hub that they need, the same one", async () => {
  const lines = await run(`
    const consuming = Array.from({ length: 5 }, () => consume(subscription));
    await using bus = await publisher();
    const consumers = await Promise.all(consuming);
    console.log(new Set(consumers.map(({ ack }) => ack.hub_id)).size);
    console.log(consumers.filter(({ first }) => first).length);
    await bus.publish({ type: "github.push", payload: 1 });
    console.log((await bus.flush()).matched);
    for (const consumer of consumers) {
      for await (const event of consumer) {
        console.log(event.type);
        break;
      }
    }
    console.log((await hubs()).map(({ name, state }) => name + " " + state).join());`);
  assertEquals(lines, ["1", "1", "1", ...Array(5).fill("github.push"), "default running"]);
});

Deno.test("consume() and publisher() that are to start none find none", async () => {
  const lines = await run(`
    for (const how of [() => consume({ ...subscription, start: false }), () => publisher({ start: false })]) {
      await how().catch((error) => console.log(error.code));
    }
    console.log((await hubs()).length);`);
  assertEquals(lines, ["no_hub", "no_hub", "0"]);
});

Deno.test("consumers whose hub is killed are back on one new hub; one that is stopped they only wait for", async () => {
  const lines = await run(`
    const consumers = await Promise.all(Array.from({ length: 5 }, () => consume(subscription)));
    const states = () => new Set(consumers.map(({ state }) => state.state));
    const are = (state) => () => states().size === 1 && states().has(state);
    const { pid, hub_id } = await status();
    Deno.kill(pid, "SIGKILL");
    await until(() => consumers.every(({ ack }) => ack.hub_id !== hub_id));
    console.log(new Set(consumers.map(({ ack }) => ack.hub_id)).size);
    console.log(consumers.map(({ state }) => state.absence.sameHub).join());
    const stopped = await stop();
    await ended(stopped.pid);
    await until(are("away"));
    console.log(new Set(consumers.map(({ state }) => state.hubReason + state.startsHub)));
    console.log((await hubs())[0].state);
    // Another one that needs a hub starts it; then all are there.
    await using bus = await publisher();
    await until(are("connected"));
    console.log((await status()).active_conns);
    for (const consumer of consumers) await consumer.leave();`);
  assertEquals(lines, [
    "1",
    Array(5).fill("false").join(),
    'Set(1) { "stoppedfalse" }',
    "not_running",
    "5",
  ]);
});
