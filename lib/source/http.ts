/**
 * Webhooks: events that others post.
 *
 * @module
 */

import { SYSTEM_CLOCKS, type SystemClocks } from "../platform/clocks.ts";
import { systemReason } from "../platform/system_reason.ts";
import { parseSize } from "../platform/units.ts";
import { isName } from "../protocol/fields.ts";
import { MAX_EVENT_FRAME_BYTES } from "../protocol/limits.ts";
import { answerText, answerTo, Refusal, refused, tooLarge, unavailable } from "./http/answers.ts";
import { readBody } from "./http/body.ts";
import { bodyForm, findingsOf, isWrapped } from "./http/findings.ts";
import { permission, slackChallenge } from "./http/handshakes.ts";
import { FAIR_MS, HttpListener, MOST_CONNECTIONS } from "./http/listener.ts";
import { Refusals } from "./http/refusals.ts";
import type { CommonSettings } from "./settings.ts";
import { checkSignature, Signature, type SignatureSettings } from "./http/signatures.ts";
import type { Run, Source, SourceContext } from "./source.ts";
import { WaitingRequests } from "./http/waiting_requests.ts";

/**
 * Settings of an `http` source. Templates may ask for `{header:NAME}`, `{query:NAME}` and `{path}`; of a
 * CloudEvent its attributes are headers, `{header:ce-subject}`, however it came.
 */
export interface HttpSettings extends CommonSettings {
  /** Always `http`. */
  readonly kind: "http";
  /** Any that is free if 0. */
  readonly port: number;
  /** The address to listen on; 127.0.0.1 if absent. */
  readonly host?: string;
  /** The only path that takes events; any if absent. */
  readonly path?: string;
  /** What a body is: JSON, a form or a CloudEvent, or whatever it is any text; `json` if absent. */
  readonly format?: "json" | "text";
  /** How each request must be signed; anybody may bring events if absent. */
  readonly signature?: SignatureSettings;
}

const HOST = "127.0.0.1";

/** What the log says of each connection that is cut while others wait; it counts them. */
const CROWD = `all ${MOST_CONNECTIONS} connections were taken: cut one that had no answer after ` +
  `${FAIR_MS / 1_000} s`;

/** Where senders say which delivery it is. With a signature only that counts which its scheme has. */
const ID_HEADERS = ["x-github-delivery", "webhook-id"];

/** The methods that bring events. */
const METHODS = ["POST", "PUT"];

/**
 * Looks whether its settings fit each other.
 *
 * @throws {BusError} `bad_input`: they do not
 */
export function checkHttp({ signature }: HttpSettings): void {
  if (signature) checkSignature(signature);
}

/**
 * Opens a webhook receiver.
 *
 * @throws {BusError} `bad_input`: the secret is not there, or a setting is wrong
 */
export function openHttp(
  settings: HttpSettings,
  context: SourceContext,
  clocks: SystemClocks = SYSTEM_CLOCKS,
): Source {
  signatureOf(settings, context, clocks);
  const refusals = new Refusals(context);
  return {
    async *run(signal: AbortSignal): Run {
      if (signal.aborted) return;
      const waiting = new WaitingRequests(clocks);
      // The secret is read anew: one in a file may have been replaced.
      const signature = signatureOf(settings, context, clocks);
      const receiver = new Receiver({ settings, signature, waiting, refusals, context, clocks });
      const { host = HOST, port } = settings;
      const answer = (request: Request) => receiver.answer(request);
      const onCrowd = () => context.log("crowd", CROWD);
      const listener = await HttpListener.open({ host, port, answer, clocks, onCrowd });
      const stop = () => {
        waiting.close();
        void listener.close();
      };
      signal.addEventListener("abort", stop);
      if (signal.aborted) stop();
      listener.ended.catch(stop);
      try {
        yield {
          state: "connected",
          detail: `listening on ${listener.origin}${receiver.path ?? ""}`,
        };
        for (;;) {
          const requests = await waiting.take();
          if (!requests) break;
          const outcomes = yield { findings: requests.flatMap(({ findings }) => findings) };
          let at = 0;
          for (const { findings, settle } of requests) {
            settle(outcomes?.slice(at, at += findings.length) ?? []);
          }
        }
        await listener.ended;
      } finally {
        signal.removeEventListener("abort", stop);
        stop();
        await listener.close();
      }
    },
  };
}

