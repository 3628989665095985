import { assert, assertEquals, assertMatch } from "@std/assert";
import { BusError } from "../../lib/protocol/errors.ts";
import { openHttp } from "../../lib/source/http.ts";
import { FAIR_MS, MOST_CONNECTIONS } from "../../lib/source/http/listener.ts";
import type { Outcome } from "../../lib/source/source.ts";
import { corpus } from "../e2e/corpus.ts";
import { DrivenClocks } from "../server/driven_clocks.ts";
import { AlarmWatch, Hooks } from "./http/kit.ts";
import { RawHttp } from "./http/raw_http.ts";
import { Play, testContext } from "./kit.ts";

const SECRET = "It's a Secret to Everybody";

const GITHUB = { signature: { scheme: "github", secret: SECRET } } as const;

async function githubSignature(body: string): Promise<string> {
  const encoder = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encoder.encode(SECRET), algorithm, false, [
    "sign",
  ]);
  const bytes = new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(body)));
  return `sha256=${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** Does something for each, a few at a time. */
async function forEach<T>(all: Iterable<T>, act: (one: T) => Promise<void>): Promise<void> {
  const rest = all[Symbol.iterator]();
  await Promise.all(Array.from({ length: 8 }, async () => {
    for (let next = rest.next(); !next.done; next = rest.next()) await act(next.value);
  }));
}

/** Every fourth of the real webhooks: the compiled program gets them all. */
const SOME = corpus().filter((_, at) => at % 4 === 0);

Deno.test("http: a real webhook with its signature is found, its payload the same text", async () => {
  await using hooks = await Hooks.open(GITHUB);
  const statuses = new Set<number>();
  await forEach(SOME.entries(), async ([at, { type, payload }]) => {
    statuses.add(
      await hooks.status(payload, {
        "content-type": "application/json",
        "X-GitHub-Event": type.split(".")[1] ?? "",
        "x-github-delivery": `delivery-${at}`,
        "x-hub-signature-256": await githubSignature(payload),
      }),
    );
  });
  assertEquals([...statuses], [202]);
  const found = new Map(hooks.play.findings.map(({ id, payload, values }) => {
    return [id, { payload, event: values?.header?.("X-Github-Event") }];
  }));
  assertEquals(hooks.play.findings.length, 83);
  for (const [at, { type, payload }] of SOME.entries()) {
    assertEquals(found.get(`delivery-${at}`), { payload, event: type.split(".")[1] });
  }
});

Deno.test("http: with one byte changed a real webhook is refused, and nothing is found", async () => {
  await using hooks = await Hooks.open(GITHUB);
  const statuses = new Set<number>();
  await forEach(SOME.entries(), async ([at, { payload }]) => {
    const place = (at * 31) % payload.length;
    const byte = payload[place] === " " ? "\t" : " ";
    const changed = payload.slice(0, place) + byte + payload.slice(place + 1);
    statuses.add(
      await hooks.status(changed, { "x-hub-signature-256": await githubSignature(payload) }),
    );
  });
  assertEquals([...statuses], [401]);
  assertEquals(hooks.found(), []);
});

Deno.test("http: a signature is asked for before anything is said of the body", async () => {
  await using hooks = await Hooks.open(GITHUB);
  const { status, text } = await hooks.post("{");
  assertEquals([status, text], [401, "the signature is missing, wrong or too old"]);
  assertEquals(await hooks.status(Uint8Array.of(0xff)), 401);
  const signed = { "x-hub-signature-256": await githubSignature("{") };
  assertEquals(
    (await hooks.post("{", signed)).text,
    "the body is not JSON: it ends too early",
  );
});

Deno.test("http: other schemes are asked too, and a delivery's own id is that of the event", async () => {
  const standard = { scheme: "standard", secret: "dGhlIHNlY3JldA==", tolerance: "1h" } as const;
  await using hooks = await Hooks.open({ signature: standard });
  const seconds = String(Math.floor(Date.now() / 1000) - 1_800);
  const key = await crypto.subtle.importKey(
    "raw",
    new TextEncoder().encode("the secret"),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const bytes = new TextEncoder().encode(`msg_7.${seconds}.{"a": 1}`);
  const sum = new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes));
  const headers = {
    "webhook-id": "msg_7",
    "webhook-timestamp": seconds,
    "webhook-signature": `v1,${btoa(String.fromCharCode(...sum))}`,
  };
  assertEquals(await hooks.status('{"a": 1}', headers), 202);
  assertEquals(await hooks.status('{"a": 2}', headers), 401);
  assertEquals(hooks.found(), [{ payload: '{"a": 1}', id: "msg_7" }]);
});

Deno.test("http: without a signature either header has the id, with one only that of its scheme", async () => {
  const both = { "x-github-delivery": "one", "webhook-id": "two" };
  await using open = await Hooks.open();
  for (
    const headers of [both, { "webhook-id": "two" }, { ...both, "x-github-delivery": "" }, {}]
  ) {
    assertEquals(await open.status("1", headers), 202);
  }
  assertEquals(open.play.findings.map(({ id }) => id), ["one", "two", "two", undefined]);
  await using github = await Hooks.open(GITHUB);
  const signed = { "x-hub-signature-256": await githubSignature("1") };
  assertEquals(await github.status("1", { ...signed, ...both }), 202);
  assertEquals(await github.status("1", { ...signed, "webhook-id": "two" }), 202);
  assertEquals(github.play.findings.map(({ id }) => id), ["one", undefined]);
});

Deno.test("http: the secret is read anew for each run, and not said where it is missing", async () => {
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(file, "another\n");
    const signature = { scheme: "github", secret: { file } } as const;
    const source = openHttp({ kind: "http", port: 0, signature }, testContext());
    await Deno.writeTextFile(file, `${SECRET}\n`);
    await using play = new Play(source);
    await play.until(({ states }) => states.length === 1);
    const url = /http:\S+/.exec(play.states[0] ?? "")?.[0] ?? "";
    const headers = { "x-hub-signature-256": await githubSignature("1") };
    const response = await fetch(url, { method: "POST", body: "1", headers });
    assertEquals([response.status, await response.text()], [202, "routed\n"]);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("http: what became of the event is what is answered", async () => {
  let outcome: Outcome = "routed";
  await using hooks = await Hooks.open({ rate: "30/h" }, () => outcome);
  const answers: unknown[] = [];
  for (
    outcome of [
      "routed",
      "unmatched",
      "duplicate",
      "filtered",
      "limited",
      "too_large",
      "refused",
    ] as const
  ) {
    const { status, text, headers } = await hooks.post("1");
    answers.push([status, text, headers.get("retry-after")]);
  }
  assertEquals(answers, [
    [202, "routed", null],
    [202, "unmatched", null],
    [202, "duplicate", null],
    [202, "filtered", null],
    [429, "too many events: the event left out", "120"],
    [413, "too large: the event left out", null],
    [400, "refused: the event left out; the hub's log says why", null],
  ]);
});

Deno.test("http: it is answered only when it is routed", async () => {
  const release = Promise.withResolvers<Outcome>();
  await using hooks = await Hooks.open({}, () => release.promise);
  let isAnswered = false;
  const answer = hooks.status("1").finally(() => isAnswered = true);
  await hooks.play.until(({ found }) => found.length === 1);
  assertEquals(await hooks.status("1", { "content-encoding": "gzip" }), 415);
  assertEquals(isAnswered, false);
  release.resolve("routed");
  assertEquals(await answer, 202);
});

Deno.test("http: each of those that came together gets its own answer", async () => {
  const first = Promise.withResolvers<Outcome>();
  await using hooks = await Hooks.open({}, ({ payload }) => {
    if (payload === "0") return first.promise;
    return payload.includes("1") ? "refused" : "duplicate";
  });
  const held = hooks.status("0");
  await hooks.play.until(({ found }) => found.length === 1);
  const event = (id: number) =>
    `{"specversion":"1.0","type":"t","source":"s","id":"${id}","data":${id}}`;
  const type = { "content-type": "application/cloudevents-batch+json" };
  const posted = [
    hooks.post(`[${[1, 2, 3].map(event).join(",")}]`, type),
    hooks.post("[ ]", type),
    hooks.post("2"),
    hooks.post("1"),
  ];
  assertEquals((await posted[1])?.text, "nothing to route");
  first.resolve("routed");
  assertEquals(await held, 202);
  assertEquals((await Promise.all(posted)).map(({ status, text }) => `${status} ${text}`), [
    "400 refused: 1 of 3 events left out; the hub's log says why",
    "202 nothing to route",
    "202 duplicate",
    "400 refused: the event left out; the hub's log says why",
  ]);
});

Deno.test("http: templates can ask for headers, for the query and for the path", async () => {
  await using hooks = await Hooks.open();
  await hooks.post("1", { "X-Event": "push", "x-odd": "a, b" }, {
    path: "/a%20b/c?x=1&y=&x=2&z=%C3%A9",
  });
  const places = [
    "header:x-event",
    "header:X-EVENT",
    "header:x-odd",
    "header:none",
    "header:not a name",
    "header",
    "query:x",
    "query:z",
    "query:none",
    "path",
  ];
  assertEquals(hooks.found(places), [{
    payload: "1",
    id: undefined,
    values: [
      "push",
      "push",
      "a, b",
      undefined,
      undefined,
      undefined,
      "1",
      "é",
      undefined,
      "/a%20b/c",
    ],
  }]);
});

Deno.test("http: only its path and its methods take events", async () => {
  await using hooks = await Hooks.open({ path: "/hooks/größe" });
  assertMatch(hooks.url, /:\d+\/hooks\/gr%C3%B6%C3%9Fe$/);
  assertEquals(await hooks.status("1"), 202);
  assertEquals(await hooks.status("2", {}, { path: "?a=/" }), 202);
  assertEquals(await hooks.status("3", {}, { method: "PUT" }), 202);
  for (const path of ["/", "x", "/../grosse"]) {
    assertEquals(await hooks.status("4", {}, { path }), 404);
  }
  for (const method of ["GET", "HEAD", "DELETE", "OPTIONS", "PATCH"]) {
    const { status, headers } = await hooks.post(null, {}, { method });
    assertEquals([method, status, headers.get("allow")], [method, 405, "POST, PUT"]);
  }
  assertEquals(hooks.payloads, ["1", "2", "3"]);
});

Deno.test("http: a page in a browser brings nothing, unless it is signed", async () => {
  await using open = await Hooks.open();
  const page = { origin: "https://example.org", "content-type": "text/plain" };
  assertEquals(await open.status("1", page), 403);
  assertEquals(await open.status("1", { origin: "null" }), 403);
  assertEquals(open.found(), []);
  await using closed = await Hooks.open(GITHUB);
  const signature = { "x-hub-signature-256": await githubSignature("1") };
  assertEquals(await closed.status("1", page), 401);
  assertEquals(await closed.status("1", { ...page, ...signature }), 202);
});

Deno.test("http: it can be run again, on the same port", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const url = `http://127.0.0.1:${port}`;
  const source = openHttp({ kind: "http", port }, testContext());
  const busy = new Play(source);
  const error = await busy.ended;
  assert(error instanceof BusError);
  assertEquals(
    [error.code, error.message, error.hint],
    [
      "failed",
      `cannot listen on 127.0.0.1:${port}: Address already in use`,
      "end what listens there, or choose another port",
    ],
  );
  listener.close();
  for (let run = 0; run < 2; run++) {
    await using play = new Play(source);
    await play.until(({ states }) => states.length === 1);
    assertEquals(play.states, [`connected: listening on ${url}`]);
    const response = await fetch(url, { method: "POST", body: "1" });
    await response.body?.cancel();
    assertEquals(response.status, 202);
  }
});

