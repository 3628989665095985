import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { BusError } from "../../../lib/protocol/errors.ts";
import { checkSse, openSse, type SseSettings } from "../../../lib/source/sse.ts";
import { Play, testContext } from "../kit.ts";
import { settings } from "./stream_server.ts";

Deno.test("sse: what is no stream of events fails the run, and neither body nor query is said", async () => {
  const gone = Promise.withResolvers<void>();
  const answers: Record<string, () => Response> = {
    none: () => new Response(null, { status: 204 }),
    no: () => {
      const body = new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode("secret")),
        cancel: () => gone.resolve(),
      });
      return new Response(body, { status: 401 });
    },
    moved: () => Response.redirect("http://127.0.0.1:9/?secret", 307),
    page: () => new Response("secret", { headers: { "content-type": "text/html" } }),
    empty: () => new Response("", { headers: { "content-type": "text/event-stream" } }),
  };
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    return answers[new URL(request.url).pathname.slice(1)]?.() ?? new Response(null);
  });
  const origin = `http://127.0.0.1:${server.addr.port}`;
  const reason = async (path: string) => {
    const play = new Play(openSse(settings(`${origin}/${path}?token=secret#x`), testContext()));
    return String(await play.ended).replace("BusError: ", "").replace(origin, "");
  };
  assertEquals(await reason("none"), "/none answered 204: nothing more comes from there");
  assertEquals(await reason("no"), "/no answered 401");
  await gone.promise;
  assertEquals(await reason("moved"), "/moved answered 307");
  assertEquals(
    await reason("page"),
    "/page answered with text/html and not with text/event-stream",
  );
  assertEquals(await reason("empty"), "the stream ended before anything came");
  await server.shutdown();
  const refused = await reason("gone");
  assertStringIncludes(refused, "/gone cannot be reached: ");
  assertStringIncludes(refused, "Connection refused");
  assert(!refused.includes("secret"), refused);
});

Deno.test("sse: of what fetch says nothing is said that could name the url", async () => {
  const { fetch } = globalThis;
  globalThis.fetch = (url) => Promise.reject(new TypeError(`it did not like ${url}`));
  try {
    const url = "http://127.0.0.1/events?token=secret";
    const play = new Play(openSse(settings(url), testContext()));
    const reason = "http://127.0.0.1/events cannot be reached: the connection failed";
    assertEquals(String(await play.ended), `BusError: ${reason}`);
  } finally {
    globalThis.fetch = fetch;
  }
});

Deno.test("sse: of a url that is a secret only the server is said", async () => {
  Deno.env.set("BUS_TEST_SSE_URL", "http://127.0.0.1:1/path/of/secrets");
  const url = { env: "BUS_TEST_SSE_URL" };
  const play = new Play(openSse({ kind: "sse", url }, testContext()));
  const reason = String(await play.ended);
  assertStringIncludes(reason, "http://127.0.0.1:1 cannot be reached: ");
  assert(!reason.includes("path"), reason);
});

Deno.test("sse: what cannot work is said before it is run", () => {
  const reason = (more: Partial<SseSettings>) => {
    try {
      openSse(settings("http://127.0.0.1/", more), testContext());
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : error;
    }
  };
  Deno.env.set("BUS_TEST_SSE_BAD", "a\nb");
  const schemes = "the url is none that begins with http:// or https://";
  assertEquals(reason({ url: "ws://127.0.0.1/?secret" }), schemes);
  assertEquals(reason({ url: "http://" }), schemes);
  assertEquals(reason({ url: { env: "BUS_TEST_NONE" } }), "the variable BUS_TEST_NONE is not set");
  assertEquals(
    reason({ headers: { "x-a": { env: "BUS_TEST_SSE_BAD" } } }),
    "the header x-a has a character that none may have",
  );
  assertEquals(reason({ heartbeat: "0s" }), "the heartbeat is no time");
  assertEquals(reason({}), undefined);
});

Deno.test("sse: what is seen without its secrets is said by a check in the same words", () => {
  const check = (more: Partial<SseSettings>) => checkSse(settings("http://127.0.0.1/", more));
  const noTime = "the heartbeat is no time";
  assertThrows(() => check({ heartbeat: "0s" }), BusError, noTime);
  const noHeader = "the header x-a has a character that none may have";
  assertThrows(() => check({ headers: { "x-a": "a\nb" } }), BusError, noHeader);
  const noUrl = "the url is none that begins with http:// or https://";
  assertThrows(() => check({ url: "http://" }), BusError, noUrl);
  const none = { env: "BUS_TEST_NONE" };
  check({ url: none, headers: { "x-a": none, "x-b": "c" }, heartbeat: "1ms" });
});
