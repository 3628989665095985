/**
 * Asking a hub how it is, and telling it to stop.
 *
 * @module
 */

import { backoff } from "../platform/backoff.ts";
import { type HubChoice, type HubPaths, hubPaths } from "../platform/paths.ts";
import { decode, encode } from "../protocol/codec.ts";
import { BusError } from "../protocol/errors.ts";
import {
  type Message,
  type MessageType,
  reload as reloadQuestion,
  shutdown,
  statusQuery,
  type StatusResponse,
} from "../protocol/messages.ts";
import { connect, greet } from "./connect.ts";
import type { HubConnection } from "./connection.ts";
import {
  ANSWER_MS,
  CONNECT_MS,
  FULL_MS,
  LATE,
  LOOK_MS,
  orLate,
  pause,
  RELOAD_MS,
  STOP_MS,
} from "./deadline.ts";
import { HubGoneError, hubSays, HubSilentError, RefusedError } from "./errors.ts";
import { endByForce, type ForcedEnd } from "./force.ts";
import { hubPid, isLockFree } from "./hub_lock.ts";

/**
 * Asks a hub for its state.
 *
 * @throws {NoHubError} there is none
 * @throws {HubSilentError} it has not answered within 3 s
 */
export async function status(options: HubChoice = {}): Promise<StatusResponse> {
  return await statusOf(hubPaths(options));
}

/**
 * {@linkcode status} of the hub with these files.
 *
 * @param patience milliseconds that it is tried again, and has to answer
 */
export async function statusOf(
  paths: HubPaths,
  patience: number = ANSWER_MS,
): Promise<StatusResponse> {
  const ask = (connection: HubConnection) => askStatus(connection, patience);
  return await insist(() => greet(paths, { patience }, ask));
}

/** {@linkcode status} on a connection that is there, which it closes. */
export async function askStatus(
  connection: HubConnection,
  timeout: number = ANSWER_MS,
): Promise<StatusResponse> {
  const answer = readAnswer(connection, statusQuery(), "status_response");
  return await inTime(connection, timeout, answer);
}

/**
 * What the hub at the other end answers. The connection is closed.
 *
 * @throws {HubSilentError} it has not answered within so many milliseconds
 */
async function inTime<T>(
  connection: HubConnection,
  milliseconds: number,
  answer: Promise<T>,
): Promise<T> {
  try {
    const outcome = await orLate(milliseconds, answer);
    if (outcome !== LATE) return outcome;
  } finally {
    connection.close();
    await answer.catch(() => {});
  }
  throw new HubSilentError(connection.paths, await hubPid(connection.paths));
}

/**
 * Lets a hub read its catalogue anew. Resolves when it has taken it over, whole.
 *
 * @throws {NoHubError} there is none
 * @throws {HubSilentError} it has not answered within 15 s
 * @throws {BusError} `bad_catalogue`: all is as it was; the message says why
 */
export async function reload(options: HubChoice = {}): Promise<void> {
  const paths = hubPaths(options);
  const ask = (connection: HubConnection) => {
    const answer = readAnswer(connection, reloadQuestion(), "reload_ack");
    return inTime(connection, RELOAD_MS, answer);
  };
  const { ok, message } = await insist(() => greet(paths, { patience: ANSWER_MS }, ask));
  if (!ok) throw new BusError("bad_catalogue", message ?? "the hub does not take it over");
}

/** Which hub to stop, and how. */
export interface StopOptions extends HubChoice {
  /** Ends its process, whether or not it answers: by SIGTERM, and by SIGKILL after 5 s. */
  force?: boolean | undefined;
}

/** How a hub was stopped. */
export interface Stopped {
  /** Its process, where that is known. */
  readonly pid: number | undefined;
  /** `asked`: by a word. `terminated`, `killed`: by a signal, SIGTERM or SIGKILL. */
  readonly by: "asked" | ForcedEnd;
}

