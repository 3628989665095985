/**
 * Signatures of webhooks: that a body is the sender's own.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createHmac, timingSafeEqual } from "node:crypto";
import { verify } from "@octokit/webhooks-methods";
import { Webhook } from "standardwebhooks";
import type { SystemClocks } from "../../platform/clocks.ts";
import { parseDuration } from "../../platform/units.ts";
import { BusError } from "../../protocol/errors.ts";
import { decodeStrictly } from "../../protocol/input_lines.ts";
import type { Secret } from "../source.ts";

/** How senders sign. */
export interface SignatureSettings {
  /** Whose way of signing it is; `standard` is that of standardwebhooks.com. */
  readonly scheme: "github" | "standard" | "stripe" | "slack";
  /** What the sender signs with. */
  readonly secret: Secret;
  /** How far a signature's time may be from now; 5m if absent. GitHub's have none. */
  readonly tolerance?: string;
}

/** Headers by their names in small letters. */
export type HeaderMap = ReadonlyMap<string, string>;

type Check = (headers: HeaderMap, body: Uint8Array) => boolean | Promise<boolean>;

interface Scheme {
  /** The header with the id of a delivery, which stays the same when it is sent again. */
  readonly idHeader?: string;
  /** Whether a signature has a time. */
  readonly isTimed: boolean;
  /** @param isInTime whether a time, in unix seconds, is near enough to now */
  check(secret: string, isInTime: (seconds: string) => boolean): Check;
}

const TOLERANCE = "5m";

const SCHEMES: Readonly<Record<SignatureSettings["scheme"], Scheme>> = {
  github: { idHeader: "x-github-delivery", isTimed: false, check: githubCheck },
  standard: { idHeader: "webhook-id", isTimed: true, check: standardCheck },
  stripe: { isTimed: true, check: stripeCheck },
  slack: { isTimed: true, check: slackCheck },
};

/**
 * Looks whether there can be a signature with these settings. A secret that stands elsewhere is looked
 * at once it is read.
 *
 * @throws {BusError} `bad_input`: there cannot
 */
export function checkSignature({ scheme, secret, tolerance }: SignatureSettings): void {
  if (tolerance !== undefined && !SCHEMES[scheme].isTimed) {
    throw badInput(`signatures of ${scheme} have no time, so there is no tolerance`);
  }
  toleranceOf(tolerance);
  if (typeof secret === "string") checkOf(scheme, secret, () => false);
}

function toleranceOf(tolerance = TOLERANCE): number {
  const most = parseDuration(tolerance);
  if (most === undefined) throw badInput("the tolerance of the signature is no time");
  return most;
}

function checkOf(
  scheme: SignatureSettings["scheme"],
  secret: string,
  isInTime: (seconds: string) => boolean,
): Check {
  if (secret === "") throw badInput("the secret of the signature is empty");
  return SCHEMES[scheme].check(secret, isInTime);
}

/** Tells whether bodies have the signature of those who know a secret. */
export class Signature {
  /** Whose way of signing it is. */
  readonly scheme: SignatureSettings["scheme"];
  /** The header with the id of a delivery, where the scheme has one. */
  readonly idHeader: string | undefined;
  readonly #check: Check;

  /**
   * @param secret the value of the setting of that name
   * @throws {BusError} `bad_input`: a setting is wrong
   */
  constructor(
    settings: SignatureSettings,
    secret: string,
    clocks: Pick<SystemClocks, "wall">,
  ) {
    checkSignature(settings);
    const { scheme, tolerance } = settings;
    const most = toleranceOf(tolerance);
    this.scheme = scheme;
    this.idHeader = SCHEMES[scheme].idHeader;
    this.#check = checkOf(scheme, secret, (seconds) => {
      return /^\d{1,12}$/.test(seconds) && Math.abs(clocks.wall() - Number(seconds) * 1000) <= most;
    });
  }

  /**
   * Whether the body has its right signature. It takes no longer for one that is nearly right.
   *
   * @param body as it came, byte for byte
   */
  async isRight(headers: HeaderMap, body: Uint8Array): Promise<boolean> {
    return await this.#check(headers, body);
  }
}

function githubCheck(secret: string): Check {
  return (headers, body) => {
    const signature = headers.get("x-hub-signature-256");
    const text = decodeStrictly(body);
    // The library takes texts only, and none that is empty.
    return signature && text ? verify(secret, text, signature) : false;
  };
}

function standardCheck(secret: string, isInTime: (seconds: string) => boolean): Check {
  const webhook = standardWebhook(secret);
  return (headers, body) => {
    const id = headers.get("webhook-id");
    const seconds = headers.get("webhook-timestamp") ?? "";
    const given = headers.get("webhook-signature");
    const text = decodeStrictly(body);
    if (!id || !given || text === undefined || !isInTime(seconds)) return false;
    // Its `verify` knows one tolerance and no clock but the system's.
    const right = webhook.sign(id, new Date(Number(seconds) * 1000), text);
    return hasOneOf(given.split(" "), right);
  };
}

function standardWebhook(secret: string): Webhook {
  try {
    return new Webhook(secret);
  } catch {
    // What it says might have a part of the secret.
    const hint = "it is base64, mostly with whsec_ before it";
    throw new BusError("bad_input", "the secret is none of standard webhooks", hint);
  }
}

function stripeCheck(secret: string, isInTime: (seconds: string) => boolean): Check {
  return (headers, body) => {
    const parts = (headers.get("stripe-signature") ?? "").split(",").map((part) => part.trim());
    const valuesOf = (name: string) =>
      parts.filter((part) => part.startsWith(name)).map((part) => part.slice(name.length));
    const [seconds = ""] = valuesOf("t=");
    return isInTime(seconds) && hasOneOf(valuesOf("v1="), hexOf(secret, `${seconds}.`, body));
  };
}

function slackCheck(secret: string, isInTime: (seconds: string) => boolean): Check {
  return (headers, body) => {
    const seconds = headers.get("x-slack-request-timestamp") ?? "";
    const given = headers.get("x-slack-signature") ?? "";
    return isInTime(seconds) && hasOneOf([given], `v0=${hexOf(secret, `v0:${seconds}:`, body)}`);
  };
}

function hexOf(secret: string, before: string, body: Uint8Array): string {
  return createHmac("sha256", secret).update(before).update(body).digest("hex");
}

/** A sender whose secret changes signs with both for a while. */
function hasOneOf(given: readonly string[], right: string): boolean {
  const rightBytes = Buffer.from(right);
  return given.some((signature) => {
    const bytes = Buffer.from(signature);
    return bytes.length === rightBytes.length && timingSafeEqual(bytes, rightBytes);
  });
}

function badInput(message: string): BusError {
  return new BusError("bad_input", message);
}
