import { assertEquals } from "@std/assert";
import { Signature, type SignatureSettings } from "../../../lib/source/http/signatures.ts";
import { DrivenClocks } from "../../server/driven_clocks.ts";

type Scheme = SignatureSettings["scheme"];

const encoder = new TextEncoder();

/** The examples that those who thought a scheme out have published. */
const PUBLISHED: Readonly<
  Record<"github" | "standard" | "slack", {
    secret: string;
    seconds: number;
    body: string;
    headers: Record<string, string>;
  }>
> = {
  // docs.github.com, "Validating webhook deliveries".
  github: {
    secret: "It's a Secret to Everybody",
    seconds: 0,
    body: "Hello, World!",
    headers: {
      "x-hub-signature-256":
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
    },
  },
  // The tests of the libraries of Standard Webhooks, "sign function works".
  standard: {
    secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    seconds: 1_614_265_330,
    body: '{"test": 2432232314}',
    headers: {
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    },
  },
  // api.slack.com, "Verifying requests from Slack".
  slack: {
    secret: "8f742231b10e8888abcd99yyyzzz85a5",
    seconds: 1_531_420_618,
    body: "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow" +
      "&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner" +
      "&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands" +
      "%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN" +
      "&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
    headers: {
      "x-slack-request-timestamp": "1531420618",
      "x-slack-signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    },
  },
};

for (const [scheme, { secret, seconds, body, headers }] of Object.entries(PUBLISHED)) {
  Deno.test(`signatures: the published example of ${scheme} is right`, async () => {
    const signature = new Signature({ scheme: scheme as Scheme, secret }, secret, {
      wall: () => seconds * 1000,
    });
    assertEquals(
      await signature.isRight(new Map(Object.entries(headers)), encoder.encode(body)),
      true,
    );
  });
}

const NOW = DrivenClocks.EPOCH / 1000;
const SECRET = "dGhlIHNlY3JldCBvZiB0aGUgdGVzdHM=";
const SCHEMES: readonly Scheme[] = ["github", "standard", "stripe", "slack"];

/** HMAC by another implementation than the one that checks. */
async function hmac(
  key: Uint8Array<ArrayBuffer>,
  before: string,
  body: Uint8Array,
): Promise<Uint8Array> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", key, algorithm, false, ["sign"]);
  const signed = new Uint8Array([...encoder.encode(before), ...body]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, signed));
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The headers of a sender. */
async function signed(
  scheme: Scheme,
  body: Uint8Array,
  { secret = SECRET, seconds = String(NOW) } = {},
): Promise<Map<string, string>> {
  const key = encoder.encode(secret);
  switch (scheme) {
    case "github":
      return new Map([["x-hub-signature-256", `sha256=${hex(await hmac(key, "", body))}`]]);
    case "standard": {
      const raw = Uint8Array.from(atob(secret), (character) => character.charCodeAt(0));
      const sum = await hmac(raw, `msg_1.${seconds}.`, body);
      return new Map([
        ["webhook-id", "msg_1"],
        ["webhook-timestamp", seconds],
        ["webhook-signature", `v1,${btoa(String.fromCharCode(...sum))}`],
      ]);
    }
    case "stripe": {
      const sum = hex(await hmac(key, `${seconds}.`, body));
      return new Map([["stripe-signature", `t=${seconds},v1=${sum},v0=${"0".repeat(64)}`]]);
    }
    case "slack":
      return new Map([
        ["x-slack-request-timestamp", seconds],
        ["x-slack-signature", `v0=${hex(await hmac(key, `v0:${seconds}:`, body))}`],
      ]);
  }
}

function signatureOf(scheme: Scheme, tolerance?: string, clocks = new DrivenClocks()): Signature {
  const settings = { scheme, secret: SECRET, ...(tolerance === undefined ? {} : { tolerance }) };
  return new Signature(settings, SECRET, clocks);
}

const BODY = encoder.encode('{"text":"größer", "n": 1.50}\n');

for (const scheme of SCHEMES) {
  Deno.test(`signatures: ${scheme}: the right one passes, whatever else is there`, async () => {
    const headers = await signed(scheme, BODY);
    headers.set("x-other", "1");
    assertEquals(await signatureOf(scheme).isRight(headers, BODY), true);
  });

  Deno.test(`signatures: ${scheme}: with one byte of the body changed it is wrong`, async () => {
    const signature = signatureOf(scheme);
    const headers = await signed(scheme, BODY);
    for (const at of BODY.keys()) {
      const changed = BODY.with(at, (BODY[at] ?? 0) ^ 1);
      assertEquals(await signature.isRight(headers, changed), false, `byte ${at}`);
    }
    assertEquals(await signature.isRight(headers, BODY.subarray(1)), false);
    assertEquals(await signature.isRight(headers, new Uint8Array([...BODY, 0x20])), false);
    assertEquals(await signature.isRight(headers, new Uint8Array(0)), false);
  });

  Deno.test(`signatures: ${scheme}: with any header changed, cut, empty or gone it is wrong`, async () => {
    const signature = signatureOf(scheme);
    const headers = await signed(scheme, BODY);
    for (const [name, value] of headers) {
      const end = value.replace(/,v0=0+$/, "");
      const last = end.endsWith("0") ? "1" : "0";
      const others = [
        end.slice(0, -1),
        end.slice(0, -2) + last + end.at(-1),
        `${end}0`,
        "",
        "é",
        ",",
      ];
      for (const other of others) {
        const changed = new Map([...headers, [name, other]]);
        assertEquals(await signature.isRight(changed, BODY), false, `${name}: ${other}`);
      }
      const without = new Map(headers);
      without.delete(name);
      assertEquals(await signature.isRight(without, BODY), false, name);
    }
    assertEquals(await signature.isRight(new Map(), BODY), false);
  });

  Deno.test(`signatures: ${scheme}: that of another secret is wrong`, async () => {
    const headers = await signed(scheme, BODY, { secret: btoa("another secret") });
    assertEquals(await signatureOf(scheme).isRight(headers, BODY), false);
  });
}

