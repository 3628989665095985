/**
 * `bus publish`: one event, or one for each line of stdin.
 *
 * @module
 */

import { eventFrame } from "../protocol/outgoing_event.ts";
import { type Publisher, publisher } from "../client/publisher.ts";
import { readLines } from "../protocol/input_lines.ts";
import type { JsonText } from "../protocol/messages.ts";
import type { Invocation } from "./command.ts";
import type { PUBLISH_ARGUMENTS, PUBLISH_FLAGS } from "./command_lines.ts";
import { EXIT, exitCodeOf } from "./exit.ts";
import { readText } from "./input.ts";
import { LinePublication } from "./line_publication.ts";
import { checkPayload, type EventFields, isOneALine, publishPlan } from "./publish_plan.ts";
import { publishedLine } from "./publish_end.ts";
import { SignalWatch } from "./signals.ts";
import { StartedHub } from "./started_hub.ts";

type PublishInvocation = Invocation<typeof PUBLISH_FLAGS, typeof PUBLISH_ARGUMENTS>;

/** Returns when the hub has acknowledged every event. */
export async function run(invocation: PublishInvocation): Promise<number> {
  const plan = publishPlan(invocation.flags, invocation.arguments);
  switch (plan.kind) {
    case "one":
      return await publishOne(invocation, plan.fields, plan.payload);
    case "stdin":
      return await publishOne(invocation, plan.fields, await readPayload(invocation));
    case "payload lines":
      return await publishLines(invocation, plan.fields);
    case "event lines":
      return await publishLines(invocation, undefined);
  }
}

async function readPayload({ input, output }: PublishInvocation): Promise<JsonText> {
  if (input.isTerminal) output.say("type the payload, one JSON text; Ctrl-D ends it");
  const text = await readText(input.chunks());
  checkPayload(text, "stdin", isOneALine(text) ? "for one payload a line: --ndjson" : undefined);
  return text;
}

async function publishOne(
  invocation: PublishInvocation,
  fields: EventFields,
  payload: JsonText,
): Promise<number> {
  const event = { ...fields, payloadText: payload };
  // What cannot be an event is said before anybody is asked for a hub.
  eventFrame(event, 0);
  await using there = await connectedPublisher(invocation);
  await there.publish(event);
  invocation.output.say(publishedLine(await there.close()));
  return EXIT.done;
}

async function publishLines(
  invocation: PublishInvocation,
  fields: EventFields | undefined,
): Promise<number> {
  using signals = new SignalWatch();
  const { output } = invocation;
  // Said where a second signal ends all at once, and where none of the events is acknowledged.
  let soFar = () => "";
  const work = async () => {
    const there = await connectedPublisher(invocation, signals.asked);
    const publication = linePublication(invocation, there, fields);
    soFar = () => publication.soFar();
    return await publication.run(readLines(invocation.input.chunks()), signals.asked);
  };
  try {
    const totals = await Promise.race([work(), signals.insisted]);
    if (totals && signals.first === undefined) {
      output.say(publishedLine(totals));
      return EXIT.done;
    }
  } catch (error) {
    if (!signals.asked.aborted || error !== signals.asked.reason) throw error;
  }
  const signal = signals.first ?? "SIGINT";
  output.sayError(`ended by ${signal}${soFar()}`);
  return exitCodeOf(signal);
}

async function connectedPublisher(
  { hub, flags, paths, output }: PublishInvocation,
  signal?: AbortSignal,
): Promise<Publisher> {
  try {
    return await publisher({ ...hub, start: !flags["no-start"], signal });
  } finally {
    await new StartedHub(paths, output).say();
  }
}

function linePublication(
  { input, output }: PublishInvocation,
  there: Publisher,
  fields: EventFields | undefined,
): LinePublication {
  if (input.isTerminal) {
    output.say(`type ${fields ? "payloads" : "events"}, one a line; Ctrl-D ends them`);
  }
  return new LinePublication({
    publisher: there,
    send: fields
      ? (text) => there.publish({ ...fields, payloadText: text })
      : (text) => there.send(text),
    showProgress: (text) => {
      // It would run into what is being typed.
      if (!input.isTerminal) output.showProgress(text);
    },
  });
}
