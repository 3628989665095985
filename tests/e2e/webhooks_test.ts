/**
 * Real webhooks with real signatures, posted to a hub.
 */

import { sign } from "@octokit/webhooks-methods";
import { assertEquals, assertMatch } from "@std/assert";
import { corpus } from "./corpus.ts";
import { Place } from "./kit.ts";
import { wholeLines } from "./running.ts";

const SECRET = "It's a Secret to Everybody";

const CATALOGUE = {
  keys: { github: { types: ["github.>"] } },
  sources: {
    hooks: {
      kind: "http",
      port: 0,
      signature: { scheme: "github", secret: { env: "GITHUB_SECRET" } },
      type: "github.{header:x-github-event}.{body:action}",
    },
  },
};

/** A hub with a webhook receiver, and where that is. */
async function receiver(): Promise<{ place: Place; url: string; config: string }> {
  const place = await Place.empty();
  const config = `${place.directory}/bus.json`;
  await Deno.writeTextFile(config, JSON.stringify(CATALOGUE));
  await place.serve(["--config", config], { env: { GITHUB_SECRET: SECRET } });
  const { sources } = await place.statusOnce(
    "it listens",
    ({ sources }) => sources[0]?.state === "connected",
  );
  const url = /http:\/\/\S+/.exec(sources[0]?.detail ?? "")?.[0];
  return { place, url: url ?? "", config };
}

async function post(url: string, type: string, id: string, body: string, signature: string) {
  const [, name = ""] = type.split(".");
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-github-event": name,
      "x-github-delivery": id,
      "x-hub-signature-256": signature,
    },
    body,
  });
  await response.body?.cancel();
  return response.status;
}

Deno.test("webhooks: every real one with its signature reaches a consumer, its payload the same text", async () => {
  const sent = corpus();
  assertEquals(sent.length, 329);
  const { place, url, config } = await receiver();
  await using _ = place;
  // The catalogue says which types.
  const consumer = await place.consume(["github", "--config", config, "--max-events", "329"]);
  const statuses = new Set<number>();
  for (const [at, { type, payload }] of sent.entries()) {
    statuses.add(await post(url, type, `id-${at}`, payload, await sign(SECRET, payload)));
  }
  assertEquals([...statuses], [202]);
  const { code, stdout, stderr } = await consumer.end();
  assertEquals(code, 0, stderr);
  const lines = wholeLines(stdout);
  const texts = lines.map((line) => /"payload":(.*),"seq":\d+\}$/.exec(line)?.[1]);
  assertEquals(texts, sent.map(({ payload }) => payload));
  const events = lines.map((line) => JSON.parse(line));
  assertEquals(events.map(({ event_type }) => event_type), sent.map(({ type }) => type));
  assertEquals(events.map(({ event_id }) => event_id), sent.map((_, at) => `id-${at}`));
  assertMatch(stderr, /0 lost/);
});

Deno.test("webhooks: with one byte changed each is refused, and nothing is delivered", async () => {
  const { place, url } = await receiver();
  await using _ = place;
  const statuses = new Set<number>();
  for (const [at, { type, payload }] of corpus().entries()) {
    const place = (at * 31) % payload.length;
    const byte = payload[place] === " " ? "x" : " ";
    const changed = payload.slice(0, place) + byte + payload.slice(place + 1);
    statuses.add(await post(url, type, `id-${at}`, changed, await sign(SECRET, payload)));
  }
  assertEquals([...statuses], [401]);
  const { published, types } = await place.status();
  assertEquals([published, types], [0, []]);
});
