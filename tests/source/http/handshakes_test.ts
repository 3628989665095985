import { assertEquals } from "@std/assert";
import { createHmac } from "node:crypto";
import { Hooks } from "./kit.ts";

const SECRET = "8f742231b10e8888abcd99yyyzzz85a5";

function signed(body: string, secret = SECRET): Record<string, string> {
  const seconds = String(Math.floor(Date.now() / 1000));
  const sum = createHmac("sha256", secret).update(`v0:${seconds}:${body}`).digest("hex");
  return {
    "content-type": "application/json",
    "x-slack-request-timestamp": seconds,
    "x-slack-signature": `v0=${sum}`,
  };
}

Deno.test("http: Slack is told its own text when it is given the address, and that is no event", async () => {
  await using hooks = await Hooks.open({ signature: { scheme: "slack", secret: SECRET } });
  // The example of api.slack.com, "url_verification event".
  const question = JSON.stringify({
    token: "Jhj5dZrVaK7ZwHHjRyZWjbDl",
    challenge: "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P",
    type: "url_verification",
  });
  const { status, text, headers } = await hooks.post(question, signed(question));
  assertEquals([status, text], [200, "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"]);
  assertEquals(headers.get("content-type"), "text/plain; charset=utf-8");
  assertEquals(await hooks.status(question, signed(question, "another")), 401);
  assertEquals(hooks.payloads, []);
  const event = '{"type":"event_callback","challenge":"x"}';
  assertEquals(await hooks.status(event, signed(event)), 202);
  assertEquals(hooks.payloads, [event]);
});

Deno.test("http: whoever is not Slack is told nothing of its own", async () => {
  await using hooks = await Hooks.open();
  const question = '{"type":"url_verification","challenge":"x"}';
  assertEquals(await hooks.status(question), 202);
  assertEquals(hooks.payloads, [question]);
});

Deno.test("http: a sender of CloudEvents that asks may send, as fast as the rate lets it", async () => {
  const ask = { "webhook-request-origin": "events.example.com", "webhook-request-rate": "120" };
  for (const [rate, allowed] of [[undefined, "*"], ["5/s", "300"], ["30/h", "1"]] as const) {
    await using hooks = await Hooks.open(rate ? { rate } : {});
    const { status, headers } = await hooks.post(null, ask, { method: "OPTIONS" });
    assertEquals([status, headers.get("allow")], [200, "POST, PUT"]);
    assertEquals(headers.get("webhook-allowed-origin"), "events.example.com");
    assertEquals(headers.get("webhook-allowed-rate"), allowed);
    // It is no permission for pages in a browser.
    assertEquals(headers.get("access-control-allow-origin"), null);
    assertEquals(await hooks.status(null, {}, { method: "OPTIONS" }), 405);
  }
});
