import { assert, assertEquals, assertRejects } from "@std/assert";
import { HubConnection } from "../../lib/client/connection.ts";
import { HubGoneError, HubSilentError } from "../../lib/client/errors.ts";
import type { ByteEnds } from "../../lib/platform/byte_ends.ts";
import { DrivenTime } from "../server/driven_time.ts";
import { PATHS, scripted } from "./scripted_hub.ts";

Deno.test("HubConnection.send() writes in order and whole, however little is taken at once", async () => {
  const { connection, hub } = scripted({ capacity: 7 });
  const lines = Array.from({ length: 50 }, (_, index) => `line ${index} Grüße 🚀`);
  const sent = lines.map((line) => connection.send(`${line}\n`));
  for (const line of lines) assertEquals(await hub.line(), line);
  await Promise.all(sent);
  connection.close();
});

Deno.test("HubConnection.send() fails when the hub has gone, and every one after it", async () => {
  const { connection, hub } = scripted();
  hub.close();
  const first = assertRejects(() => connection.send("a\n"), HubGoneError);
  const second = assertRejects(() => connection.send("b\n"), HubGoneError);
  assertEquals((await first).message, "the hub on /nowhere/x.sock went away");
  assertEquals((await second).code, "hub_gone");
  connection.close();
});

Deno.test("HubConnection.frames() gives what the hub said before a write failed", async () => {
  const { connection, hub } = scripted();
  await hub.say({ type: "error", code: "bad_frame", message: "frame 1: no type" });
  hub.close();
  await assertRejects(() => connection.send("{}\n"), HubGoneError);
  const batches = await Array.fromAsync(connection.frames());
  assertEquals(batches, [['{"type":"error","code":"bad_frame","message":"frame 1: no type"}']]);
  connection.close();
});

Deno.test("HubConnection.send() gives up on a hub that takes nothing", async () => {
  const { connection, hub } = scripted({ capacity: 4, writeTimeout: 20 });
  const error = await assertRejects(() => connection.send("too long\n"), HubSilentError);
  assertEquals(error.message, "the hub on /nowhere/x.sock does not answer");
  // Half a frame is out: another one could not be understood.
  await assertRejects(() => connection.send("next\n"), HubGoneError);
  connection.close();
  assertEquals(await hub.line(), undefined);
});

Deno.test("HubConnection.send() counts the time anew whenever a part is taken", async () => {
  using time = new DrivenTime();
  const { connection, hub } = scripted({ capacity: 1, writeTimeout: 250 });
  const sent = connection.send("0123456789".repeat(4) + "\n");
  const read = async () => {
    for (let count = 0; count < 41; count++) {
      await time.pass(249);
      await hub.ends.read(new Uint8Array(1));
    }
  };
  await Promise.all([sent, read()]);
  connection.close();
});

Deno.test("HubConnection.close() ends a waiting read, and may be called twice", async () => {
  const { connection } = scripted();
  const batches = Array.fromAsync(connection.frames());
  connection.close();
  connection.close();
  assertEquals(await batches, []);
  await assertRejects(() => connection.send("x\n"), HubGoneError);
});

Deno.test("HubConnection.frames() takes a reset as an end and throws what is none", async () => {
  const ends = (error: Error): ByteEnds => ({
    read: () => Promise.reject(error),
    write: () => Promise.reject(error),
    close() {},
  });
  const reset = new HubConnection(ends(new Deno.errors.ConnectionReset("reset")), PATHS);
  assertEquals(await Array.fromAsync(reset.frames()), []);
  const broken = new HubConnection(ends(new RangeError("broken")), PATHS);
  await assertRejects(() => Array.fromAsync(broken.frames()), RangeError, "broken");
  await assertRejects(() => broken.send("x\n"), RangeError, "broken");
});

Deno.test("HubConnection.frames() lets timers run while data is always there", async () => {
  const line = new TextEncoder().encode('{"type":"bye"}\n');
  let fired = false;
  const ends: ByteEnds = {
    read(buffer) {
      buffer.set(line);
      return Promise.resolve(line.length);
    },
    write: (bytes) => Promise.resolve(bytes.length),
    close() {},
  };
  const timer = setTimeout(() => fired = true, 1);
  let batches = 0;
  for await (const _ of new HubConnection(ends, PATHS).frames()) {
    if (fired || ++batches === 1_000_000) break;
  }
  clearTimeout(timer);
  assert(fired, "no turn of the event loop in a million reads");
});
