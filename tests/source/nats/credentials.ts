/**
 * Credentials as `nsc` makes them: a user of an account of an operator, each signed by the one above.
 *
 * @module
 */

import { nkeys } from "@nats-io/transport-node";

/** A pair of keys, of whichever rank. */
type KeyPair = ReturnType<typeof nkeys.createUser>;

const encoder = new TextEncoder();

/** What a server is configured with, and the file of a user that it then knows. */
export interface Credentials {
  readonly config: string;
  /** The file's text. */
  readonly file: string;
}

/** Makes an operator, an account and a user, all new. */
export async function credentials(): Promise<Credentials> {
  const [operator, account, user] = [
    nkeys.createOperator(),
    nkeys.createAccount(),
    nkeys.createUser(),
  ];
  const limits = { subs: -1, data: -1, payload: -1 };
  const operatorToken = await token(operator, operator, "operator", {});
  const accountToken = await token(operator, account, "account", {
    limits: { ...limits, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 },
  });
  const userToken = await token(account, user, "user", { ...limits, pub: {}, sub: {} });
  const seed = new TextDecoder().decode(user.getSeed());
  return {
    config: [
      `operator: ${operatorToken}`,
      "resolver: MEMORY",
      `resolver_preload: { ${account.getPublicKey()}: ${accountToken} }`,
    ].join("\n"),
    file: [
      "-----BEGIN NATS USER JWT-----",
      userToken,
      "------END NATS USER JWT------",
      "",
      "-----BEGIN USER NKEY SEED-----",
      seed,
      "------END USER NKEY SEED------",
      "",
    ].join("\n"),
  };
}

async function token(
  issuer: KeyPair,
  subject: KeyPair,
  type: string,
  more: Record<string, unknown>,
): Promise<string> {
  const claims = {
    iat: Math.floor(Date.now() / 1000),
    iss: issuer.getPublicKey(),
    sub: subject.getPublicKey(),
    name: type,
    nats: { ...more, type, version: 2 },
  };
  const digest = await crypto.subtle.digest("SHA-256", encoder.encode(JSON.stringify(claims)));
  const jti = base64(new Uint8Array(digest));
  const head = [{ typ: "JWT", alg: "ed25519-nkey" }, { ...claims, jti }]
    .map((part) => base64(encoder.encode(JSON.stringify(part))))
    .join(".");
  return `${head}.${base64(issuer.sign(encoder.encode(head)))}`;
}

function base64(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}
