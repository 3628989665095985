import { assertEquals } from "@std/assert";
import { BODY_MS } from "../../../lib/source/http/body.ts";
import { openHttp } from "../../../lib/source/http.ts";
import { Refusal } from "../../../lib/source/http/answers.ts";
import { Refusals } from "../../../lib/source/http/refusals.ts";
import { MOST_REQUESTS, WAIT_MS } from "../../../lib/source/http/waiting_requests.ts";
import type { Outcome } from "../../../lib/source/source.ts";
import { Play, testContext } from "../kit.ts";
import { AlarmWatch, Hooks } from "./kit.ts";
import { RawHttp, request } from "./raw_http.ts";

Deno.test("http refusals: each is said with its status and its reason, and counted by its status", async () => {
  await using hooks = await Hooks.open({ path: "/in", max_payload: "10B" });
  const { url } = hooks;
  const path = { path: "?token=SECRET" };
  const statuses = [
    await hooks.status("SECRET", {}, path),
    await hooks.status("{'a'", { authorization: "SECRET" }, path),
    await hooks.status("1", { "content-type": "image/SECRET" }),
    await hooks.status('"SECRETSECRET"'),
    await hooks.status("1", { origin: "http://SECRET" }),
    await hooks.status("1", { "ce-specversion": "1.0", "ce-type": "SECRET" }),
    await hooks.status(null, {}, { method: "PATCH" }),
  ];
  assertEquals(statuses, [400, 400, 415, 413, 403, 400, 405]);
  const elsewhere = await fetch(url.replace("/in", "/SECRET"), { method: "POST" });
  assertEquals([elsewhere.status, await elsewhere.text()], [404, "nothing is here\n"]);
  assertEquals(await hooks.status("1"), 202);
  assertEquals(hooks.context.lines, [
    "refused 400: a request was refused with 400: the body is not JSON from character 1 on (1 so far)",
    "refused 400: a request was refused with 400: the body is not JSON from character 2 on (2 so far)",
    "refused 415: a request was refused with 415: the content type is neither JSON nor a form (1 so far)",
    "refused 413: a request was refused with 413: the body is longer than 10 bytes (1 so far)",
    "refused 403: a request was refused with 403: a web page brings events only where they are signed (1 so far)",
    "refused 400: a request was refused with 400: the event has no source (3 so far)",
    "refused 405: a request was refused with 405: events are posted (1 so far)",
    "refused 404: a request was refused with 404: nothing is here (1 so far)",
  ]);
});

Deno.test("http refusals: of a wrong signature the log says that, and no more", async () => {
  const signature = { scheme: "github", secret: "SECRET" } as const;
  await using hooks = await Hooks.open({ signature });
  for (const headers of [{}, { "x-hub-signature-256": `sha256=${"0".repeat(64)}` }]) {
    assertEquals(await hooks.status("{}", headers), 401);
  }
  const text = "a request was refused with 401: the signature is missing, wrong or too old";
  assertEquals(hooks.context.lines, [
    `refused 401: ${text} (1 so far)`,
    `refused 401: ${text} (2 so far)`,
  ]);
});

Deno.test("http refusals: who finds no room is said and counted, too", async () => {
  const clocks = new AlarmWatch();
  const release = Promise.withResolvers<Outcome>();
  await using hooks = await Hooks.open({}, () => release.promise, clocks);
  const answers = Array.from({ length: MOST_REQUESTS }, () => hooks.status("1"));
  await clocks.untilSet(WAIT_MS, MOST_REQUESTS);
  assertEquals([await hooks.status("1"), await hooks.status("1")], [503, 503]);
  release.resolve("routed");
  await Promise.all(answers);
  const text = "a request was refused with 503: too much is under way";
  assertEquals(hooks.context.lines, [
    `refused 503: ${text} (1 so far)`,
    `refused 503: ${text} (2 so far)`,
  ]);
});

Deno.test("http refusals: they are counted over all runs", async () => {
  const context = testContext();
  const source = openHttp({ kind: "http", port: 0 }, context);
  for (let run = 0; run < 2; run++) {
    await using play = new Play(source);
    await play.until(({ states }) => states.length === 1);
    const url = /http:\S+/.exec(play.states[0] ?? "")?.[0] ?? "";
    await (await fetch(url, { method: "POST", body: "{" })).text();
  }
  assertEquals(context.lines.map((line) => /\(.*\)$/.exec(line)?.[0]), [
    "(1 so far)",
    "(2 so far)",
  ]);
});

Deno.test("http refusals: what is said is printable, and not long", () => {
  const { lines, ...context } = testContext();
  new Refusals(context).note(new Refusal(400, `\x1b[31m${"x".repeat(1_000)}`));
  const said = `\\x1b[31m${"x".repeat(191)}…`;
  assertEquals(lines, [`refused 400: a request was refused with 400: ${said} (1 so far)`]);
});

Deno.test("http refusals: a body that breaks off is one", async () => {
  const clocks = new AlarmWatch();
  await using hooks = await Hooks.open({}, undefined, clocks);
  {
    using half = await RawHttp.connect(hooks.url);
    await half.send(request("", { "content-length": "10" }) + "1");
    await clocks.untilSet(BODY_MS, 1);
  }
  await clocks.untilSet(BODY_MS, 0);
  assertEquals(await hooks.status("1"), 202);
  assertEquals(hooks.context.lines, [
    "refused 400: a request was refused with 400: the body broke off (1 so far)",
  ]);
});
