/**
 * What the hub's rules allow: how much is kept of what, for how long. The numbers of the wire stand in
 * `lib/protocol/limits.ts`, those of connections and memory in `lib/server/limits.ts`. Each limit with
 * its unit and its reason.
 *
 * @module
 */

/** Bytes that may wait for a consumer before it is behind. */
export const BEHIND_BYTES = 64 * 1024;

/** Bytes of a block of memory that short events share: as many as a read brings. */
export const EVENT_BLOCK_BYTES = 48 * 1024;

/** Blocks that there are at most: as much as waits for 48 consumers of different events that keep up. */
export const EVENT_BLOCKS = 64;

/** Bytes of an event from which on it has a buffer of its own: to make one costs less than to copy it. */
export const LONG_EVENT_BYTES = 8 * 1024;

/**
 * Characters of all event types up to which consumers that ask for the same are found to be alike: who
 * asks for more has a feed of its own.
 */
export const SHARED_TYPES = 4096;

/** Milliseconds without anything taken after which one that is behind no longer keeps up. */
export const PATIENCE_MS = 100;

/** Hellos that may wait for one key. */
export const MAX_WAITING = 64;

/** Milliseconds that a hello waits at most. */
export const WAITING_MS = 30_000;

/** Event ids remembered. */
export const RECENT_IDS = 65_536;

/** Bytes of UTF-8 of all event ids remembered. */
export const RECENT_BYTES = 8 * 1024 * 1024;

/** Milliseconds that an event id is remembered from when it was first seen. */
export const RECENT_MS = 10 * 60_000;

/** Event types whose route is remembered; each is at most 1 KiB long. */
export const CACHED_TYPES = 4096;

/**
 * Places of consumers in all routes that are remembered: where thousands want thousands of types it is
 * cheaper to find them out anew than to keep them. A place takes 8 bytes.
 */
export const CACHED_TAKERS = 1024 * 1024;

/**
 * Patterns that are compared one by one rather than told apart by their next token: what a branch of
 * their tree takes in memory must be worth it.
 */
export const PATTERNS_UNSORTED = 8;

/** Tokens by which patterns are told apart at most: more than event types mostly have. */
export const SORTED_TOKENS = 8;

/**
 * Tokens that are compared in the time that it takes to look at one more pattern, or to gather one more
 * consumer: each lies somewhere else in memory.
 */
export const PLACE_WORK = 16;

/** Places that are copied or skimmed in the time of a token, one lying after the other. */
export const PLACES_OF_A_TOKEN = 8;

/**
 * Tokens compared to find out which known types one that comes or goes gets: half a millisecond, which
 * is enough for ordinary patterns and all types. Who gets those that are left is found out anew once
 * it is needed.
 */
export const UPDATE_WORK = 64 * 1024;

/** Tokens compared to find out for a status who gets what, before the last type: a few milliseconds. */
export const STATUS_WORK = 1024 * 1024;

/** Bytes that an entry of `event_types` takes beside its text: its places in sets and maps. */
export const ENTRY_BYTES = 320;

/** Bytes that a token of a pattern takes: its place, and its text for itself. */
export const TOKEN_BYTES = 32;

/** Consumers that are gone and still remembered. */
export const CLOSED_CONSUMERS = 100;

/** Event types that a status names. */
export const STATUS_TYPES = 1024;
