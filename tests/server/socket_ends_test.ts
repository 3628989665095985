import { assertEquals, assertRejects } from "@std/assert";
import { createServer } from "node:net";
import { SYSTEM_CLOCKS } from "../../lib/platform/clocks.ts";
import { SocketEnds } from "../../lib/server/socket_ends.ts";
import { within } from "../../lib/platform/within.ts";

/** Both sides of a connection: as a hub has it that was handed its socket, and as its peer has it. */
class Connection implements AsyncDisposable {
  private constructor(
    readonly ends: SocketEnds,
    readonly peer: Deno.UnixConn,
    private readonly end: () => Promise<void>,
  ) {}

  static async open(): Promise<Connection> {
    const directory = await Deno.makeTempDir();
    const path = `${directory}/x.sock`;
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
    const arrived = Promise.withResolvers<SocketEnds>();
    server.on("connection", (socket) => arrived.resolve(new SocketEnds(socket)));
    const listening = Promise.withResolvers<void>();
    server.listen(path, listening.resolve);
    await listening.promise;
    const peer = await Deno.connect({ transport: "unix", path });
    return new Connection(await arrived.promise, peer, async () => {
      await new Promise((resolve) => server.close(resolve));
      await Deno.remove(directory, { recursive: true });
    });
  }

  /** All that can be read, in reads of so many bytes. */
  async rest(size: number): Promise<Uint8Array> {
    const pieces: number[] = [];
    const buffer = new Uint8Array(size);
    for (let length; (length = await this.ends.read(buffer)) !== null;) {
      pieces.push(...buffer.subarray(0, length));
    }
    return new Uint8Array(pieces);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.ends.close();
    try {
      this.peer.close();
    } catch {
      // The test has done it.
    }
    await this.end();
  }
}

/** Bytes of which none is where it was in another place. */
function bytes(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, at) => (at * 7919) >> 3);
}

async function send(peer: Deno.UnixConn, all: Uint8Array): Promise<void> {
  for (let rest = all; rest.length > 0;) rest = rest.subarray(await peer.write(rest));
}

for (const size of [1, 7, 512, 65_536]) {
  Deno.test(`what a peer sends is read whole and in order, ${size} bytes at most at a time`, async () => {
    await using connection = await Connection.open();
    const sent = bytes(100_000);
    const [received] = await Promise.all([
      connection.rest(size),
      send(connection.peer, sent).then(() => connection.peer.closeWrite()),
    ]);
    assertEquals(received, sent);
    assertEquals(await connection.ends.read(new Uint8Array(8)), null);
  });
}

Deno.test("a read waits for what comes", async () => {
  await using connection = await Connection.open();
  const buffer = new Uint8Array(8);
  for (const byte of [1, 2, 3]) {
    const reading = connection.ends.read(buffer);
    await send(connection.peer, new Uint8Array([byte]));
    assertEquals([await reading, buffer[0]], [1, byte]);
  }
});

Deno.test("one that sends nothing more is still written to", async () => {
  await using connection = await Connection.open();
  await connection.peer.closeWrite();
  assertEquals(await connection.ends.read(new Uint8Array(8)), null);
  assertEquals(await connection.ends.write(bytes(100)), 100);
  const buffer = new Uint8Array(200);
  const length = await connection.peer.read(buffer);
  assertEquals(buffer.subarray(0, length ?? 0), bytes(100));
});

/** Writes until the system holds all that it can. Returns what was written, and the write that waits. */
async function fill({ ends }: Connection): Promise<[number, waiting: Promise<number | "failed">]> {
  for (let filled = 0;;) {
    let written: number | "failed" | undefined;
    const writing = ends.write(bytes(100_000)).catch(() => "failed" as const);
    void writing.then((outcome) => written = outcome);
    await within(SYSTEM_CLOCKS, 500, writing);
    if (written === undefined) return [filled, writing];
    assertEquals(written, 65_536);
    filled += 65_536;
  }
}

Deno.test("a write is of 64 KiB at most, and over when the peer has room for it", async () => {
  await using connection = await Connection.open();
  const [filled, waiting] = await fill(connection);
  const buffer = new Uint8Array(500_000);
  let taken = 0;
  while (taken < filled + 65_536) taken += await connection.peer.read(buffer) ?? 0;
  assertEquals(await waiting, 65_536);
  assertEquals(await connection.ends.write(bytes(10)), 10);
});

Deno.test("a failed write ends the writing alone: what the peer had sent is read", async () => {
  await using connection = await Connection.open();
  const sent = bytes(150_000);
  await send(connection.peer, sent);
  connection.peer.close();
  const first = new Uint8Array(512);
  const length = await connection.ends.read(first) ?? 0;
  for (let write = 0; write < 3; write++) {
    await assertRejects(() => connection.ends.write(bytes(100)));
  }
  const rest = await connection.rest(65_536);
  assertEquals(length + rest.length, sent.length);
  assertEquals([first.subarray(0, length), rest], [
    sent.subarray(0, length),
    sent.subarray(length),
  ]);
});

Deno.test("what a peer had sent is read though it went without reading what it was told", async () => {
  await using connection = await Connection.open();
  const sent = bytes(150_000);
  await send(connection.peer, sent);
  assertEquals(await connection.ends.write(bytes(100)), 100);
  connection.peer.close();
  assertEquals(await connection.rest(512), sent);
});

Deno.test("close() ends a read and a write that wait", async () => {
  await using connection = await Connection.open();
  const [, writing] = await fill(connection);
  const reading = connection.ends.read(new Uint8Array(8));
  connection.ends.close();
  let outcomes: unknown;
  const both = Promise.all([reading, writing]).then((found) => outcomes = found);
  await within(SYSTEM_CLOCKS, 5_000, both);
  assertEquals(outcomes, [null, "failed"]);
});
