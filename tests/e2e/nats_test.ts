/**
 * Two hubs on two sockets, connected by a real NATS server.
 */

import { jetstreamManager } from "@nats-io/jetstream";
import { assertEquals, assertMatch } from "@std/assert";
import { isInSearchPath } from "../../lib/platform/search_path.ts";
import { certify } from "../source/nats/certificates.ts";
import { NatsServer, natsTest } from "../source/nats/server.ts";
import { Place, PROGRAM } from "./kit.ts";
import { type Running, wholeLines } from "./running.ts";
import { canRun } from "./users.ts";
import { eventually } from "./waiting.ts";

const EVENTS = 20_000;

/** A hub with one bridge. */
async function bridged(settings: Record<string, unknown>): Promise<Place> {
  const place = await Place.empty();
  const config = `${place.directory}/bus.json`;
  const bridge = { kind: "nats", backoff: ["50ms", "200ms"], ...settings };
  await Deno.writeTextFile(config, JSON.stringify({ sources: { bridge } }));
  await place.serve(["--config", config]);
  await place.statusOnce("it is connected", ({ sources }) => sources[0]?.state === "connected");
  return place;
}

function lines(from: number, count: number): string {
  return Array.from({ length: count }, (_, n) => `${from + n}\n`).join("");
}

async function publish(place: Place, from: number, count: number): Promise<void> {
  const outcome = await place.run(["publish", "a.b", "--ndjson"], { stdin: lines(from, count) });
  assertEquals(outcome.code, 0, outcome.stderr);
}

/** The numbers that a consumer has printed, as many as there are whenever one looks. */
class Numbers {
  readonly all: number[] = [];

  constructor(private readonly consumer: Running) {}

  get count(): number {
    for (const line of this.consumer.takeLines()) this.all.push(Number(line));
    return this.all.length;
  }
}

natsTest("nats: 20,000 events cross from hub to hub, each once and in order", async () => {
  await using server = await NatsServer.start();
  const shared = { servers: server.address, subjects: ["bus.>"], prefix: "bus" };
  await using one = await bridged({ ...shared, publish: true });
  await using other = await bridged({ ...shared, publish: true });
  const args = ["k", "--types", "a.>", "--payload", "--max-events", String(EVENTS)];
  const consumer = await other.consume(args);
  const near = new Numbers(await one.consume(["k", "--types", "a.>", "--payload"]));
  await publish(one, 1, EVENTS);
  const { code, stdout, stderr } = await consumer.end(60_000);
  assertEquals(code, 0, stderr);
  assertEquals(wholeLines(stdout).map(Number), Array.from({ length: EVENTS }, (_, n) => n + 1));
  // Nothing comes back.
  await eventually("all is there", () => near.count >= EVENTS);
  await publish(other, EVENTS + 1, 1);
  await eventually("it has come the other way", () => near.count > EVENTS);
  assertEquals(near.all, Array.from({ length: EVENTS + 1 }, (_, n) => n + 1));
});

natsTest(
  "nats: with JetStream each crosses once, though the server is killed in between",
  async () => {
    await using server = await NatsServer.start({ jetstream: true });
    {
      await using client = await server.client();
      const manager = await jetstreamManager(client.client);
      await manager.streams.add({ name: "BUS", subjects: ["bus.>"] });
    }
    const shared = { servers: server.address, prefix: "bus" };
    // All of them may come while the server is away.
    const buffer = { events: 2 * EVENTS, size: "64MiB" };
    await using one = await bridged({
      ...shared,
      publish: true,
      jetstream: { stream: "BUS" },
      buffer,
    });
    const jetstream = { stream: "BUS", durable: "other" };
    await using other = await bridged({ ...shared, subjects: ["bus.>"], jetstream });
    const got = new Numbers(await other.consume(["k", "--types", "a.>", "--payload"]));
    const publishing = (async () => {
      for (let part = 0; part < 10; part++) await publish(one, 1 + part * EVENTS / 10, EVENTS / 10);
    })();
    await eventually("some have crossed", () => got.count > EVENTS / 10);
    await server.kill();
    await publishing;
    await server.restart();
    await eventually("all have crossed", () => got.count >= EVENTS, 60_000);
    const sorted = got.all.toSorted((one, other) => one - other);
    assertEquals(sorted, Array.from({ length: EVENTS }, (_, n) => n + 1));
    const { sources } = await one.status();
    assertMatch(String(sources[0]?.state), /^connected$/);
  },
);

const HAS_OPENSSL = await isInSearchPath("openssl");

function tlsTest(name: string, run: () => Promise<void>): void {
  if (HAS_OPENSSL) natsTest(name, run);
  else Deno.test({ name: `${name} (left out: there is no openssl)`, ignore: true, fn() {} });
}

// The program has another runtime than these tests.
tlsTest(
  "nats: a certificate that nobody vouches for is said at once, with what to do",
  async () => {
    await using place = await Place.empty();
    const { directory } = place;
    await certify(directory, ["server"]);
    const config =
      `tls { cert_file: "${directory}/server.pem", key_file: "${directory}/server.key" }`;
    await using server = await NatsServer.start({ config });
    const strange = { kind: "nats", servers: server.address, subjects: ["a"] };
    const trusted = { ...strange, tls: { ca: `${directory}/ca.pem` } };
    const file = `${directory}/bus.json`;
    await Deno.writeTextFile(file, JSON.stringify({ sources: { trusted, strange } }));
    await place.serve(["--config", file]);
    const since = performance.now();
    const { sources } = await place.statusOnce(
      "both have tried",
      ({ sources }) =>
        sources.every(({ state, detail }) => state === "connected" || detail !== undefined),
    );
    assertEquals(performance.now() - since < 4_000, true, "it took too long");
    const details = Object.fromEntries(sources.map(({ source, detail }) => [source, detail]));
    assertEquals(details.trusted, server.address);
    assertMatch(String(details.strange), /there is no TLS with it: .+\(tls\.ca is the file of/);
  },
);

/** Tracing other programs is not allowed everywhere. */
const CAN_TRACE = canRun("strace", "-o", "/dev/null", "true");

/** With `strace`, where that can be run. */
function traceTest(name: string, run: () => Promise<void>): void {
  if (CAN_TRACE) natsTest(name, run);
  else Deno.test({ name: `${name} (left out: nothing can be traced)`, ignore: true, fn() {} });
}

// Held back until what went before is acknowledged, each batch of a stream would take 40 ms.
traceTest("nats: what the program sends goes out at once", async () => {
  await using server = await NatsServer.start();
  await using place = await Place.empty();
  const { directory } = place;
  const config = `${directory}/bus.json`;
  const bridge = { kind: "nats", servers: server.address, subjects: ["a"] };
  await Deno.writeTextFile(config, JSON.stringify({ sources: { bridge } }));
  const strace = ["-f", "-qq", "-e", "trace=setsockopt", "-o", `${directory}/trace`];
  const hub = place.start([...strace, PROGRAM, "serve", "--config", config], { command: "strace" });
  await hub.says(/^listening on /);
  const { pid } = await place.statusOnce(
    "it is connected",
    ({ sources }) => sources[0]?.state === "connected",
  );
  Deno.kill(pid, "SIGTERM");
  assertEquals((await hub.end()).code, 0);
  assertMatch(await Deno.readTextFile(`${directory}/trace`), /TCP_NODELAY, \[1\]/);
});
