import { headers, type Msg } from "@nats-io/transport-node";
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { BusError } from "../../lib/protocol/errors.ts";
import { type NatsSettings, openNats } from "../../lib/source/nats.ts";
import { corpus } from "../e2e/corpus.ts";
import { both, isConnected, payloads } from "./nats/both_ways.ts";
import { BridgedHub } from "./nats/bridged_hub.ts";
import { NatsServer, natsTest } from "./nats/server.ts";

natsTest("nats: a message comes in as an event, its payload as it is", async () => {
  await using server = await NatsServer.start();
  const hub = new BridgedHub();
  await using play = hub.bridge({ servers: server.address, subjects: ["a.>", "a.b", "c"] });
  await play.until(isConnected);
  assertEquals(play.states, [`connected: ${server.address}`]);
  await using other = await server.client();
  const header = headers();
  header.set("Nats-Msg-Id", "one");
  header.set("Bus-Time", "1700000000123");
  header.set("X-Of-It", "yes");
  other.client.publish("a.b", '{"n": 1.0, "n": 12345678901234567890}', { headers: header });
  other.client.publish("c", "é");
  other.client.publish("d", "nobody wants it");
  other.client.publish("c", Uint8Array.of(0x22, 0xff, 0x22));
  other.client.publish("a.b.c", "[]");
  await hub.until(({ events }) => events.length === 3);
  assertEquals(hub.events, [
    {
      type: "a.b",
      id: "one",
      time: "1700000000123",
      payload: '{"n": 1.0, "n": 12345678901234567890}',
      lost: 0,
    },
    { type: "c", id: undefined, time: undefined, payload: "é", lost: 0 },
    { type: "a.b.c", id: undefined, time: undefined, payload: "[]", lost: 0 },
  ]);
  const [first, second] = play.findings;
  assertEquals(first?.values?.subject?.(""), "a.b");
  assertEquals(first?.values?.header?.("x-of-it"), "yes");
  assertEquals(first?.values?.header?.("bad name:"), undefined);
  assertEquals(second?.values?.header?.("x-of-it"), undefined);
  const fault = "message: a message was left out, it is not UTF-8 (1 so far)";
  assertEquals(hub.context.lines, [fault]);
});

natsTest("nats: any text can be an event where the format says so", async () => {
  await using server = await NatsServer.start();
  const hub = new BridgedHub();
  const settings = { servers: server.address, subjects: [">"], format: "text" } as const;
  await using play = hub.bridge(settings);
  await play.until(isConnected);
  await using other = await server.client();
  other.client.publish("a", "23 °C");
  other.client.publish("_INBOX.a", "an answer to somebody");
  other.client.publish("b", "");
  await hub.until(({ events }) => events.length === 2);
  assertEquals(payloads(hub), ['"23 °C"', '""']);
});

