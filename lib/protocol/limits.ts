/**
 * The numbers of the wire: what every peer may count on, whoever wrote it. What a hub allows itself
 * beyond them stands in `lib/server/limits.ts`.
 *
 * @module
 */

/** Bytes of the longest frame, its line end included. */
export const MAX_FRAME_BYTES = 1_048_576;

/**
 * Bytes of the longest event that a publisher may send, without a `seq` of its own, its line end
 * included. The 64 bytes below {@linkcode MAX_FRAME_BYTES} are for the `seq` that the hub adds.
 */
export const MAX_EVENT_FRAME_BYTES = MAX_FRAME_BYTES - 64;

/** Bytes of UTF-8, decoded, of an event type, event key, subscription id or event id. */
export const MAX_NAME_BYTES = 1024;

/** Arrays and objects open at once in a frame, the frame's own object included. */
export const MAX_DEPTH = 512;

/** Milliseconds that a write to a peer may take, counted anew whenever a part of it is taken. */
export const WRITE_TIMEOUT_MS = 5_000;

/** Milliseconds from the connection until its first frame must be whole. */
export const FIRST_FRAME_TIMEOUT_MS = 5_000;
