/**
 * Why a connection to a WebSocket server ends: as the protocol numbers it, and for people.
 *
 * @module
 */

import { printable } from "../../platform/printable.ts";
import { MAX_FRAME_BYTES } from "../../protocol/limits.ts";

/** Why a connection is closed, as the protocol numbers it. */
export const CODES = { left: 1000, broken: 1002, notText: 1007, refused: 1008, tooLong: 1009 };

/** What is said of a fault that a receiver has found. */
export function fault(error: Error & { code?: string }): [code: number, reason: string] {
  switch (error.code) {
    case "WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH":
    case "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH":
      return [CODES.tooLong, `a message was longer than ${MAX_FRAME_BYTES} bytes`];
    case "WS_ERR_TOO_MANY_BUFFERED_PARTS":
      return [CODES.refused, "a message came in too many parts"];
    case "WS_ERR_INVALID_UTF8":
      return [CODES.notText, "a text was not UTF-8"];
    default: {
      const fault = error.message.replace(/^Invalid WebSocket frame: /, "");
      return [CODES.broken, `a frame is not as it must be: ${printable(fault)}`];
    }
  }
}

/** Stands for no code, and must not be sent (RFC 6455, 7.4.1). */
const NO_CODE = 1005;

/** The code with which a server's own is answered. */
export function answerCode(code: number): number {
  return code === NO_CODE ? CODES.left : code;
}

/** What is said where the server closes it. */
export function closeReason(code: number, reason: Uint8Array): string {
  const said = printable(new TextDecoder().decode(reason));
  const why = [...(code === NO_CODE ? [] : [code]), ...(said === "" ? [] : [said])].join(" ");
  return `the server closed the connection${why === "" ? "" : `: ${why}`}`;
}