function signatureOf(
  { signature }: HttpSettings,
  context: SourceContext,
  clocks: SystemClocks,
): Signature | undefined {
  return signature && new Signature(signature, context.secret(signature.secret), clocks);
}

/** What a {@linkcode Receiver} needs. */
interface ReceiverOptions {
  readonly settings: HttpSettings;
  readonly signature: Signature | undefined;
  readonly waiting: WaitingRequests;
  readonly refusals: Refusals;
  readonly context: SourceContext;
  readonly clocks: SystemClocks;
}

/** Answers the requests of one run. */
class Receiver {
  /** The only path that takes events, as it stands in a URL. */
  readonly path: string | undefined;
  /** Bytes of the longest payload. */
  readonly #limit: number;

  constructor(private readonly options: ReceiverOptions) {
    const { path, max_payload } = options.settings;
    this.path = path === undefined ? undefined : urlOf(path)?.pathname;
    const most = max_payload === undefined ? undefined : parseSize(max_payload);
    this.#limit = Math.min(most ?? Infinity, MAX_EVENT_FRAME_BYTES);
  }

  async answer(request: Request): Promise<Response> {
    try {
      return await this.#answer(request);
    } catch (error) {
      const { refusals, context } = this.options;
      if (error instanceof Refusal) {
        refusals.note(error);
        return refused(error);
      }
      context.log("request", `a request could not be answered: ${systemReason(error)}`);
      return refused(new Refusal(500, "something went wrong; the hub's log says what"));
    }
  }

  async #answer(request: Request): Promise<Response> {
    const { settings, signature, waiting, clocks } = this.options;
    const url = urlOf(request.url.replace(/^[a-z+]+:\/\/[^/?#]*/i, ""));
    if (!url) throw new Refusal(400, "the target of the request is no path");
    const { pathname: path, searchParams: query } = url;
    if (this.path !== undefined && path !== this.path) throw new Refusal(404, "nothing is here");
    const headers = new Map(request.headers);
    const { method } = request;
    const permitted = permission({ method, headers }, METHODS, settings.rate);
    if (permitted) return answerText("", permitted);
    if (!METHODS.includes(method)) {
      throw new Refusal(405, "events are posted", { allow: METHODS.join(", ") });
    }
    if (!signature && headers.has("origin")) {
      // Any page in a browser on this machine could bring events, and browsers say that it is one.
      throw new Refusal(403, "a web page brings events only where they are signed");
    }
    const form = bodyForm(headers, settings.format ?? "json");
    const limit = isWrapped(form) ? MAX_EVENT_FRAME_BYTES : this.#limit;
    if (Number(headers.get("content-length")) > limit) throw tooLarge(limit);
    const place = waiting.enter();
    if (!place) throw unavailable("too much is under way");
    try {
      const { hold, signal } = place;
      const body = await readBody(request.body, { limit, hold, clocks, signal });
      // Only now: else those who send half a body would keep out those who send a whole one.
      if (!place.take()) throw unavailable("too much is under way");
      if (signature && !await signature.isRight(headers, body)) {
        throw new Refusal(401, "the signature is missing, wrong or too old");
      }
      const challenge = signature?.scheme === "slack" ? slackChallenge(body) : undefined;
      if (challenge !== undefined) return answerText(challenge);
      const idHeaders = signature ? [signature.idHeader ?? ""] : ID_HEADERS;
      const id = idHeaders.map((name) => headers.get(name)).find(isName);
      const findings = findingsOf(form, body, { headers, path, query, id });
      const outcomes = findings.length === 0 ? [] : await waiting.outcomesOf(findings);
      return answerTo(outcomes, settings.rate);
    } finally {
      place.leave();
    }
  }
}

/** What stands behind the host in a URL; nothing where it is none. */
function urlOf(target: string): URL | undefined {
  const whole = `http://localhost${target}`;
  return /^(?:[/?]|$)/.test(target) && URL.canParse(whole) ? new URL(whole) : undefined;
}
