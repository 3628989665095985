import { assertEquals } from "@std/assert";
import { encode } from "../../lib/protocol/codec.ts";
import {
  BUS_VERSION,
  bye,
  CAPABILITIES,
  errorMessage,
  event,
  flush,
  flushAck,
  hello,
  helloAck,
  type Message,
  preShutdownAck,
  preShutdownCheck,
  rejection,
  reload,
  reloadAck,
  setupDone,
  shutdown,
  SOURCE_STATES,
  sourceStatus,
  statusQuery,
  statusResponse,
} from "../../lib/protocol/messages.ts";

Deno.test("constructors make the frames of the contract", () => {
  const frames: [message: Message, line: string][] = [
    [
      hello({ pid: 42, event_key: "gh", event_types: ["github.>"] }),
      '{"type":"hello","version":"v1","pid":42,"event_key":"gh","event_types":["github.>"]}',
    ],
    [
      hello({
        event_key: "k",
        event_types: ["t"],
        version: "v2",
        subscription_id: "s",
        sets_up: true,
      }),
      '{"type":"hello","version":"v2","event_key":"k","event_types":["t"],"subscription_id":"s","sets_up":true}',
    ],
    [
      helloAck({ first_for_key: true, capabilities: ["flush"], hub_id: "h" }),
      '{"type":"hello_ack","bus_version":"v1","first_for_key":true,"capabilities":["flush"],"hub_id":"h"}',
    ],
    [
      rejection("cleanup", "waited 30 s"),
      '{"type":"hello_ack","bus_version":"v1","first_for_key":false,"rejected":true,"reject_reason":"waited 30 s","reject_code":"cleanup"}',
    ],
    [
      event({ event_type: "t", event_id: "e", source_time: "1", payload: '{"a":1.0}', seq: 2 }),
      '{"type":"event","event_type":"t","event_id":"e","source_time":"1","payload":{"a":1.0},"seq":2}',
    ],
    [bye(), '{"type":"bye"}'],
    [bye(""), '{"type":"bye"}'],
    [bye("slow"), '{"type":"bye","reason":"slow"}'],
    [preShutdownCheck({}), '{"type":"pre_shutdown_check"}'],
    [preShutdownCheck({ event_key: "k" }), '{"type":"pre_shutdown_check","event_key":"k"}'],
    [
      preShutdownCheck({ event_key: "k", subscription_id: "" }),
      '{"type":"pre_shutdown_check","event_key":"k"}',
    ],
    [
      preShutdownCheck(hello({ event_key: "k", event_types: ["t"], subscription_id: "s" })),
      '{"type":"pre_shutdown_check","event_key":"k","subscription_id":"s"}',
    ],
    [preShutdownAck(true), '{"type":"pre_shutdown_ack","last_for_key":true}'],
    [preShutdownAck(false), '{"type":"pre_shutdown_ack","last_for_key":false}'],
    [statusQuery(), '{"type":"status_query"}'],
    [
      statusResponse({ pid: 1, uptime_sec: 2, active_conns: 0, consumers: [] }),
      '{"type":"status_response","pid":1,"uptime_sec":2,"active_conns":0,"consumers":[]}',
    ],
    [shutdown(), '{"type":"shutdown"}'],
    [
      sourceStatus({ source: "s", state: "connecting" }),
      '{"type":"source_status","source":"s","state":"connecting"}',
    ],
    [flush(0), '{"type":"flush","id":0}'],
    [
      flushAck({ id: 0, events: 3, matched: 2, duplicates: 1 }),
      '{"type":"flush_ack","id":0,"events":3,"matched":2,"duplicates":1}',
    ],
    [setupDone(), '{"type":"setup_done"}'],
    [reload(), '{"type":"reload"}'],
    [reloadAck(true), '{"type":"reload_ack","ok":true}'],
    [
      reloadAck(false, "there is no catalogue"),
      '{"type":"reload_ack","ok":false,"message":"there is no catalogue"}',
    ],
    [
      errorMessage("timeout", "no whole frame within 5 s"),
      '{"type":"error","code":"timeout","message":"no whole frame within 5 s"}',
    ],
  ];
  for (const [message, line] of frames) assertEquals(encode(message), `${line}\n`);
});

Deno.test("constants are those of the contract", () => {
  assertEquals(BUS_VERSION, "v1");
  assertEquals(CAPABILITIES, ["patterns", "flush", "bye_reason", "sets_up"]);
  assertEquals<readonly string[]>(SOURCE_STATES, [
    "connecting",
    "connected",
    "disconnected",
    "reconnecting",
  ]);
});
