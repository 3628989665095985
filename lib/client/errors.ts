/**
 * What a program that speaks to a hub may want to catch.
 *
 * @module
 */

import { hubCommand } from "../platform/hub_command.ts";
import type { HubPaths } from "../platform/paths.ts";
import { printable } from "../platform/printable.ts";
import { BusError, ERROR_CODES, type ErrorCode, isErrorCode } from "../protocol/errors.ts";
import { WRITE_TIMEOUT_MS } from "../protocol/limits.ts";
import type { ErrorMessage, HelloAck } from "../protocol/messages.ts";

/** Characters of a text that a hub gives. */
const LONGEST_TEXT = 300;

/** Nobody listens there. */
export class NoHubError extends BusError {
  /** The name of this class. */
  override readonly name = "NoHubError";

  /**
   * Makes one.
   *
   * @param paths where the hub was looked for
   */
  constructor(paths: HubPaths) {
    super(
      "no_hub",
      `no hub on ${printable(paths.socket)}`,
      `start one with: ${hubCommand("serve", paths)}`,
    );
  }
}

/** There is no hub, and none could be started. The sentence has its own reason. */
export class HubStartError extends BusError {
  /** The name of this class. */
  override readonly name = "HubStartError";

  /**
   * Makes one.
   *
   * @param reason what went wrong, in one line, for people
   * @param hint what to do about it
   */
  constructor(reason: string, hint?: string) {
    super("failed", `cannot start a hub: ${printable(reason, LONGEST_TEXT)}`, hint);
  }
}

/** The hub closed the connection, or died, before the end. */
export class HubGoneError extends BusError {
  /** The name of this class. */
  override readonly name = "HubGoneError";

  /**
   * Makes one.
   *
   * @param paths the files of the hub
   * @param hubReason the reason that the hub gave with its last frame; none where it gave none
   * @param acknowledged of a publisher: how many of its events the hub has said to have routed
   */
  constructor(paths: HubPaths, readonly hubReason?: string, readonly acknowledged?: number) {
    super("hub_gone", `the hub on ${printable(paths.socket)} ${describeReason(hubReason)}`);
  }
}

/** There is a hub, and it does not answer in time. */
export class HubSilentError extends BusError {
  /** The name of this class. */
  override readonly name = "HubSilentError";

  /**
   * Makes one.
   *
   * @param paths the files of the hub
   * @param pid its process, where that is known
   */
  constructor(paths: HubPaths, readonly pid?: number) {
    const process = pid === undefined ? "" : ` (pid ${pid})`;
    super(
      "hub_silent",
      `the hub on ${printable(paths.socket)}${process} does not answer`,
      pid === undefined ? undefined : `end it with: ${hubCommand("stop --force", paths)}`,
    );
  }
}

/** The hub does not take this consumer. The `code` is the hub's where it is known, else `rejected`. */
export class RejectedError extends BusError {
  /** The name of this class. */
  override readonly name = "RejectedError";
  /** The hub's code, as it stands in its answer; none where it gives none. */
  readonly rejectCode: string | undefined;
  /** The hub's reason, for people; none where it gives none. */
  readonly reason: string | undefined;

  /**
   * Makes one.
   *
   * @param ack the answer that rejects
   */
  constructor(ack: HelloAck) {
    const reason = ack.reject_reason === undefined ? "it gives no reason" : ack.reject_reason;
    super(
      wireCode(ack.reject_code) ?? "rejected",
      `the hub rejects this consumer: ${printable(reason, LONGEST_TEXT)}`,
    );
    this.rejectCode = ack.reject_code;
    this.reason = ack.reject_reason;
  }
}

/** The hub answered with an `error` frame. The `code` is the hub's where it is known, else `failed`. */
export class RefusedError extends BusError {
  /** The name of this class. */
  override readonly name = "RefusedError";
  /** The hub's code, as it stands in its frame. */
  readonly hubCode: string;
  /** The number of the frame that it refused, from 1, where its sentence names one. */
  readonly frameNumber: number | undefined;

  /**
   * Makes one.
   *
   * @param answer the frame
   * @param eventNumber of a publisher: which of its events was refused, from 1, where that is known
   * @param acknowledged of a publisher: how many of its events the hub has said to have routed
   */
  constructor(
    answer: Omit<ErrorMessage, "type">,
    readonly eventNumber?: number,
    readonly acknowledged?: number,
  ) {
    super(
      wireCode(answer.code) ?? "failed",
      `the hub refuses: ${printable(answer.message, LONGEST_TEXT)}`,
    );
    this.hubCode = answer.code;
    this.frameNumber = frameNumberIn(answer.message);
  }
}

/** What an `error` frame of a hub means to this side: a hub that stops is one that goes away. */
export function hubSays(paths: HubPaths, answer: ErrorMessage): HubGoneError | RefusedError {
  const { code } = answer;
  return code === "stopped" ? new HubGoneError(paths, code) : new RefusedError(answer);
}

/** The number of a frame that a hub names in the message of its `error`, as the contract has it. */
export function frameNumberIn(message: string): number | undefined {
  const digits = /\bframe (?:number )?(\d{1,15})\b/i.exec(message)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function wireCode(code: string | undefined): ErrorCode | undefined {
  return code !== undefined && isErrorCode(code) && ERROR_CODES[code].wire ? code : undefined;
}

function describeReason(hubReason: string | undefined): string {
  switch (hubReason) {
    case undefined:
      return "went away";
    case "stopped":
      return "was stopped";
    case "slow":
      return `cut this consumer off: it took nothing for ${WRITE_TIMEOUT_MS / 1000} s`;
    case "protocol":
      return "cut this connection off: a frame was too long";
    case "limit":
      return "cut this connection off: its memory is used up";
    default:
      return `ended this connection: ${printable(hubReason, LONGEST_TEXT)}`;
  }
}
