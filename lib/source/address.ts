/**
 * Where a source connects to, and what it shows there.
 *
 * @module
 */

import { printable } from "../platform/printable.ts";
import { BusError } from "../protocol/errors.ts";
import type { Secret, SourceContext } from "./source.ts";

/** Settings of a source that connects to a url. */
export interface AddressSettings {
  /** Where the server is, with its scheme. */
  readonly url: Secret;
  /** Headers of the request, by their names. */
  readonly headers?: Readonly<Record<string, Secret>>;
}

/** What a source needs to connect. */
export interface Address {
  readonly url: URL;
  /** What may be said of the url: a query or a user can be secret, a path where the url is one. */
  readonly name: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** Stands for the id of the last event in a url and in what is sent. */
export const LAST_ID = "{last_id}";

/** Characters of the longest name. */
const LONGEST_NAME = 200;

/**
 * Reads the settings, and the secrets anew: one in a file may have been replaced.
 *
 * @param schemes what the url may begin with, such as `https`
 * @param lastId takes the place of {@linkcode LAST_ID} in the url, where there may be one
 * @throws {BusError} `bad_input`: a secret is not there, or what it holds is no url or no header
 */
export function addressOf(
  settings: AddressSettings,
  context: Pick<SourceContext, "secret">,
  schemes: readonly string[],
  lastId?: string,
): Address {
  const text = context.secret(settings.url);
  const filled = lastId === undefined
    ? text
    : text.replaceAll(LAST_ID, encodeURIComponent(lastId.toWellFormed()));
  const url = URL.canParse(filled) ? new URL(filled) : undefined;
  if (!url || !schemes.includes(url.protocol.slice(0, -1))) {
    const starts = schemes.map((scheme) => `${scheme}://`).join(" or ");
    throw new BusError("bad_input", `the url is none that begins with ${starts}`);
  }
  const path = typeof settings.url === "string" ? url.pathname : "";
  return {
    url,
    name: printable(`${url.protocol}//${url.host}${path}`, LONGEST_NAME),
    headers: Object.entries(settings.headers ?? {}).map(([name, secret]) => {
      return [name, headerValue(name, context.secret(secret))];
    }),
  };
}

/** The value says nothing of itself where it is wrong. */
function headerValue(name: string, value: string): string {
  if (/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) return value;
  throw new BusError("bad_input", `the header ${name} has a character that none may have`);
}
