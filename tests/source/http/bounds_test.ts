import { assert, assertEquals, assertMatch } from "@std/assert";
import { BODY_MS } from "../../../lib/source/http/body.ts";
import type { Outcome } from "../../../lib/source/source.ts";
import { WAIT_MS } from "../../../lib/source/http/waiting_requests.ts";
import { DrivenClocks } from "../../server/driven_clocks.ts";
import { AlarmWatch, Hooks } from "./kit.ts";
import { RawHttp, request } from "./raw_http.ts";

/** Bytes of the longest body. */
const LIMIT = 1_048_512;

Deno.test("http bounds: no body is longer than its bound, whatever its head says", async () => {
  const text = (length: number) => `"${"x".repeat(length - 2)}"`;
  const streamed = (length: number) =>
    ReadableStream.from([text(length)]).pipeThrough(new TextEncoderStream());
  await using hooks = await Hooks.open();
  assertEquals(await hooks.status(text(LIMIT)), 202);
  assertEquals(await hooks.status(streamed(LIMIT)), 202);
  const { status, text: reason } = await hooks.post(text(LIMIT + 1));
  assertEquals([status, reason], [413, `the body is longer than ${LIMIT} bytes`]);
  assertEquals(await hooks.status(streamed(LIMIT + 1)), 413);
  await using small = await Hooks.open({ max_payload: "1KiB" });
  assertEquals(await small.status(text(1_024)), 202);
  assertEquals(await small.status(text(1_025)), 413);
  // A form is longer than what it holds; of that the bound is asked for later.
  const form = { "content-type": "application/x-www-form-urlencoded" };
  assertEquals(await small.status(`payload=${"+".repeat(1_020)}1`, form), 202);
  await using large = await Hooks.open({ max_payload: "1GiB" });
  assertEquals(await large.status(text(LIMIT + 1)), 413);
  assertEquals([hooks, small, large].map(({ payloads }) => payloads.length), [2, 2, 0]);
});

Deno.test("http bounds: a body without an end is cut off, and the client hears why", async () => {
  await using hooks = await Hooks.open();
  using client = await RawHttp.connect(hooks.url);
  await client.send("POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n");
  const chunk = `10000\r\n${"x".repeat(0x10000)}\r\n`;
  const answered = client.status();
  const begun = performance.now();
  while (await client.send(chunk));
  assert(performance.now() - begun < 10_000, `after ${performance.now() - begun} ms`);
  assertEquals(await answered, 413);
  assertEquals(hooks.found(), []);
});

Deno.test("http bounds: who sends all of a body that is too long hears the answer all the same", async () => {
  await using hooks = await Hooks.open();
  const piece = new Uint8Array(100_000);
  for (let round = 0; round < 5; round++) {
    assertEquals(await hooks.status(ReadableStream.from(Array(50).fill(piece))), 413);
  }
});

Deno.test("http bounds: a body that does not come in time is given up", async () => {
  const driven = new DrivenClocks();
  const clocks = new AlarmWatch(driven);
  await using hooks = await Hooks.open({}, undefined, clocks);
  using client = await RawHttp.connect(hooks.url);
  await client.send(request("", { "content-length": "10" }) + "1");
  await clocks.untilSet(BODY_MS, 1);
  driven.setTo(BODY_MS);
  driven.ring();
  assertEquals(await client.status(), 408);
  assertEquals(hooks.found(), []);
});

Deno.test("http bounds: a client that goes away costs nobody anything", async () => {
  const release = Promise.withResolvers<Outcome>();
  await using hooks = await Hooks.open({}, () => release.promise);
  {
    using halfBody = await RawHttp.connect(hooks.url);
    using whole = await RawHttp.connect(hooks.url);
    await halfBody.send(request("", { "content-length": "10" }) + "1");
    await whole.send(request("2"));
    await hooks.play.until(({ found }) => found.length === 1);
  }
  const others = Array.from({ length: 60 }, () => hooks.status("3"));
  release.resolve("routed");
  assertEquals(new Set(await Promise.all(others)), new Set([202]));
  assertEquals(hooks.payloads.filter((payload) => payload === "3").length, 60);
  // The one who sent half of it may be in the midst of it.
  const broken = "refused 400: a request was refused with 400: the body broke off (1 so far)";
  assertEquals(hooks.context.lines.filter((line) => line !== broken), []);
});

