/**
 * The kinds of connection, and the states in which they are when hostile frames come.
 *
 * @module
 */

import type { Companion } from "./oracle.ts";

/** One state, and how a connection comes to be in it. */
export interface State {
  readonly companion: Companion;
  /** What the peer says first. */
  readonly prelude: (key: string) => readonly string[];
  /** The messages that it sends then, each as often as its weight says; `?` is one nobody knows. */
  readonly messages: Readonly<Record<string, number>>;
  /** How many it sends at most: what follows a frame that ends a connection shows nothing. */
  readonly most: number;
  /** One field in so many, and one frame in so many, is spoilt: one of these for a connection. */
  readonly oneSpoiltIn: readonly number[];
}

/** Where a wrong frame is skipped. */
const OFTEN = [2, 8, 40];

/** Where one is the end: were they all alike, none would come far. */
const SELDOM = [20, 200, 1_500, 6_000];

const ANYTHING = {
  "?": 20,
  hello: 40,
  hello_ack: 10,
  event: 40,
  bye: 20,
  pre_shutdown_check: 30,
  pre_shutdown_ack: 10,
  status_query: 20,
  status_response: 10,
  shutdown: 10,
  source_status: 10,
  flush: 30,
  flush_ack: 10,
  setup_done: 20,
  reload: 20,
  reload_ack: 10,
  error: 10,
} as const;

const OF_CONSUMERS = {
  ...ANYTHING,
  pre_shutdown_check: 60,
  setup_done: 30,
  // One that is right is the end.
  bye: 1,
} as const;

const OF_PUBLISHERS = { "?": 1, event: 600, flush: 60, bye: 3, hello: 2, shutdown: 1 };

const hello = (key: string, more = "") =>
  `{"type":"hello","event_key":"${key}","event_types":["${key}.nothing"]${more}}`;
const check = (key: string) => `{"type":"pre_shutdown_check","event_key":"${key}"}`;

/** All of them, by name. */
export const STATES: Readonly<Record<string, State>> = {
  "newcomer": {
    companion: "nobody",
    prelude: () => [],
    messages: ANYTHING,
    most: 4,
    oneSpoiltIn: OFTEN,
  },
  "publisher": {
    companion: "nobody",
    prelude: () => ['{"type":"flush","id":1}'],
    messages: OF_PUBLISHERS,
    most: 300,
    oneSpoiltIn: SELDOM,
  },
  "consumer": {
    companion: "nobody",
    prelude: (key) => [hello(key)],
    messages: OF_CONSUMERS,
    most: 300,
    oneSpoiltIn: OFTEN,
  },
  "consumer that sets up": {
    companion: "nobody",
    prelude: (key) => [hello(key, ',"sets_up":true')],
    messages: OF_CONSUMERS,
    most: 200,
    oneSpoiltIn: OFTEN,
  },
  "consumer beside another": {
    companion: "a member",
    prelude: (key) => [hello(key), check(key)],
    messages: OF_CONSUMERS,
    most: 200,
    oneSpoiltIn: OFTEN,
  },
  "consumer that waits for a cleanup": {
    companion: "one that cleans up",
    prelude: (key) => [hello(key)],
    messages: OF_CONSUMERS,
    most: 200,
    oneSpoiltIn: OFTEN,
  },
  "consumer that waits for a setup": {
    companion: "one that sets up",
    prelude: (key) => [hello(key)],
    messages: OF_CONSUMERS,
    most: 200,
    oneSpoiltIn: OFTEN,
  },
  "consumer that waits for a setup in vain": {
    companion: "one that sets up in vain",
    prelude: (key) => [hello(key, ',"sets_up":true')],
    messages: OF_CONSUMERS,
    most: 100,
    oneSpoiltIn: OFTEN,
  },
  "holder": {
    companion: "nobody",
    prelude: (key) => [hello(key), check(key)],
    messages: OF_CONSUMERS,
    most: 300,
    oneSpoiltIn: OFTEN,
  },
  "asker": {
    companion: "nobody",
    prelude: () => ['{"type":"reload"}'],
    messages: ANYTHING,
    most: 4,
    oneSpoiltIn: OFTEN,
  },
  "asker of the state": {
    companion: "nobody",
    prelude: () => ['{"type":"status_query"}'],
    messages: ANYTHING,
    most: 4,
    oneSpoiltIn: OFTEN,
  },
};
