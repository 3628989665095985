/**
 * What a hub says, in the short words in which it is foretold.
 *
 * @module
 */

/** What a hub said to one peer. */
export interface Heard {
  /** All but events, in order. */
  readonly answers: readonly string[];
  /** The lines that are events. */
  readonly events: readonly string[];
}

/** Understands a hub's lines; one that the contract does not know comes back as it is. */
export function hear(lines: readonly string[]): Heard {
  const answers: string[] = [];
  const events: string[] = [];
  for (const line of lines) {
    const answer = understand(line);
    if (answer === undefined) events.push(line);
    else answers.push(answer);
  }
  return { answers, events };
}

/** Nothing where it is an event. */
function understand(line: string): string | undefined {
  let frame: Record<string, unknown>;
  try {
    frame = JSON.parse(line);
  } catch {
    return `no frame: ${line}`;
  }
  return frame.type === "event" ? undefined : inWords(frame) ?? `strange: ${line}`;
}

function inWords(frame: Record<string, unknown>): string | undefined {
  switch (frame.type) {
    case "hello_ack":
      return greeting(frame);
    case "pre_shutdown_ack":
      if (typeof frame.last_for_key !== "boolean" || hasMore(frame, 1)) return undefined;
      return frame.last_for_key ? "last yes" : "last no";
    case "flush_ack": {
      const numbers = [frame.id, frame.events, frame.matched, frame.duplicates];
      if (!numbers.every(Number.isSafeInteger) || hasMore(frame, 4)) return undefined;
      return `flush_ack ${numbers.join(" ")}`;
    }
    case "error":
      return refusal(frame);
    case "bye":
      return typeof frame.reason === "string" && !hasMore(frame, 1)
        ? `bye ${frame.reason}`
        : undefined;
    case "status_response":
      return Array.isArray(frame.consumers) ? "status_response" : undefined;
    case "reload_ack":
      return frame.ok === false && typeof frame.message === "string" ? "reload_ack no" : undefined;
  }
}

function greeting(frame: Record<string, unknown>): string | undefined {
  const { bus_version, first_for_key, rejected, reject_code, reject_reason } = frame;
  if (bus_version !== "v1" || typeof first_for_key !== "boolean") return undefined;
  if (rejected === undefined && Array.isArray(frame.capabilities)) {
    return first_for_key ? "hello_ack first" : "hello_ack";
  }
  const hasReason = typeof reject_reason === "string" && reject_reason !== "";
  if (rejected !== true || first_for_key || !hasReason || hasMore(frame, 5)) return undefined;
  return `rejected ${reject_code}`;
}

function refusal({ code, message, ...more }: Record<string, unknown>): string | undefined {
  if (typeof code !== "string" || typeof message !== "string" || hasMore(more, 0)) return undefined;
  const number = /^frame ([1-9][0-9]*): ./.exec(message)?.[1];
  if (message === "") return undefined;
  return number === undefined ? `error ${code}` : `error ${code} ${number}`;
}

/** Whether it has more fields, or fewer, beside its type. */
function hasMore(frame: Record<string, unknown>, fields: number): boolean {
  return Object.keys(frame).length !== fields + 1;
}