Deno.test("http bounds: so many requests are under way, and no more", async () => {
  const release = Promise.withResolvers<Outcome>();
  await using hooks = await Hooks.open({}, () => release.promise);
  const answers = Array.from({ length: 65 }, () => hooks.post("1"));
  const { status, text, headers } = await Promise.race(answers);
  assertEquals(
    [status, text, headers.get("retry-after")],
    [503, "too much is under way", "5"],
  );
  release.resolve("routed");
  const statuses = (await Promise.all(answers)).map(({ status }) => status).sort();
  assertEquals(statuses, [...Array(64).fill(202), 503]);
  assertEquals(await hooks.status("1"), 202);
});

Deno.test("http bounds: so many bytes are under way, and no more", async () => {
  const clocks = new AlarmWatch();
  const release = Promise.withResolvers<Outcome>();
  await using hooks = await Hooks.open({}, () => release.promise, clocks);
  const body = `"${"x".repeat(1_040_000)}"`;
  const waiting: Promise<number>[] = [];
  for (let count = 1; count <= 8; count++) {
    waiting.push(hooks.status(body));
    await clocks.untilSet(WAIT_MS, count);
  }
  assertEquals(await hooks.status(body), 503);
  const small = hooks.status("1");
  release.resolve("routed");
  assertEquals(await Promise.all([...waiting, small]), Array(9).fill(202));
  assertEquals(await hooks.status(body), 202);
});

Deno.test("http bounds: who waits too long is told to come again", async () => {
  const driven = new DrivenClocks();
  const clocks = new AlarmWatch(driven);
  const release = Promise.withResolvers<Outcome>();
  await using hooks = await Hooks.open({}, () => release.promise, clocks);
  const taken = hooks.post("1");
  await hooks.play.until(({ found }) => found.length === 1);
  const inRow = hooks.post("2");
  await clocks.untilSet(WAIT_MS, 2);
  driven.setTo(WAIT_MS);
  driven.ring();
  for (const { status, text, headers } of await Promise.all([taken, inRow])) {
    assertEquals([status, text, headers.get("retry-after")], [503, "the hub is busy", "5"]);
  }
  release.resolve("routed");
  assertEquals(await hooks.status("3"), 202);
  // What was not yet on its way is not routed any more: it comes again.
  assertEquals(hooks.payloads, ["1", "3"]);
});

Deno.test("http bounds: at its stop who waits is told, and it ends soon whatever there is", async () => {
  const clocks = new AlarmWatch();
  const release = Promise.withResolvers<Outcome>();
  await using hooks = await Hooks.open({}, () => release.promise, clocks);
  using idle = await RawHttp.connect(hooks.url);
  using halfHead = await RawHttp.connect(hooks.url);
  using halfBody = await RawHttp.connect(hooks.url);
  await halfHead.send("POST / HTTP/1.1\r\nho");
  await halfBody.send(request("", { "content-length": "10" }) + "1");
  await clocks.untilSet(BODY_MS, 1);
  const taken = hooks.post("1");
  await hooks.play.until(({ found }) => found.length === 1);
  const inRow = hooks.post("2");
  await clocks.untilSet(WAIT_MS, 2);
  const begun = performance.now();
  const ended = hooks.play.stop();
  for (const { status, text, headers } of await Promise.all([taken, inRow])) {
    assertEquals([status, text, headers.get("retry-after")], [503, "it stops", "5"]);
  }
  assertMatch(await halfBody.heard(), /^HTTP\/1.1 503 [^]*it stops\n$/);
  assertEquals(await halfHead.status(), undefined);
  assertEquals(await idle.status(), undefined);
  assertEquals(await RawHttp.connect(hooks.url).catch(() => "refused"), "refused");
  release.resolve("routed");
  assertEquals(await ended, undefined);
  assert(performance.now() - begun < 1_000, `${performance.now() - begun} ms`);
});

