import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import { isInSearchPath } from "../../../lib/platform/search_path.ts";
import { BusError } from "../../../lib/protocol/errors.ts";
import { BridgedHub } from "./bridged_hub.ts";
import type { Play } from "../kit.ts";
import { certify } from "./certificates.ts";
import { credentials } from "./credentials.ts";
import { NatsServer, natsTest } from "./server.ts";

function isConnected({ states }: Play): boolean {
  return states.at(-1)?.startsWith("connected") ?? false;
}

const SUBJECTS = { subjects: ["a"] };

async function withDirectory(run: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "bus-nats-" });
  try {
    await run(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** A server of another kind: it does with each connection what the test says. */
class OddServer implements AsyncDisposable {
  readonly connections: Deno.Conn[] = [];
  readonly #listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  readonly #done: Promise<void>;

  constructor(greet: (connection: Deno.Conn) => Promise<void>) {
    this.#done = this.#accept(greet);
  }

  get address(): string {
    return `127.0.0.1:${this.#listener.addr.port}`;
  }

  async #accept(greet: (connection: Deno.Conn) => Promise<void>): Promise<void> {
    for await (const connection of this.#listener) {
      this.connections.push(connection);
      void greet(connection).catch(() => {});
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#done;
    for (const connection of this.connections) connection.close();
  }
}

/** Resolves when the other side is gone. */
async function isLeft(connection: Deno.Conn | undefined): Promise<void> {
  const buffer = new Uint8Array(1024);
  while (await connection?.read(buffer).catch(() => null));
}

natsTest(
  "nats: user and password let one in; with wrong ones it fails and names none",
  async () => {
    const config = 'authorization { user: joe, password: "open sesame" }';
    await using server = await NatsServer.start({ config });
    await withDirectory(async (directory) => {
      const file = `${directory}/password`;
      const account = { servers: server.address, user: "joe", password: { file }, ...SUBJECTS };
      await Deno.writeTextFile(file, "open barley\n");
      await using refused = new BridgedHub().bridge(account);
      const reason = String(await refused.ended);
      assertMatch(reason, /the server refuses one: .*Authorization Violation/);
      assert(!reason.includes("barley"));
      assertEquals(refused.states, []);
      await Deno.writeTextFile(file, "open sesame\n");
      await using play = new BridgedHub().bridge(account);
      await play.until(isConnected);
    });
  },
);

natsTest("nats: a token lets one in", async () => {
  await using server = await NatsServer.start({ config: "authorization { token: abcdef }" });
  Deno.env.set("BUS_TEST_NATS_TOKEN", "abcdef");
  const token = { env: "BUS_TEST_NATS_TOKEN" };
  await using play = new BridgedHub().bridge({ servers: server.address, token, ...SUBJECTS });
  await play.until(isConnected);
});

natsTest("nats: a file of credentials lets one in, and is read anew", async () => {
  const [{ config, file }, other] = [await credentials(), await credentials()];
  await using server = await NatsServer.start({ config });
  await withDirectory(async (directory) => {
    const path = `${directory}/user.creds`;
    const settings = { servers: server.address, credentials: path, ...SUBJECTS };
    for (const wrong of [other.file, "no credentials"]) {
      await Deno.writeTextFile(path, wrong);
      await using refused = new BridgedHub().bridge(settings);
      const reason = String(await refused.ended);
      if (wrong === other.file) assertMatch(reason, /refuses one/);
      else assert(reason.includes(`${path} holds no credentials`), reason);
    }
    await Deno.writeTextFile(path, file);
    await using play = new BridgedHub().bridge(settings);
    await play.until(isConnected);
  });
});

natsTest("nats: when the server no longer lets one in the run ends, and says so", async () => {
  await using server = await NatsServer.start({ config: "authorization { token: abcdef }" });
  const settings = { servers: server.address, token: "abcdef", ...SUBJECTS };
  await using play = new BridgedHub().bridge(settings);
  await play.until(isConnected);
  await server.kill();
  await server.restart("authorization { token: ghijkl }");
  assertMatch(String(await play.ended), /the server refuses one: .*Authorization Violation/);
});

const HAS_OPENSSL = await isInSearchPath("openssl");

function tlsTest(name: string, run: (directory: string) => Promise<void>): void {
  if (HAS_OPENSSL) natsTest(name, () => withDirectory(run));
  else Deno.test({ name: `${name} (left out: there is no openssl)`, ignore: true, fn() {} });
}

tlsTest(
  "nats: TLS with the file of an authority, and with none or another it fails",
  async (directory) => {
    await certify(directory, ["server"]);
    const config =
      `tls { cert_file: "${directory}/server.pem", key_file: "${directory}/server.key" }`;
    await using server = await NatsServer.start({ config });
    const settings = { servers: server.address, ...SUBJECTS };
    await using play = new BridgedHub().bridge({ ...settings, tls: { ca: `${directory}/ca.pem` } });
    await play.until(isConnected);
    await using other = await server.client({ tls: { ca: `${directory}/ca.pem` } });
    other.client.publish("a", '"in secret"');
    await play.until(({ found }) => found.length === 1);
    await withDirectory(async (elsewhere) => {
      await certify(elsewhere, []);
      const missing = `${elsewhere}/missing.pem`;
      for (const more of [{}, { tls: { ca: `${elsewhere}/ca.pem` } }, { tls: { ca: missing } }]) {
        await using refused = new BridgedHub().bridge({ ...settings, ...more });
        const pattern =
          /cannot be used: (there is no TLS with it: .+|.*missing\.pem cannot be read)/;
        assertMatch(String(await refused.ended), pattern);
      }
    });
  },
);

tlsTest(
  "nats: TLS with a certificate of one's own, where the server asks for it",
  async (directory) => {
    await certify(directory, ["server", "client"]);
    const path = (name: string) => `${directory}/${name}`;
    const config = `tls { cert_file: "${path("server.pem")}", key_file: "${path("server.key")}",
    ca_file: "${path("ca.pem")}", verify: true }`;
    await using server = await NatsServer.start({ config });
    const tls = { ca: path("ca.pem"), cert: path("client.pem"), key: path("client.key") };
    await using play = new BridgedHub().bridge({ servers: server.address, tls, ...SUBJECTS });
    await play.until(isConnected);
  },
);

tlsTest("nats: a certificate for another name is refused", async (directory) => {
  await certify(directory, ["server"]);
  const config =
    `tls { cert_file: "${directory}/server.pem", key_file: "${directory}/server.key" }`;
  await using server = await NatsServer.start({ config });
  const servers = server.address.replace("127.0.0.1", "localhost");
  const tls = { ca: `${directory}/ca.pem` };
  await using refused = new BridgedHub().bridge({ servers, tls, ...SUBJECTS });
  assertMatch(String(await refused.ended), /there is no TLS with it/);
});

natsTest("nats: where TLS is a must a server without it is left", async () => {
  await using server = await NatsServer.start();
  for (const more of [{ tls: {} }, { servers: `tls://${server.address}` }]) {
    await using play = new BridgedHub().bridge({ servers: server.address, ...SUBJECTS, ...more });
    assertMatch(String(await play.ended), /cannot be used: server does not support 'tls'/);
  }
});

natsTest("nats: of several servers one that is there is enough", async () => {
  await using server = await NatsServer.start();
  using listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const gone = `nats://127.0.0.1:${listener.addr.port}`;
  listener.close();
  const servers = [gone, `nats://${server.address}`];
  await using play = new BridgedHub().bridge({ servers, ...SUBJECTS });
  await play.until(isConnected);
  assertEquals(play.states, [`connected: ${server.address}`]);
});

/** What a server says of itself. */
const INFO = { version: "2.9.0", proto: 1, max_payload: 1_000_000, headers: true };

/** What is no NATS server, and what is said of it. */
const ODD: readonly [name: string, greeting: string, reason: string][] = [
  ["another server", "HTTP/1.1 400 Bad Request\r\n\r\n", "it does not speak NATS"],
  ["half a server", "INFO {nonsense\r\n", "it does not speak NATS"],
  ["an endless greeting", "INFO ".padEnd(300_000, "x"), "it does not speak NATS"],
  ["one that goes at once", "", "it closed the connection"],
];

for (const [name, greeting, reason] of ODD) {
  Deno.test(`nats: ${name} is not taken for one, and it is tried again`, async () => {
    await using server = new OddServer(async (connection) => {
      await connection.write(new TextEncoder().encode(greeting));
      if (greeting === "") await connection.closeWrite();
    });
    await using play = new BridgedHub().bridge({ servers: server.address, ...SUBJECTS });
    await play.until(({ states }) => states.length >= 3);
    const said = `disconnected: ${server.address} cannot be reached: ${reason}`;
    assertEquals(play.states.slice(0, 3), [said, "reconnecting", said]);
    await play.stop();
    await Promise.all(server.connections.map(isLeft));
  });
}

Deno.test("nats: a run that ends while a server is silent lets go of it at once", async () => {
  const silent = Promise.withResolvers<void>();
  await using server = new OddServer(() => Promise.resolve(silent.resolve()));
  await using play = new BridgedHub().bridge({ servers: server.address, ...SUBJECTS });
  await silent.promise;
  assertEquals(await play.stop(), undefined);
  await isLeft(server.connections[0]);
});

Deno.test({
  name: "nats: a run that ends while a server that has greeted is silent does not wait for it",
  // The client's own timer goes on for a few seconds.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const asked = Promise.withResolvers<void>();
    await using server = new OddServer(async (connection) => {
      await connection.write(new TextEncoder().encode(`INFO ${JSON.stringify(INFO)}\r\n`));
      await connection.read(new Uint8Array(4096));
      asked.resolve();
    });
    await using play = new BridgedHub().bridge({ servers: server.address, ...SUBJECTS });
    await asked.promise;
    const since = performance.now();
    await play.stop();
    assertLess(performance.now() - since, 3_000);
    await isLeft(server.connections[0]);
  },
});

Deno.test("nats: a server that talks nonsense later is left, and connected to anew", async () => {
  await using server = new OddServer(async (connection) => {
    const say = (text: string) => connection.write(new TextEncoder().encode(text));
    await say(`INFO ${JSON.stringify(INFO)}\r\n`);
    const buffer = new Uint8Array(4096);
    for (let pings = 0;;) {
      const length = await connection.read(buffer);
      if (length === null) return;
      pings += new TextDecoder().decode(buffer.subarray(0, length)).split("PING").length - 1;
      for (; pings > 0; pings--) await say("PONG\r\n");
      if (server.connections.length === 1) await say("MSG a 1 nonsense\r\n");
    }
  });
  await using play = new BridgedHub().bridge({ servers: server.address, ...SUBJECTS });
  await play.until((play) => isConnected(play) && server.connections.length > 1);
  await isLeft(server.connections[0]);
});

natsTest("nats: a run ends soon though its server stands still", async () => {
  await using server = await NatsServer.start();
  const hub = new BridgedHub();
  await using play = hub.bridge({ servers: server.address, publish: true });
  await play.until(isConnected);
  await server.freeze();
  hub.publish({ type: "a", payload: "1" });
  await hub.until(({ taken }) => taken === 1);
  const since = performance.now();
  await play.stop();
  assertLess(performance.now() - since, 4_000);
});

natsTest("nats: a hub that gives no more events ends the run", async () => {
  await using server = await NatsServer.start();
  const hub = new BridgedHub();
  await using play = hub.bridge({ servers: server.address, publish: true });
  await play.until(isConnected);
  hub.fail(new BusError("failed", "the hub ended it"));
  assertEquals(String(await play.ended), "BusError: the hub ended it");
});
