import { Buffer } from "node:buffer";
import { assertEquals } from "@std/assert";
import { WebsocketConnection } from "../../../lib/source/websocket/connection.ts";
import { within } from "../../e2e/waiting.ts";
import { settle } from "../../server/peer.ts";
import { WatchedClocks } from "../watched_clocks.ts";
import { frame, OPCODES, RawWebsocket } from "./raw_websocket.ts";
import { listen, rawUrl } from "./socket_server.ts";

const HEARTBEAT_MS = 60_000;

/** Milliseconds that a server has to answer that it is left. */
const CLOSE_MS = 1_000;

/** Bytes of a client's frame with two bytes in it. */
const CLOSE_BYTES = 8;

/** A connection and its server, with time that stands still. */
class Pair implements AsyncDisposable {
  private constructor(
    readonly connection: WebsocketConnection,
    readonly server: RawWebsocket,
    readonly clocks: WatchedClocks,
    private readonly received: number[],
  ) {}

  static async make(): Promise<Pair> {
    using listener = listen();
    const clocks = new WatchedClocks();
    const address = { url: new URL(rawUrl(listener)), name: "h", headers: [] };
    const options = { address, heartbeat: HEARTBEAT_MS, clocks };
    const opening = WebsocketConnection.open(options, new AbortController().signal);
    const received = tap(listener);
    const server = await RawWebsocket.accept(listener);
    const connection = await opening;
    if (!connection) throw new Error("it was not opened");
    return new Pair(connection, server, clocks, received);
  }

  /** All messages until the end, those together that came together. */
  async read(): Promise<string[][]> {
    const read: string[][] = [];
    for await (const messages of this.connection.messages()) {
      read.push(messages.map((message) => new TextDecoder().decode(message)));
    }
    return read;
  }

  /** The code with which the client closes next; it sends nothing after that. */
  async closeCode(): Promise<number> {
    assertEquals((await this.server.read())?.opcode, OPCODES.close);
    const [, , ...masked] = this.received.slice(-CLOSE_BYTES);
    const [mask, data] = [masked.slice(0, 4), masked.slice(4)];
    return Buffer.from(data.map((byte, at) => byte ^ (mask[at] ?? 0))).readUInt16BE();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server[Symbol.dispose]();
    await within("the close", this.connection.close());
    assertEquals(this.clocks.pending, 0, "alarms are still set");
  }
}

/** Keeps all bytes that the next one sends: a code is no text, as which its server reads it. */
function tap(listener: Deno.TcpListener): number[] {
  const received: number[] = [];
  const accept = listener.accept.bind(listener);
  listener.accept = async () => {
    const connection = await accept();
    const read = connection.read.bind(connection);
    connection.read = async (buffer) => {
      const length = await read(buffer);
      received.push(...buffer.subarray(0, length ?? 0));
      return length;
    };
    return connection;
  };
  return received;
}

function closeFrame(code: number, reason: string): Uint8Array {
  return frame(OPCODES.close, Buffer.from([code >> 8, code & 0xff, ...Buffer.from(reason)]));
}

Deno.test("websocket connection: the server's close is answered with its code, and said with its reason", async () => {
  const closes = [[1_001, "", "1001"], [4_001, "come\nback", "4001 come\\nback"]] as const;
  for (const [code, reason, said] of closes) {
    await using pair = await Pair.make();
    await pair.server.write(closeFrame(code, reason));
    assertEquals(await pair.read(), []);
    assertEquals(await pair.closeCode(), code);
    assertEquals(pair.connection.reason, `the server closed the connection: ${said}`);
  }
  await using pair = await Pair.make();
  await pair.server.send(OPCODES.close, "");
  assertEquals(await pair.read(), []);
  assertEquals(pair.connection.reason, "the server closed the connection");
  assertEquals(await pair.closeCode(), 1_000);
});

Deno.test("websocket connection: what is wrong with a frame is said to the server by its code", async () => {
  const parts = Array.from({ length: 1_025 }, (_, n) => {
    return frame(n === 0 ? OPCODES.text : OPCODES.continuation, "1", false);
  });
  const wrong: [code: number, bytes: Uint8Array][] = [
    [1_002, frame(OPCODES.text, "1").with(0, 0xc1)],
    [1_007, frame(OPCODES.text, Uint8Array.of(0xff))],
    [1_008, Buffer.concat(parts)],
  ];
  for (const [code, bytes] of wrong) {
    await using pair = await Pair.make();
    await pair.server.send(OPCODES.text, "before");
    await pair.server.write(bytes);
    assertEquals((await pair.read()).flat(), ["before"]);
    assertEquals(await pair.closeCode(), code);
  }
});

Deno.test("websocket connection: what came together is handed out together, a message in parts with its last", async () => {
  await using pair = await Pair.make();
  const reading = pair.read();
  const texts = [1, 2, 3].map((n) => frame(OPCODES.text, String(n)));
  await pair.server.write(Buffer.concat([...texts, frame(OPCODES.text, "4", false)]));
  await pair.server.send(OPCODES.ping, "heard");
  assertEquals((await pair.server.read())?.text, "heard");
  await pair.server.write(
    Buffer.concat([frame(OPCODES.continuation, "5"), frame(OPCODES.text, "6")]),
  );
  await pair.server.write(closeFrame(1_000, ""));
  const read = await reading;
  assertEquals([read[0], read.flat().slice(3)], [["1", "2", "3"], ["45", "6"]]);
});

Deno.test("websocket connection: when it is left nothing more is handed out, and the server's answer ends it", async () => {
  await using pair = await Pair.make();
  const reading = pair.read();
  pair.connection.leave();
  pair.connection.leave();
  assertEquals(await pair.closeCode(), 1_000);
  await pair.server.send(OPCODES.text, "late");
  await pair.server.send(OPCODES.ping, "late");
  await pair.server.write(closeFrame(1_000, ""));
  assertEquals(await within("the end", reading), []);
  await pair.connection.close();
  assertEquals(await pair.server.read(), undefined);
});

Deno.test("websocket connection: a server that does not answer that it is left is given up after a second", async () => {
  await using pair = await Pair.make();
  await pair.server.send(OPCODES.text, "never taken");
  let isClosed = false;
  const closed = pair.connection.close().then(() => isClosed = true);
  assertEquals([pair.clocks.pending, pair.clocks.nextDue], [1, CLOSE_MS]);
  assertEquals(await pair.closeCode(), 1_000);
  pair.clocks.goTo(CLOSE_MS - 1);
  await settle();
  assertEquals(isClosed, false);
  pair.clocks.goTo(CLOSE_MS);
  await within("the close", closed);
  assertEquals(await pair.server.read(), undefined);
});