/**
 * Stops a hub, and resolves when it has gone: when its lock is free.
 *
 * @throws {NoHubError} there is none
 * @throws {HubSilentError} it has not gone within 10 s
 * @throws {BusError} `failed`: by force, and the process is not known or not this user's
 */
export async function stop(options: StopOptions = {}): Promise<Stopped> {
  const paths = hubPaths(options);
  if (options.force) {
    const { pid, end } = await endByForce(paths);
    return { pid, by: end };
  }
  return { pid: await askToStop(paths), by: "asked" };
}

/**
 * Asks the hub with these files to stop, and resolves when it has gone.
 *
 * @returns the hub's process, where that is known
 * @throws as {@linkcode stop}
 */
export async function askToStop(paths: HubPaths): Promise<number | undefined> {
  return await insist(async () => await stopHub(await connect(paths)));
}

/**
 * Asks again for a while where a hub has no place: it keeps some for questions, and at a rush those
 * who are about to be turned away stand in them for a moment.
 */
async function insist<T>(question: () => Promise<T>): Promise<T> {
  const end = performance.now() + CONNECT_MS;
  for (let refusal: RefusedError | undefined;;) {
    try {
      return await question();
    } catch (error) {
      const isFull = error instanceof RefusedError && error.code === "limit";
      // Whatever came after it, there was a hub.
      if (!isFull || performance.now() >= end) throw refusal ?? error;
      refusal = error;
    }
    await pause(backoff(0, { shortest: FULL_MS / 2, longest: FULL_MS }, Math.random()));
  }
}

/**
 * Tells a hub to {@linkcode stop} on a connection that is there, which it closes.
 *
 * @returns the hub's process, where that is known
 */
export async function stopHub(
  connection: HubConnection,
  timeout: number = STOP_MS,
): Promise<number | undefined> {
  const { paths } = connection;
  const end = performance.now() + timeout;
  const pid = await hubPid(paths);
  await inTime(connection, timeout, tellToStop(connection));
  while (!await hasGone(paths, pid)) {
    if (performance.now() >= end) throw new HubSilentError(paths, pid);
    await pause(LOOK_MS);
  }
  return pid;
}

/** Asks a question and reads until its answer comes. */
async function readAnswer<T extends MessageType>(
  connection: HubConnection,
  question: Message,
  type: T,
): Promise<Extract<Message, { type: T }>> {
  const { paths } = connection;
  // Where the hub has closed already, what it said before tells why.
  await connection.send(encode(question)).catch(ignoreGone);
  for await (const batch of connection.frames()) {
    for (const frame of batch) {
      const message = typeof frame === "string" ? decode(frame) : frame;
      if (message instanceof Error) {
        throw new BusError("failed", `the hub's answer cannot be read: ${message.message}`);
      }
      if (message.type === "error") throw hubSays(paths, message);
      if (isOf(message, type)) return message;
    }
  }
  throw new HubGoneError(paths);
}

function isOf<T extends MessageType>(
  message: { readonly type: MessageType },
  type: T,
): message is Extract<Message, { type: T }> {
  return message.type === type;
}

/** Resolves when the hub has closed the connection, which it does when all else is over. */
async function tellToStop(connection: HubConnection): Promise<void> {
  await connection.send(encode(shutdown())).catch(ignoreGone);
  for await (const batch of connection.frames()) {
    for (const frame of batch) {
      const message = typeof frame === "string" ? decode(frame) : frame;
      if (message instanceof Error || message.type !== "error") continue;
      const said = hubSays(connection.paths, message);
      // That it stops already is no refusal to stop.
      if (!(said instanceof HubGoneError)) throw said;
    }
  }
}

/** Whether the hub with that pid has gone; another one may have taken its place since. */
async function hasGone(paths: HubPaths, pid: number | undefined): Promise<boolean> {
  const holder = await hubPid(paths);
  return holder === undefined ? await isLockFree(paths) : holder !== pid;
}

function ignoreGone(error: unknown): void {
  if (!(error instanceof HubGoneError)) throw error;
}