Deno.test("http bounds: at its stop what is on its way is waited for, and what is not is not", async () => {
  const clocks = new AlarmWatch(new DrivenClocks());
  const release = Promise.withResolvers<Outcome>();
  await using hooks = await Hooks.open({}, () => release.promise, clocks);
  const taken = hooks.status("1");
  await hooks.play.until(({ found }) => found.length === 1);
  const inRow = hooks.status("2");
  await clocks.untilSet(WAIT_MS, 2);
  const ended = hooks.play.stop();
  assertEquals(await inRow, 503);
  release.resolve("routed");
  assertEquals(await taken, 202);
  assertEquals(await ended, undefined);
});

Deno.test("http bounds: what is no request is answered or cut off, and the next one is taken", async () => {
  await using hooks = await Hooks.open();
  const head = "POST / HTTP/1.1\r\nhost: x\r\n";
  const deep = `${"[".repeat(512)}${"]".repeat(512)}`;
  const cases: [string | Uint8Array, (number | undefined)[]][] = [
    ["\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", [400]],
    [new Uint8Array(70_000), [400, undefined]],
    ["GET / HTTP/1.1\r\nhost: x\r\n\r\n", [405]],
    ["OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n", [405]],
    ["CONNECT x:1 HTTP/1.1\r\nhost: x\r\n\r\n", [400, 405]],
    ["POST /\r\n\r\n", [400]],
    ["POST / HTTP/9.9\r\nhost: x\r\n\r\n", [400, 505, undefined]],
    [`${head}content-length: 1\r\ncontent-length: 2\r\n\r\n12`, [400]],
    [`${head}content-length: -1\r\n\r\n1`, [400]],
    [`${head}content-length: 99999999999999999999999\r\n\r\n1`, [400, 413]],
    [`${head}content-length: 1000000000\r\n\r\n1`, [413]],
    [`${head}transfer-encoding: chunked\r\n\r\nzz\r\n1\r\n0\r\n\r\n`, [400, undefined]],
    [`${head}x: ${"a".repeat(2_000_000)}\r\n\r\n`, [400, 431]],
    [`${head}${"x: a\r\n".repeat(200)}content-length: 1\r\n\r\n1`, [400, 431]],
    [`${head}x\0y: 1\r\n\r\n`, [400]],
    [`${head}content-length: 0\r\n\r\n`, [400]],
    [`${head}content-length: ${deep.length}\r\n\r\n${deep}`, [400]],
    [
      new Uint8Array([
        ...new TextEncoder().encode(request("", { "content-length": "2" })),
        0x22,
        0xff,
      ]),
      [400],
    ],
  ];
  for (const [bytes, expected] of cases) {
    using client = await RawHttp.connect(hooks.url);
    const sending = client.send(bytes);
    const status = await client.status();
    await sending;
    const shown = String(bytes).slice(0, 100);
    assert(expected.includes(status), `${JSON.stringify(shown)}: ${status}`);
    assertEquals(await hooks.status("1"), 202);
  }
  assertEquals(new Set(hooks.payloads), new Set(["1"]));
  // Of what is no request at all nobody is told.
  const lines = hooks.context.lines.map((line) => line.replace(/^refused \d+: /, ""));
  assertEquals(lines.toSorted(), [
    "a request was refused with 400: the body is more than 512 arrays and objects open at once (2 so far)",
    "a request was refused with 400: the body is not JSON: it ends too early (1 so far)",
    "a request was refused with 400: the body is not UTF-8 (3 so far)",
    "a request was refused with 405: events are posted (1 so far)",
    "a request was refused with 405: events are posted (2 so far)",
    "a request was refused with 405: events are posted (3 so far)",
    "a request was refused with 413: the body is longer than 1048512 bytes (1 so far)",
  ]);
});
