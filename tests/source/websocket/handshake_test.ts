import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { BusError } from "../../../lib/protocol/errors.ts";
import type { Address } from "../../../lib/source/address.ts";
import { shakeHands } from "../../../lib/source/websocket/handshake.ts";
import { untilClosed } from "./raw_websocket.ts";

/** Never fires. */
const { signal } = new AbortController();

function addressAt(listener: Deno.TcpListener, more: Partial<Address> = {}): Address {
  const url = new URL(`ws://127.0.0.1:${listener.addr.port}/live?a=%20b`);
  return { url, name: "ws://server", headers: [], ...more };
}

function listen(): Deno.TcpListener {
  return Deno.listen({ port: 0, hostname: "127.0.0.1" });
}

/** Takes one request and gives an answer in parts; the key's accept stands for `ACCEPT`. */
async function answer(
  listener: Deno.TcpListener,
  ...parts: string[]
): Promise<{ request: string; connection: Deno.TcpConn }> {
  const connection = await listener.accept();
  connection.setNoDelay();
  const buffer = new Uint8Array(16 * 1024);
  const request = new TextDecoder().decode(buffer.subarray(0, await connection.read(buffer) ?? 0));
  const key = /^sec-websocket-key: (\S+)\r$/im.exec(request)?.[1];
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest("base64");
  for (const [at, part] of parts.entries()) {
    // Only time tells that the other side has read the part before by itself.
    if (at > 0) await new Promise((resolve) => setTimeout(resolve, 2));
    await connection.write(Buffer.from(part.replace("ACCEPT", accept))).catch(() => {});
  }
  return { request, connection };
}

const YES = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\n" +
  "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Accept: ACCEPT\r\n";

Deno.test("shakeHands() asks as a WebSocket client does, with the headers that are given", async () => {
  using listener = listen();
  const url = new URL(`ws://an%40n:s%C3%A9c@localhost:${listener.addr.port}/live?a=%20b`);
  const headers = [["X-One", "1"], ["sec-websocket-extensions", "permessage-deflate"]] as const;
  const shaken = shakeHands(addressAt(listener, { url, headers }), signal);
  const { request, connection } = await answer(listener, `${YES}\r\n`);
  using _ = connection;
  (await shaken).connection.close();
  const [first, ...lines] = request.split("\r\n");
  assertEquals(first, "GET /live?a=%20b HTTP/1.1");
  const asked = new Headers(
    lines.filter(Boolean).map((line) => {
      const [name = "", value = ""] = line.split(": ");
      return [name, value];
    }),
  );
  assertEquals(atob(asked.get("sec-websocket-key") ?? "").length, 16);
  asked.delete("sec-websocket-key");
  assertEquals(Object.fromEntries(asked), {
    host: url.host,
    authorization: `Basic ${Buffer.from("an@n:séc").toString("base64")}`,
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "x-one": "1",
  });
});

Deno.test("shakeHands() takes the answer in any pieces, and hands on what came behind it", async () => {
  const head = `${YES}X: 1`;
  for (
    const parts of [
      [`${head}\r\n\r\nbehind it`],
      [`${head}\r`, "\n", "\r", "\nbehind", " it"],
      [...head.matchAll(/[^]{1,50}/g)].map(([part]) => part).concat("\r\n\r\n", "behind it"),
    ]
  ) {
    using listener = listen();
    const shaken = shakeHands(addressAt(listener), signal);
    const served = answer(listener, ...parts);
    const { connection, rest } = await shaken;
    using _ = connection;
    using server = (await served).connection;
    server.closeWrite();
    const got = [rest];
    for await (const piece of connection.readable) got.push(piece);
    assertEquals(Buffer.concat(got).toString("latin1"), "behind it");
  }
});

Deno.test("shakeHands() refuses whatever is no agreement, and lets go of the connection", async () => {
  const noWebsocket = "ws://server answered 101, but not as a WebSocket server does";
  const cases: [answer: string, reason: string][] = [
    ["", "ws://server cannot be reached: it closed the connection instead of an answer"],
    ["HTTP/1.1 101 Swi", "ws://server cannot be reached: it closed the connection instead"],
    ["SSH-2.0-server\r\n\r\n", "ws://server cannot be reached: its answer is not HTTP"],
    ["HTTP/1.1 101\r\nno header\r\n\r\n", "ws://server cannot be reached: "],
    [`HTTP/1.1 101 ${"x".repeat(17_000)}`, "ws://server cannot be reached: its answer is no end"],
    ["HTTP/1.1 307 Go\r\nLocation: http://secret/\r\n\r\n", "ws://server answered 307"],
    ["HTTP/1.1 200 OK\r\n\r\nsecret", "ws://server answered 200"],
    [YES.replace("ACCEPT", "c2VjcmV0") + "\r\n", noWebsocket],
    [YES.replace("Upgrade: W", "X: W") + "\r\n", noWebsocket],
    [YES.replace("keep-alive, Upgrade", "close") + "\r\n", noWebsocket],
    [`${YES}Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n`, noWebsocket],
    [`${YES}Sec-WebSocket-Protocol: three\r\n\r\n`, noWebsocket],
  ];
  for (const [text, reason] of cases) {
    using listener = listen();
    const headers = [["Sec-WebSocket-Protocol", "one, two"]] as const;
    const refused = assertRejects(
      () => shakeHands(addressAt(listener, { headers }), signal),
      BusError,
    );
    using connection = (await answer(listener, text)).connection;
    await connection.closeWrite();
    const { message } = await refused;
    assertStringIncludes(message, reason);
    assert(!message.includes("secret"), message);
    await untilClosed(connection);
  }
});

Deno.test("shakeHands() agrees on one of the protocols that are asked for, or on none", async () => {
  for (const agreed of ["Sec-WebSocket-Protocol: two\r\n", ""]) {
    using listener = listen();
    const headers = [["Sec-WebSocket-Protocol", "one, two"]] as const;
    const shaken = shakeHands(addressAt(listener, { headers }), signal);
    using _ = (await answer(listener, `${YES}${agreed}\r\n`)).connection;
    (await shaken).connection.close();
  }
});

Deno.test("shakeHands() tries each address of a name", async () => {
  using listener = listen();
  const url = new URL(`ws://localhost:${listener.addr.port}/`);
  const shaken = shakeHands(addressAt(listener, { url }), signal);
  using _ = (await answer(listener, `${YES}\r\n`)).connection;
  (await shaken).connection.close();
  await assertRejects(
    () => shakeHands(addressAt(listener, { url: new URL("ws://nowhere.invalid/") }), signal),
    BusError,
    "ws://server cannot be reached: getaddrinfo ENOTFOUND nowhere.invalid",
  );
});

Deno.test("shakeHands() is given up when its signal fires, at any point", async () => {
  using listener = listen();
  for (const point of ["before", "connecting", "asked"]) {
    const over = new AbortController();
    const rejected = assertRejects(() => shakeHands(addressAt(listener), over.signal));
    if (point === "before") over.abort();
    using connection = await listener.accept();
    if (point === "asked") await connection.read(new Uint8Array(16 * 1024));
    over.abort();
    await untilClosed(connection);
    await rejected;
  }
});