for (const scheme of SCHEMES.filter((scheme) => scheme !== "github")) {
  Deno.test(`signatures: ${scheme}: one from another time is wrong, before and after now`, async () => {
    const clocks = new DrivenClocks();
    const at = async (offset: number, tolerance?: string) => {
      const headers = await signed(scheme, BODY, { seconds: String(NOW + offset) });
      return await signatureOf(scheme, tolerance, clocks).isRight(headers, BODY);
    };
    assertEquals(await Promise.all([-300, 300].map((offset) => at(offset))), [true, true]);
    assertEquals(await Promise.all([-301, 301].map((offset) => at(offset))), [false, false]);
    assertEquals(await Promise.all([-10, -11].map((offset) => at(offset, "10s"))), [true, false]);
    assertEquals(await at(-3_000, "1h"), true);
    clocks.setTo(1_000);
    assertEquals(await Promise.all([-300, 301].map((offset) => at(offset))), [false, true]);
  });

  Deno.test(`signatures: ${scheme}: a time that is none is wrong, however it is signed`, async () => {
    for (
      const seconds of ["", "now", "NaN", `${NOW}x`, `-${NOW}`, `${NOW}.5`, "1e9", "9".repeat(400)]
    ) {
      const headers = await signed(scheme, BODY, { seconds });
      assertEquals(await signatureOf(scheme).isRight(headers, BODY), false, seconds);
    }
  });
}

Deno.test("signatures: of several one must be right, whichever", async () => {
  const parts = async (scheme: Scheme, header: string) => {
    const headers = await signed(scheme, BODY);
    const right = /v1[,=][^,]+/.exec(headers.get(header) ?? "")?.[0] ?? "";
    return { headers, right, wrong: right.slice(0, -2) + "00" };
  };
  const stripe = await parts("stripe", "stripe-signature");
  const standard = await parts("standard", "webhook-signature");
  const check = async (
    scheme: Scheme,
    headers: Map<string, string>,
    [name, value]: [string, string],
  ) => await signatureOf(scheme).isRight(new Map([...headers, [name, value]]), BODY);
  for (const order of [["wrong", "right"], ["right", "wrong"], ["wrong", "wrong"]] as const) {
    const value = `t=${NOW}, ${order.map((which) => stripe[which]).join(", ")}`;
    const values = order.map((which) => standard[which]).join(" ");
    const isRight = order.some((which) => which === "right");
    assertEquals(await check("stripe", stripe.headers, ["stripe-signature", value]), isRight);
    assertEquals(await check("standard", standard.headers, ["webhook-signature", values]), isRight);
  }
});

Deno.test("signatures: a scheme that was given up does not count", async () => {
  const sum = hex(await hmac(encoder.encode(SECRET), `${NOW}.`, BODY));
  const old = new Map([["stripe-signature", `t=${NOW},v0=${sum}`]]);
  assertEquals(await signatureOf("stripe").isRight(old, BODY), false);
  const [[, sha256] = ["", ""]] = await signed("github", BODY);
  const sha1 = new Map([["x-hub-signature", sha256]]);
  assertEquals(await signatureOf("github").isRight(sha1, BODY), false);
});

Deno.test("signatures: they are of bytes, also of those that are no text", async () => {
  const body = Uint8Array.of(0xff, 0xfe, 0x00, 0x80);
  for (const scheme of ["stripe", "slack"] as const) {
    assertEquals(await signatureOf(scheme).isRight(await signed(scheme, body), body), true);
  }
  // What these send is JSON, and no other bytes than those of the text are like it.
  for (const scheme of ["github", "standard"] as const) {
    assertEquals(await signatureOf(scheme).isRight(await signed(scheme, body), body), false);
    const replaced = encoder.encode(new TextDecoder().decode(body));
    const headers = await signed(scheme, replaced);
    assertEquals(await signatureOf(scheme).isRight(headers, body), false);
    const marked = encoder.encode("\ufeff{}");
    const markedHeaders = await signed(scheme, marked);
    assertEquals(await signatureOf(scheme).isRight(markedHeaders, marked), true);
    assertEquals(await signatureOf(scheme).isRight(markedHeaders, marked.subarray(3)), false);
  }
});

Deno.test("signatures: those that name their deliveries say where", () => {
  const headers = SCHEMES.map((scheme) => signatureOf(scheme).idHeader);
  assertEquals(headers, ["x-github-delivery", "webhook-id", undefined, undefined]);
});