natsTest(
  "nats: an event goes out as a message, with its id, its time and where it is from",
  async () => {
    await using server = await NatsServer.start();
    await using other = await server.client();
    const messages: Msg[] = [];
    const heard = Promise.withResolvers<void>();
    other.client.subscribe(">", {
      callback: (_, message) => {
        if (message.subject === "end") heard.resolve();
        else messages.push(message);
      },
    });
    await other.client.flush();
    const hub = new BridgedHub();
    await using play = hub.bridge({ servers: [server.address], publish: true });
    await play.until(isConnected);
    hub.publish({ type: "a.b", payload: '{"n": 1.0}', id: "one", time: "1700000000123" });
    hub.publish({ type: "a b", payload: "2", id: " not\nplain é" });
    hub.publish({ type: "$JS.API.STREAM.DELETE.X", payload: "3" });
    hub.publish({ type: "_INBOX.x", payload: "3", time: "some day" });
    hub.publish({ type: "x".repeat(1024), payload: "4" });
    hub.publish({ type: "\t".repeat(1024), payload: "5" });
    hub.publish({ type: "big", payload: `"${"x".repeat(1024 * 1024)}"` });
    hub.publish({ type: "end", payload: "6" });
    await heard.promise;
    const seen = messages.map(({ subject, headers, data }) => ({
      subject,
      text: new TextDecoder().decode(data),
      id: headers?.get("Nats-Msg-Id"),
      encoded: headers?.get("Bus-Event-Id"),
      time: headers?.get("Bus-Time"),
    }));
    assertEquals(seen.slice(0, 2), [
      { subject: "a.b", text: '{"n": 1.0}', id: "one", encoded: "", time: "1700000000123" },
      {
        subject: "a%20b",
        text: "2",
        id: "%20not%0Aplain%20%C3%A9",
        encoded: "%20not%0Aplain%20%C3%A9",
        time: "",
      },
    ]);
    assertEquals(seen.slice(2).map(({ subject, time }) => [subject, time]), [
      ["%24JS.API.STREAM.DELETE.X", ""],
      ["%5FINBOX.x", ""],
      ["x".repeat(1024), ""],
    ]);
    const ids = new Set(seen.map(({ id }) => id));
    assertEquals(ids.size, 5);
    assertEquals(new Set(messages.map(({ headers }) => headers?.get("Bus-Origin"))).size, 1);
    assertEquals(hub.context.lines, [
      "refused: an event did not go out: there is no subject for its type (1 so far)",
      "refused: an event did not go out: 'payload' max_payload size exceeded (2 so far)",
    ]);
  },
);

natsTest("nats: only the types that are asked for go out", async () => {
  await using server = await NatsServer.start();
  const [one, other] = [new BridgedHub(), new BridgedHub()];
  await using out = one.bridge({ servers: server.address, prefix: "x.y", publish: ["b", "c"] });
  await using into = other.bridge({ servers: server.address, prefix: "x.y", subjects: ["x.y.>"] });
  await out.until(isConnected);
  await into.until(isConnected);
  for (const type of ["a", "b", "c"]) one.publish({ type, payload: `"${type}"` });
  await other.until(({ events }) => events.length === 2);
  assertEquals(other.events.map(({ type }) => type), ["b", "c"]);
});

natsTest("nats: all webhooks cross from hub to hub, the same texts and types", async () => {
  await using server = await NatsServer.start();
  const [one, other] = [new BridgedHub(), new BridgedHub()];
  await using out = one.bridge({ servers: server.address, publish: true });
  await using into = other.bridge({ servers: server.address, subjects: ["github.>"] });
  await out.until(isConnected);
  await into.until(isConnected);
  const events = corpus();
  for (const event of events) one.publish(event);
  await other.until(({ events: { length } }) => length === events.length);
  assertEquals(other.events.map(({ type, payload }) => ({ type, payload })), events);
});

natsTest("nats: a message with broken headers is left out, and the next one arrives", async () => {
  await using server = await NatsServer.start();
  const hub = new BridgedHub();
  await using play = hub.bridge(both(server));
  await play.until(isConnected);
  const [hostname = "", port] = server.address.split(":");
  using raw = await Deno.connect({ hostname, port: Number(port) });
  const broken = "NATS/1.0\r\nbad name: x\r\n\r\n";
  const long = `NATS/1.0\r\nNats-Msg-Id: ${"x".repeat(2_000)}\r\n\r\n`;
  const publication = (header: string) =>
    `HPUB bus.a ${header.length} ${header.length + 1}\r\n${header}1\r\n`;
  const text = [
    'CONNECT {"verbose":false,"headers":true}\r\n',
    publication(broken),
    publication(long),
    "PUB bus.a 1\r\n2\r\n",
  ].join("");
  await raw.write(new TextEncoder().encode(text));
  await hub.until(({ events }) => events.some(({ payload }) => payload === "2"));
  assertEquals(hub.context.lines, [
    "message: a message was left out, its headers are broken (1 so far)",
  ]);
  // It is for others to refuse an id that is too long.
  assertEquals(play.findings.map(({ id }) => id?.length === 2_000), [true, false]);
});

