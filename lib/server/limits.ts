/**
 * What a hub allows itself and others, beyond the numbers of the wire (`lib/protocol/limits.ts`).
 * Each limit with its unit and its reason.
 *
 * @module
 */

/** Events in a consumer's channel, unless the operator says otherwise. */
export const DEFAULT_CHANNEL_EVENTS = 1024;

/** Bytes in a consumer's channel, unless the operator says otherwise. */
export const DEFAULT_CHANNEL_BYTES = 8 * 1024 * 1024;

/** Bytes in all buffers together, unless the operator says otherwise. */
export const DEFAULT_MEMORY_BYTES = 256 * 1024 * 1024;

/** Connections. Where the system allows fewer descriptors it is what they allow. */
const MAX_CONNECTIONS = 4096;

/** Descriptors that a hub asks the system for: twice its connections, as its service's unit does. */
export const WANTED_DESCRIPTORS = 2 * MAX_CONNECTIONS;

/** Connections below which a hub says that it has room for few. */
export const FEW_CONNECTIONS = 512;

/** Places beyond the limit, so that a full hub can still be asked for its state and stopped. */
export const RESERVE_CONNECTIONS = 8;

/**
 * Connections that may be silent: that have sent no whole frame {@linkcode SILENT_MS} after they came.
 * One more costs the one that is silent longest its place, so that whoever opens many and says
 * nothing takes their places from nobody.
 */
export const MAX_SILENT = 256;

/**
 * The part of the ordinary places that the silent may have, where that is fewer than
 * {@linkcode MAX_SILENT}: a hub with few descriptors has less room than those would take.
 */
export const SILENT_SHARE = 1 / 2;

/** Milliseconds without a whole first frame after which a connection is silent. */
export const SILENT_MS = 1_000;

/**
 * Milliseconds that one for whom there is no place at all has for its first frame, while the next one
 * waits: that of this project's programs comes within one or two.
 */
export const DOORWAY_MS = 10;

/**
 * The same where one comes on the heels of another: it has waited in the system's backlog and could
 * speak there. So two hundred who say nothing hold up by half a second whoever has a question.
 */
export const DOORWAY_CROWD_MS = 2;

/** Milliseconds that it has to be out again, and to take the word that says why, or its answer. */
export const TURN_AWAY_MS = 100;

/** Descriptors kept free for what is not a connection: log, a starting child, the next accept. */
const SPARE_DESCRIPTORS = 8;

/** Bytes of answers that a peer may leave unread before nothing more is read from it. */
export const MAX_UNREAD_ANSWERS = 64 * 1024;

/**
 * The part of the memory that answers may fill which nobody reads: whoever asks for the state of a
 * large hub again and again and reads nothing must not cost the consumers their events.
 */
export const ANSWERS_SHARE = 1 / 8;

/**
 * The part of the memory that may be filled by what cannot be dealt with yet: lines that are not whole,
 * and what was sent on while a hello waits. So a thousand who hold back the end of a line leave the
 * consumers room for their events.
 */
export const UNFINISHED_SHARE = 1 / 2;

/**
 * What consumers have asked for may take so much of the memory, beside the buffers: it stays as long
 * as they do, and nothing of it could be given up.
 */
export const SUBSCRIBED_SHARE = 1 / 8;

/** Event types that a consumer may ask for: each costs the hub memory, and each pattern time. */
export const MAX_EVENT_TYPES = 1024;

/** Bytes that a hello may send on while it waits for its key; one that sends more is refused. */
export const MAX_KEPT_BYTES = 1024 * 1024;

/** Bytes that a frame which is kept takes beside its text. */
export const KEPT_OVERHEAD = 128;

/**
 * Bytes laid out for one write; a longer frame goes out in pieces. A good part of what the system's
 * buffers of a unix socket take at once, and what a consumer that is stuck for good pins.
 */
export const BATCH_BYTES = 64 * 1024;

/** The fewest, where stuck consumers have laid out all that there is for writes: 4 MiB for 4,096. */
export const LEAST_BATCH_BYTES = 1024;

/** Bytes of a connection's read buffer as long as its peer sends little. */
export const SMALL_READ = 512;

/** Bytes of a read buffer once one was full. */
export const LARGE_READ = 48 * 1024;

/**
 * Lines that are dealt with in one turn of the event loop, of all connections together: a few
 * milliseconds, after which reads, writes and newcomers have theirs.
 */
export const LINES_PER_TURN = 512;

/**
 * Connections that are let in, and first frames that are dealt with, in one turn: a few milliseconds
 * too, apart from what those who have been here longer send.
 */
export const NEWCOMERS_PER_TURN = 64;

/** Bytes that take as long as a line, to be read, gathered and decoded. */
export const BYTES_OF_A_LINE = 1024;

/**
 * Tokens of patterns that are compared in the time of a line. One event of a type of which it is not
 * known who gets it may thus take a whole turn, where all patterns that fit into the memory stand.
 */
export const WORK_OF_A_LINE = 2048;

/** Milliseconds that consumers have, when the hub stops, to take what waits for them. */
export const DRAIN_MS = 2_000;

/** Milliseconds that the last frame of the hub has to go out when it stops. */
export const LAST_FRAME_MS = 500;

/** Milliseconds between two looks at all deadlines. */
export const SWEEP_MS = 250;

/** Milliseconds between two looks while somebody is behind or under suspicion. */
export const SHORT_SWEEP_MS = 20;

/** Milliseconds without a look after which the hub takes itself to have been stopped, or busy. */
export const ASLEEP_MS = 1_000;

/**
 * The connections that may be silent: at least one.
 *
 * @param connections the ordinary places
 */
export function silentLimit(connections: number): number {
  return Math.max(1, Math.min(MAX_SILENT, Math.floor(connections * SILENT_SHARE)));
}

/**
 * The connections that a process's limit of descriptors allows: at least one, and never more than
 * {@linkcode MAX_CONNECTIONS}.
 *
 * @param descriptors its limit and how many it has open besides connections; none where the system
 * does not say
 */
export function connectionLimit(descriptors?: { limit: number; open: number }): number {
  const { limit, open } = descriptors ?? { limit: Infinity, open: 0 };
  const allowed = limit - open - SPARE_DESCRIPTORS - RESERVE_CONNECTIONS;
  return Math.max(1, Math.min(MAX_CONNECTIONS, allowed));
}
