/**
 * What the body of a request is, and the findings that it makes.
 *
 * @module
 */

import { payloadText } from "../../protocol/codec.ts";
import { decodeStrictly, withoutMark } from "../../protocol/input_lines.ts";
import type { JsonText } from "../../protocol/messages.ts";
import {
  BATCHED,
  batchedEvents,
  binaryContext,
  essenceOf,
  isBinary,
  isJsonType,
  payloadOfData,
  STRUCTURED,
  type StructuredEvent,
  structuredEvent,
} from "./cloud_events.ts";
import { Refusal } from "./answers.ts";
import type { HeaderMap } from "./signatures.ts";
import type { Finding, Values } from "../source.ts";

/** What a body is: one JSON text, any text, the fields of a form, or CloudEvents as JSON or as data. */
export type BodyForm = "json" | "text" | "form" | "event" | "events" | "data";

/** What a request says besides its body. */
export interface RequestFacts {
  readonly headers: HeaderMap;
  readonly path: string;
  readonly query: URLSearchParams;
  /** The id of the delivery, where there is one. */
  readonly id: string | undefined;
}

const FORM = "application/x-www-form-urlencoded";

/** Fields of one form. */
const MOST_FIELDS = 1024;

/** What senders of JSON call it besides `json`. */
const AS_JSON = ["", "text/plain", "application/octet-stream"];

/**
 * What the body is going to be, by what the headers say.
 *
 * @param format what a body is by the settings: `text` takes any, whatever it is called
 * @throws {Refusal} it can be nothing that is taken here
 */
export function bodyForm(headers: HeaderMap, format: "json" | "text"): BodyForm {
  const encoding = headers.get("content-encoding")?.trim().toLowerCase() || "identity";
  if (encoding !== "identity") {
    const header = { "accept-encoding": "identity" };
    throw new Refusal(415, "a body with a content encoding is not taken", header);
  }
  const contentType = headers.get("content-type") ?? "";
  const [, charset = "utf-8"] = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(contentType) ?? [];
  if (!/^(?:utf-?8|us-ascii)$/i.test(charset)) throw new Refusal(415, "the charset is not UTF-8");
  if (format === "text") return "text";
  const mediaType = essenceOf(contentType);
  if (mediaType === STRUCTURED) return "event";
  if (mediaType === BATCHED) return "events";
  if (isBinary(headers)) return "data";
  if (isJsonType(mediaType) || AS_JSON.includes(mediaType)) return "json";
  if (mediaType === FORM) return "form";
  throw new Refusal(415, "the content type is neither JSON nor a form");
}

/** Whether the payload may be shorter than the body that it comes in. */
export function isWrapped(form: BodyForm): boolean {
  return form === "form" || form === "event" || form === "events";
}

/**
 * Makes the findings of a body.
 *
 * @throws {Refusal} it is not what it was said to be
 */
export function findingsOf(form: BodyForm, body: Uint8Array, facts: RequestFacts): Finding[] {
  const { headers, id } = facts;
  const values = valuesOf(facts);
  if (form === "data") {
    const payload = body.length === 0 ? "null" : payloadOfData(mediaTypeOf(headers), body);
    const context = binaryContext(headers);
    return [{ ...context, id: context.id ?? id, payload, values }];
  }
  const decoded = decodeStrictly(body);
  if (decoded === undefined) throw new Refusal(400, "the body is not UTF-8");
  const text = withoutMark(decoded);
  switch (form) {
    case "text":
      return [{ payload: JSON.stringify(text), id, values }];
    case "json":
      return [{ payload: jsonOf(text), id, values }];
    case "form":
      return [{ payload: formPayload(text), id, values }];
    case "event":
      return [findingOf(structuredEvent(jsonOf(text)), facts, values)];
    case "events":
      return batchedEvents(jsonOf(text)).map((event) => findingOf(event, facts, values));
  }
}

/** Its attributes can be asked for as if they were headers, as they are where it is not JSON as a whole. */
function findingOf(event: StructuredEvent, { headers }: RequestFacts, values: Values): Finding {
  const header = (name: string) => event.header(name) ?? headers.get(name.toLowerCase());
  return { ...event.context, payload: event.payload, values: { ...values, header } };
}

function valuesOf({ headers, path, query }: RequestFacts): Values {
  return {
    header: (name) => headers.get(name.toLowerCase()),
    query: (name) => query.get(name) ?? undefined,
    path: () => path,
  };
}

function mediaTypeOf(headers: HeaderMap): string {
  return essenceOf(headers.get("content-type") || "application/json");
}

function jsonOf(text: string): JsonText {
  const payload = payloadText(text);
  if (payload instanceof Error) throw new Refusal(400, `the body is ${payload.message}`);
  return payload;
}

/**
 * The payload of a form: an object of its fields, with a list where a name stands more than once. Where
 * the only field is `payload` and has JSON, as with GitHub, that is the payload; and where the body
 * begins as no form can, it is the JSON of somebody who gave it no type, as with curl.
 */
function formPayload(text: string): JsonText {
  if (/^\s*[[{"]/.test(text)) return jsonOf(text);
  if (text.split("&", MOST_FIELDS + 1).length > MOST_FIELDS) {
    throw new Refusal(413, `the form has more than ${MOST_FIELDS} fields`);
  }
  const fields = [...new URLSearchParams(text)];
  // What stands for bytes that are no UTF-8 may also have been sent as itself.
  if (/\ufffd/.test(fields.flat().join("")) && !/%ef%bf%bd|\ufffd/i.test(text)) {
    throw new Refusal(400, "the form is not UTF-8");
  }
  const [first] = fields;
  if (fields.length === 1 && first?.[0] === "payload") {
    const payload = payloadText(first[1]);
    if (!(payload instanceof Error)) return payload;
  }
  const byName = Map.groupBy(fields, ([name]) => name);
  return JSON.stringify(Object.fromEntries(Array.from(byName, ([name, same]) => {
    const values = same.map(([, value]) => value);
    return [name, values.length === 1 ? values[0] : values];
  })));
}
