/**
 * A local event bus: one hub on this machine, any number of programs that publish events to it and
 * consume events from it.
 *
 * A consumer is an async iterable of events:
 *
 * ```ts ignore
 * import { consume } from "@bus/bus";
 *
 * for await (const event of await consume({ key: "deploys", types: ["github.push", "ci.>"] })) {
 *   if (event.lost > 0) console.error(`${event.lost} events lost`);
 *   console.log(event.type, event.payload);
 * }
 * ```
 *
 * A publisher knows what has arrived:
 *
 * ```ts ignore
 * import { publisher } from "@bus/bus";
 *
 * await using bus = await publisher();
 * await bus.publish({ type: "ci.finished", payload: { branch: "main", ok: true } });
 * const { matched } = await bus.flush();
 * ```
 *
 * Both start a hub where there is none. When a hub goes away a consumer comes back, to it or to the
 * next one, and says so:
 *
 * ```ts ignore
 * import { consume, type ConsumerState } from "@bus/bus";
 *
 * function onState(state: ConsumerState) {
 *   if (state.state === "away") console.error(`${state.error.message}, trying to come back`);
 *   if (state.state === "connected") console.error("back; events may be missing", state.absence);
 * }
 * const consumer = await consume({ key: "deploys", types: ["ci.>"], onState });
 * ```
 *
 * The first consumer of a key can set something up for all of them, and the last one clean it up:
 *
 * ```ts ignore
 * import { consume } from "@bus/bus";
 *
 * const consumer = await consume({
 *   key: "deploys",
 *   types: ["ci.>"],
 *   setup: (signal) => upstream.open({ signal }), // again at each hub at which it is first
 *   cleanup: () => upstream.close(),
 * });
 * ```
 *
 * A program may also be the hub itself: {@linkcode serve}.
 *
 * Without `socket` or `name` both mean the hub that the environment says (`$BUS_SOCKET`,
 * `$BUS_NAME`), else the default one of the user. What goes wrong is thrown as a
 * {@linkcode BusError} with a stable `code`.
 *
 * @module
 */

export { consume, type ConsumeOptions, Consumer } from "./client/consumer.ts";
export type { Subscription } from "./client/subscription.ts";
export type {
  Absence,
  AwayState,
  ConnectedState,
  ConsumerEnd,
  ConsumerState,
  EndedState,
  Leave,
} from "./client/consumer_state.ts";
export { ConsumedEvent } from "./client/consumed_event.ts";
export {
  type FlushTotals,
  Publisher,
  publisher,
  type PublisherOptions,
} from "./client/publisher.ts";
export type { OutgoingEvent } from "./protocol/outgoing_event.ts";
export { reload, status, stop, type StopOptions, type Stopped } from "./client/control.ts";
export type { ForcedEnd } from "./client/force.ts";
export { type FoundHub, hubs } from "./client/hubs.ts";
export {
  HubGoneError,
  HubSilentError,
  HubStartError,
  NoHubError,
  RefusedError,
  RejectedError,
} from "./client/errors.ts";
export { serve, type ServeOptions } from "./server/lifecycle.ts";
export type { SourceSettings } from "./source/kinds.ts";
export type { CommonSettings } from "./source/settings.ts";
export type { Secret } from "./source/source.ts";
export type { TextFormat } from "./source/text_findings.ts";
export type { AddressSettings } from "./source/address.ts";
export type { ExecSettings } from "./source/exec.ts";
export type { HttpSettings } from "./source/http.ts";
export type { SignatureSettings } from "./source/http/signatures.ts";
export type { NatsSettings } from "./source/nats.ts";
export type { NatsConnectionSettings } from "./source/nats/connection.ts";
export type { JetStreamSettings } from "./source/nats/jetstream.ts";
export type { SseSettings } from "./source/sse.ts";
export type { StdinSettings } from "./source/stdin.ts";
export type { TailSettings } from "./source/tail.ts";
export type { TimerSettings } from "./source/timer.ts";
export type { WatchSettings } from "./source/watch.ts";
export type { WebsocketSettings } from "./source/websocket.ts";
export { type HubChoice, type HubPaths, hubPaths, type PathSystem } from "./platform/paths.ts";
export { VERSION } from "./platform/version.ts";
export {
  BadFrameError,
  BusError,
  ERROR_CODES,
  type ErrorCode,
  FrameTooLargeError,
} from "./protocol/errors.ts";
export { SOURCE_STATES } from "./protocol/messages.ts";
export type {
  ClosedConsumerInfo,
  ConsumerInfo,
  ErrorMessage,
  HelloAck,
  JsonText,
  SourceInfo,
  SourceState,
  StatusResponse,
  TypeInfo,
} from "./protocol/messages.ts";