natsTest(
  "nats: a subject that the server refuses ends the run, an event that it refuses is counted",
  async () => {
    const config = `authorization { users = [
    { user: u, password: pass, permissions: { subscribe: "a.>", publish: "a.>" } } ] }`;
    await using server = await NatsServer.start({ config });
    const account = { servers: server.address, user: "u", password: "pass" } as const;
    const hub = new BridgedHub();
    await using refused = hub.bridge({ ...account, subjects: ["b.>"] });
    assertMatch(String(await refused.ended), /the server refuses b\.>: Permissions Violation/);
    await using play = hub.bridge({ ...account, subjects: ["a.>"], publish: true });
    await play.until(isConnected);
    await using other = await server.client(account);
    const heard = new Promise((resolve) => other.client.subscribe("a.b", { callback: resolve }));
    await other.client.flush();
    for (const payload of ["1", "2"]) hub.publish({ type: "b.c", payload });
    hub.publish({ type: "a.b", payload: "3" });
    await heard;
    await hub.until(({ context }) => context.lines.length > 1);
    const says = 'the server says: Permissions Violation for Publish to "b.c"';
    assertEquals(hub.context.lines, [
      `refused: an event did not go out: ${says} (1 so far)`,
      `refused: an event did not go out: ${says} (2 so far)`,
    ]);
  },
);

/** Settings with something wrong, and what is said of it. */
const WRONG: readonly [settings: Omit<NatsSettings, "kind">, reason: string][] = [
  [{ servers: "h:1" }, "nothing comes in and nothing goes out"],
  [{ servers: "h:1", publish: false }, "nothing comes in and nothing goes out"],
  [{ servers: "u:p@h:1", publish: true }, "a server is HOST:PORT or tls://HOST:PORT"],
  [{ servers: ["h:1", "http://h"], publish: true }, "a server is HOST:PORT or tls://HOST:PORT"],
  [{ servers: [], publish: true }, "there is no server"],
  [{ servers: "h:1", subjects: ["a b"] }, "a b is no subject"],
  [{ servers: "h:1", subjects: ["a..b"] }, "a..b is no subject"],
  [{ servers: "h:1", subjects: ["a", "a.>.b"] }, "a.>.b is no subject"],
  [{ servers: "h:1", subjects: ["a.b*"] }, "a.b* is no subject"],
  [{ servers: "h:1", publish: true, prefix: "a." }, "a. is no subject"],
  [{ servers: "h:1", publish: true, prefix: "a.*" }, "a.* is no subject"],
  [
    { servers: "h:1", publish: true, subjects: ["a"], id: "{body:id}" },
    "an event that came in is known by its id, so there can be no other",
  ],
  [
    { servers: "h:1", subjects: ["a"], jetstream: { stream: "S" } },
    "what comes from a stream needs a place in it",
  ],
  [{ servers: "h:1", publish: true, user: "u" }, "user and password need each other"],
  [
    { servers: "h:1", publish: true, token: "t", credentials: "/c" },
    "only one of credentials, token and user can be given",
  ],
  [{ servers: "h:1", publish: true, tls: { cert: "/c" } }, "tls.cert and tls.key need each other"],
  [
    { servers: "h:1", publish: true, token: { env: "BUS_TEST_NATS_NOT_SET" } },
    "the variable BUS_TEST_NATS_NOT_SET is not set",
  ],
  [
    { servers: "h:1", publish: true, credentials: "/nowhere/c" },
    "the credentials /nowhere/c cannot be read: No such file or directory",
  ],
];

Deno.test("nats: settings that cannot be are refused before it runs", () => {
  for (const [settings, reason] of WRONG) {
    const hub = new BridgedHub();
    const open = () => openNats({ kind: "nats", ...settings }, hub.context);
    const { code, message } = assertThrows(open, BusError);
    assertEquals([code, message], ["bad_input", reason]);
    assert(!message.includes("p@"));
  }
});
