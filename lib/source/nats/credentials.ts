/**
 * Files of credentials, as `nsc` makes them.
 *
 * @module
 */

import { type Auth, credsAuthenticator } from "@nats-io/transport-node";
import { readTextUpToSync } from "../../platform/bounded_file.ts";
import { printable } from "../../platform/printable.ts";
import { systemReason } from "../../platform/system_reason.ts";
import { BusError } from "../../protocol/errors.ts";

/** Bytes of the longest one. */
const LONGEST = 64 * 1024;

const encoder = new TextEncoder();

/**
 * Reads a file of credentials, anew for each connection: it may have been replaced.
 *
 * @throws {BusError} `bad_input`: it is no file, or cannot be read
 */
export function readCredentials(path: string): Uint8Array {
  try {
    return encoder.encode(readTextUpToSync(path, LONGEST));
  } catch (error) {
    const reason = `the credentials ${printable(path)} cannot be read: ${systemReason(error)}`;
    throw new BusError("bad_input", reason);
  }
}

/**
 * Who one is by such a file.
 *
 * @param nonce what is to be signed
 * @throws {BusError} `failed`: it holds no credentials; `bad_input` as {@linkcode readCredentials}
 */
export function credentialsOf(path: string, nonce: string | undefined): Auth {
  try {
    return credsAuthenticator(readCredentials(path))(nonce);
  } catch (error) {
    if (error instanceof BusError) throw error;
    throw new BusError("failed", `${printable(path)} holds no credentials: ${systemReason(error)}`);
  }
}