Deno.test("http: an address that is not this machine's is said", async () => {
  const open = async (host: string) => {
    const play = new Play(openHttp({ kind: "http", port: 0, host }, testContext()));
    return String(await play.ended);
  };
  assertMatch(await open("203.0.113.1"), /^BusError: cannot listen on 203\.0\.113\.1:0: .+/);
  assertMatch(await open("no such\nhost"), /^BusError: cannot listen on no such\\nhost:0: .+/);
});

Deno.test("http: an address of six is one too", async () => {
  await using hooks = await Hooks.open({ host: "::1" });
  assertMatch(hooks.url, /^http:\/\/\[::1\]:\d+$/);
  assertEquals(await hooks.status("1"), 202);
});

Deno.test("http: what cannot work is said before it is run", () => {
  const signature = { scheme: "github", secret: { env: "BUS_TEST_NONE" } } as const;
  const reason = (more: object) => {
    try {
      openHttp({ kind: "http", port: 0, ...more }, testContext());
      return undefined;
    } catch (error) {
      return error instanceof BusError ? error.message : error;
    }
  };
  assertEquals(reason({ signature }), "the variable BUS_TEST_NONE is not set");
  assertEquals(
    reason({ signature: { scheme: "slack", secret: "x", tolerance: "0s" } }),
    "the tolerance of the signature is no time",
  );
  assertEquals(reason({}), undefined);
});

Deno.test("http: an answer says nothing of the server, and ends the connection", async () => {
  await using hooks = await Hooks.open();
  const { headers } = await hooks.post("1");
  assertEquals(headers.get("connection"), "close");
  assertEquals(headers.get("content-type"), "text/plain; charset=utf-8");
  assertEquals([headers.get("server"), headers.get("x-powered-by")], [null, null]);
});

Deno.test("http: connections that say nothing are cut for those that do, and the log counts them", async () => {
  const driven = new DrivenClocks();
  const clocks = new AlarmWatch(driven);
  await using hooks = await Hooks.open({}, undefined, clocks);
  const idle: RawHttp[] = [];
  for (let count = 0; count < MOST_CONNECTIONS; count++) {
    idle.push(await RawHttp.connect(hooks.url));
  }
  const answered = hooks.status("1");
  await clocks.untilSet(FAIR_MS, 1);
  driven.setTo(FAIR_MS);
  driven.ring();
  assertEquals(await answered, 202);
  assertEquals(hooks.context.lines, [
    "crowd: all 128 connections were taken: cut one that had no answer after 2 s",
  ]);
  for (const connection of idle) connection[Symbol.dispose]();
});
