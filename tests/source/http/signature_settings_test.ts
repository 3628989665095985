import { assertEquals, assertThrows } from "@std/assert";
import { BusError } from "../../../lib/protocol/errors.ts";
import {
  checkSignature,
  Signature,
  type SignatureSettings,
} from "../../../lib/source/http/signatures.ts";
import { DrivenClocks } from "../../server/driven_clocks.ts";

const SECRET = "It's a Secret to Everybody";

Deno.test("signatures: settings that cannot be are refused, and the secret is not said", () => {
  const reason = (settings: Partial<SignatureSettings>, secret = SECRET) => {
    const make = () =>
      new Signature({ scheme: "github", secret, ...settings }, secret, new DrivenClocks());
    const error = assertThrows(make, BusError);
    assertEquals(error.code, "bad_input");
    return `${error.message}: ${error.hint}`;
  };
  assertEquals(
    reason({ tolerance: "5m" }),
    "signatures of github have no time, so there is no tolerance: undefined",
  );
  assertEquals(
    reason({ scheme: "stripe", tolerance: "soon" }),
    "the tolerance of the signature is no time: undefined",
  );
  assertEquals(reason({}, ""), "the secret of the signature is empty: undefined");
  const none =
    "the secret is none of standard webhooks: it is base64, mostly with whsec_ before it";
  assertEquals(reason({ scheme: "standard" }, "s3cret!"), none);
  assertEquals(reason({ scheme: "standard" }, "whsec_"), none);
});

Deno.test("signatures: what a secret or a tolerance cannot be is said before any is read", () => {
  const elsewhere = { env: "BUS_TEST_NOT_SET" };
  const said = (settings: SignatureSettings) => {
    try {
      checkSignature(settings);
    } catch (error) {
      return error instanceof BusError ? error.message : error;
    }
  };
  assertEquals(
    said({ scheme: "standard", secret: "s3cret!" }),
    "the secret is none of standard webhooks",
  );
  assertEquals(said({ scheme: "standard", secret: elsewhere }), undefined);
  assertEquals(said({ scheme: "standard", secret: "dGhlIHNlY3JldA==" }), undefined);
  assertEquals(said({ scheme: "stripe", secret: "s3cret!" }), undefined);
  assertEquals(said({ scheme: "slack", secret: "" }), "the secret of the signature is empty");
  for (const tolerance of ["0s", "5", "700h"]) {
    const reason = "the tolerance of the signature is no time";
    assertEquals(said({ scheme: "slack", secret: elsewhere, tolerance }), reason);
  }
});
