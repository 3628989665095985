import { assertEquals, assertMatch } from "@std/assert";
import events from "@octokit/webhooks-examples" with { type: "json" };
import { Place } from "./bus.ts";

Deno.test("publish says what became of its event, and ends with 0 where nobody wanted it", async () => {
  await using place = new Place();
  await place.hub();
  assertEquals(await place.run(["publish", "github.push", "{}", "--id", "a"]), {
    code: 0,
    stdout: "",
    stderr: "published 1 event (0 had a consumer, 0 duplicates): nobody consumes such events now\n",
  });
  const again = await place.run(["publish", "github.push", "{}", "--id", "a"]);
  assertEquals(again.stderr, "published 0 events (0 had a consumer, 1 duplicate)\n");
});

Deno.test("publish keeps a payload from stdin token for token, however it is laid out", async () => {
  await using place = new Place();
  await place.hub();
  const consumer = place.start(["consume", "k", "--types", "t", "--payload", "--max-events", "1"]);
  await consumer.says("ready ");
  const text =
    '\uFEFF{\r\n  "a": 12345678901234567890,\n  "a": 1.0, "b": 1e400, "c": "\\u00e9"\n}\n';
  const { code } = await place.run(["publish", "t"], text);
  const { stdout } = await consumer.ends();
  assertEquals([code, stdout], [
    0,
    '{    "a": 12345678901234567890,   "a": 1.0, "b": 1e400, "c": "\\u00e9" }\n',
  ]);
});

Deno.test("publish --events publishes the whole corpus, each payload as it was", async () => {
  await using place = new Place();
  await place.hub();
  const payloads = events.flatMap(({ examples }) => examples.map((one) => JSON.stringify(one)));
  const lines = payloads.map((payload, at) =>
    `{"type":"event","event_type":"github.corpus","event_id":"${at}","payload":${payload}}\n`
  );
  const limit = String(payloads.length);
  const consumer = place.start(
    ["consume", "k", "--types", "github.*", "--payload", "--max-events", limit],
  );
  await consumer.says("ready ");
  const { code, stderr } = await place.run(["publish", "--events", "-"], lines.join(""));
  const summary = "published 329 events (329 had a consumer, 0 duplicates)\n";
  assertEquals([code, stderr], [0, summary]);
  assertEquals((await consumer.ends()).stdout, payloads.map((payload) => `${payload}\n`).join(""));
});

Deno.test("publish names the bad line of its input and how many are acknowledged", async () => {
  await using place = new Place();
  await place.hub();
  const cases: [string[], string, string][] = [
    [
      ["t", "--ndjson"],
      "1\n\n{\n4\n",
      "line 3: bad payload: not JSON: it ends too early; 1 event acknowledged, up to line 1",
    ],
    [
      ["--events"],
      '{"type":"event","event_type":"t"}\n',
      "line 1: not an event: no payload; no event is acknowledged",
    ],
    [
      ["t"],
      '{"a":1}\n{"a":2}\n',
      "stdin is not JSON from line 2, character 1 on (for one payload a line: --ndjson)",
    ],
    [["t"], "", "stdin is empty (give the payload as an argument, or pipe it in)"],
    [
      ["t", "--ndjson"],
      `"${"x".repeat(1_048_550)}"`,
      "line 1: the event is longer than 1048512 bytes; no event is acknowledged",
    ],
  ];
  for (const [args, input, line] of cases) {
    assertEquals(await place.run(["publish", ...args], input), {
      code: 2,
      stdout: "",
      stderr: `error: ${line}\n`,
    });
  }
  const closed = await place.run(["publish", "t"]);
  assertEquals(
    closed.stderr,
    "error: stdin is empty (give the payload as an argument, or pipe it in)\n",
  );
});

Deno.test("publish of no line at all is done at once", async () => {
  await using place = new Place();
  await place.hub();
  const { code, stderr } = await place.run(["publish", "t", "--ndjson"], "");
  assertEquals([code, stderr], [0, "published 0 events (0 had a consumer, 0 duplicates)\n"]);
});

Deno.test("publish ends with 4 when the hub goes away, though its input stays open", async () => {
  await using place = new Place();
  const hub = await place.hub();
  const publisher = place.start(["publish", "t", "--ndjson"], "piped");
  await publisher.type("1\n\n3\n", { more: true });
  await countPublished(place, 2);
  hub.kill("SIGKILL");
  const { code, stderr } = await publisher.ends();
  assertEquals(code, 4);
  assertMatch(stderr, /^error: the hub on .* went away; .* acknowledged.*\n$/);
});

/** Resolves when the hub has routed so many events. */
async function countPublished(place: Place, count: number): Promise<void> {
  for (;;) {
    const { stdout } = await place.run(["status", "--json"]);
    if (JSON.parse(stdout).published === count) return;
  }
}

Deno.test("publish at a signal brings what it sent to its end, and says how far it was", async () => {
  await using place = new Place();
  await place.hub();
  const publisher = place.start(["publish", "t", "--ndjson"], "piped");
  await publisher.type("1\n\n3\n", { more: true });
  await countPublished(place, 2);
  publisher.kill("SIGINT");
  const { code, stderr } = await publisher.ends();
  assertEquals([code, stderr], [
    130,
    "error: ended by SIGINT; 2 events acknowledged, up to line 3\n",
  ]);
});
