/**
 * The wire, written by hand from the contract: what stands here was not made by `encode` nor read
 * by `decode`, so that it would show if the two were wrong together.
 *
 * @module
 */

import type { Message } from "../../lib/protocol/messages.ts";

const CONSUMER =
  '{"pid":42,"event_key":"gh","received":3,"dropped":1,"subscription_id":"s1","event_types":["github.>","a.*"],' +
  '"delivered":2,"queued":0,"queued_bytes":0,"connected_at":1700000000000,"last_event_at":1700000000001,"leaving":true}';

const CONSUMER_INFO = {
  pid: 42,
  event_key: "gh",
  received: 3,
  dropped: 1,
  subscription_id: "s1",
  event_types: ["github.>", "a.*"],
  delivered: 2,
  queued: 0,
  queued_bytes: 0,
  connected_at: 1700000000000,
  last_event_at: 1700000000001,
  leaving: true,
};

/** Each message with no more than it must have and with all that it may have, but for `event`. */
export const LINES:
  readonly (readonly [line: string, message: Exclude<Message, { type: "event" }>])[] = [
    [
      '{"type":"hello","event_key":"gh","event_types":["github.push"]}',
      { type: "hello", event_key: "gh", event_types: ["github.push"] },
    ],
    [
      '{"type":"hello","pid":42,"event_key":"gh","event_types":["github.>","a.*.b"],"version":"v1","subscription_id":"s1","sets_up":true}',
      {
        type: "hello",
        pid: 42,
        event_key: "gh",
        event_types: ["github.>", "a.*.b"],
        version: "v1",
        subscription_id: "s1",
        sets_up: true,
      },
    ],
    [
      '{"type":"hello_ack","bus_version":"v1","first_for_key":true}',
      { type: "hello_ack", bus_version: "v1", first_for_key: true },
    ],
    [
      '{"type":"hello_ack","bus_version":"v1","first_for_key":false,"rejected":true,"reject_reason":"the hub stops","reject_code":"stopped",' +
      '"capabilities":["patterns","flush"],"hub_id":"h1","hub_version":"0.1.0","sources":[{"source":"gh","state":"connected","detail":"ok"},{"source":"b","state":"connecting"}],"config":"/etc/bus.toml"}',
      {
        type: "hello_ack",
        bus_version: "v1",
        first_for_key: false,
        rejected: true,
        reject_reason: "the hub stops",
        reject_code: "stopped",
        capabilities: ["patterns", "flush"],
        hub_id: "h1",
        hub_version: "0.1.0",
        sources: [
          { source: "gh", state: "connected", detail: "ok" },
          { source: "b", state: "connecting" },
        ],
        config: "/etc/bus.toml",
      },
    ],
    ['{"type":"bye"}', { type: "bye" }],
    ['{"type":"bye","reason":"slow"}', { type: "bye", reason: "slow" }],
    ['{"type":"pre_shutdown_check"}', { type: "pre_shutdown_check" }],
    [
      '{"type":"pre_shutdown_check","event_key":"gh","subscription_id":"s1"}',
      { type: "pre_shutdown_check", event_key: "gh", subscription_id: "s1" },
    ],
    [
      '{"type":"pre_shutdown_ack","last_for_key":false}',
      { type: "pre_shutdown_ack", last_for_key: false },
    ],
    ['{"type":"status_query"}', { type: "status_query" }],
    [
      '{"type":"status_response","pid":7,"uptime_sec":0,"active_conns":0,"consumers":[]}',
      { type: "status_response", pid: 7, uptime_sec: 0, active_conns: 0, consumers: [] },
    ],
    [
      `{"type":"status_response","pid":7,"uptime_sec":61,"active_conns":2,"consumers":[${CONSUMER},{"pid":0,"event_key":"k","received":0,"dropped":0}],` +
      '"hub_id":"h1","hub_version":"0.1.0","capabilities":["bye_reason"],"socket":"/run/bus/default.sock","sources":[{"source":"gh","state":"disconnected"}],' +
      '"types":[{"event_type":"a.b","published":5,"last_at":1700000000002,"consumers":1}],"config":"/etc/bus.toml","published":5,"unmatched":1,"duplicates":2,"refused":3,"closing":0,' +
      `"closed":[${CONSUMER.slice(0, -1)},"closed_at":1700000000003,"reason":"bye"}],` +
      '"buffered_bytes":100,"buffered_limit":268435456,"warnings":["the log cannot be written"],"truncated":true}',
      {
        type: "status_response",
        pid: 7,
        uptime_sec: 61,
        active_conns: 2,
        consumers: [CONSUMER_INFO, { pid: 0, event_key: "k", received: 0, dropped: 0 }],
        hub_id: "h1",
        hub_version: "0.1.0",
        capabilities: ["bye_reason"],
        socket: "/run/bus/default.sock",
        sources: [{ source: "gh", state: "disconnected" }],
        types: [{ event_type: "a.b", published: 5, last_at: 1700000000002, consumers: 1 }],
        config: "/etc/bus.toml",
        published: 5,
        unmatched: 1,
        duplicates: 2,
        refused: 3,
        closing: 0,
        closed: [{ ...CONSUMER_INFO, closed_at: 1700000000003, reason: "bye" }],
        buffered_bytes: 100,
        buffered_limit: 268435456,
        warnings: ["the log cannot be written"],
        truncated: true,
      },
    ],
    ['{"type":"shutdown"}', { type: "shutdown" }],
    [
      '{"type":"source_status","source":"gh","state":"reconnecting"}',
      { type: "source_status", source: "gh", state: "reconnecting" },
    ],
    [
      '{"type":"source_status","source":"gh","state":"disconnected","detail":"it ended with 1"}',
      { type: "source_status", source: "gh", state: "disconnected", detail: "it ended with 1" },
    ],
    ['{"type":"flush","id":-1}', { type: "flush", id: -1 }],
    [
      '{"type":"flush_ack","id":9007199254740991,"events":3,"matched":2,"duplicates":0}',
      { type: "flush_ack", id: 9007199254740991, events: 3, matched: 2, duplicates: 0 },
    ],
    ['{"type":"setup_done"}', { type: "setup_done" }],
    ['{"type":"reload"}', { type: "reload" }],
    ['{"type":"reload_ack","ok":true}', { type: "reload_ack", ok: true }],
    [
      '{"type":"reload_ack","ok":false,"message":"there is no catalogue"}',
      { type: "reload_ack", ok: false, message: "there is no catalogue" },
    ],
    [
      '{"type":"error","code":"bad_frame","message":"frame 3: not JSON"}',
      { type: "error", code: "bad_frame", message: "frame 3: not JSON" },
    ],
  ];

/** Events, with what a reader knows of each. */
export const EVENT_LINES: readonly (readonly [
  line: string,
  fields: {
    event_type: string;
    event_id?: string;
    source_time?: string;
    seq?: number;
    payload: string;
  },
])[] = [
  [
    '{"type":"event","event_type":"a","payload":null}',
    { event_type: "a", payload: "null" },
  ],
  [
    '{"type":"event","event_type":"github.push","event_id":"e1","source_time":"1700000000000","payload":{"n":12345678901234567890,"x":1.0,"x":1e400,"s":"\\u00e9\\/"},"seq":12}',
    {
      event_type: "github.push",
      event_id: "e1",
      source_time: "1700000000000",
      seq: 12,
      payload: '{"n":12345678901234567890,"x":1.0,"x":1e400,"s":"\\u00e9\\/"}',
    },
  ],
];
