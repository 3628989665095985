/**
 * The rows of the table, in their order.
 *
 * @module
 */

import { flood } from "./flood.ts";
import { publisherAlone, readersAlone, redisAlone } from "./generators.ts";
import { latency } from "./latency.ts";
import { idleMemory } from "./memory.ts";
import { neighbours } from "./neighbours.ts";
import type { Target, Trial } from "./row.ts";
import { start } from "./start.ts";
import { steadiness } from "./steadiness.ts";

const MANY: readonly Target[] = [
  { against: "redis", required: 1.5, stretch: 2.5 },
  { against: "nats", required: 2 },
];

export const TRIALS: readonly Trial[] = [
  flood({
    name: "1 consumer",
    consumers: 1,
    events: 600_000,
    isQuick: true,
    targets: [{ against: "redis", required: 0.6, stretch: 1 }],
    hasCost: true,
  }),
  flood({
    name: "8 consumers",
    consumers: 8,
    events: 400_000,
    isQuick: true,
    targets: [{ against: "redis", required: 1, stretch: 1.5 }, { against: "nats", required: 1.4 }],
    hasCost: true,
  }),
  flood({
    name: "64 consumers",
    consumers: 64,
    events: 80_000,
    isQuick: true,
    targets: MANY,
    hasCost: true,
  }),
  flood({
    name: "512 consumers",
    consumers: 512,
    events: 10_000,
    targets: MANY,
    peakTargets: [{ required: 200, stretch: 120 }],
    hasCost: true,
  }),
  flood({
    name: "8 consumers, payloads of 2 KB",
    consumers: 8,
    payloadBytes: 2_000,
    events: 60_000,
  }),
  flood({
    name: "8 consumers, payloads of 20 KB",
    consumers: 8,
    payloadBytes: 20_000,
    events: 8_000,
  }),
  flood({
    name: "8 consumers, payloads of 200 KB",
    consumers: 8,
    payloadBytes: 200_000,
    events: 1_000,
  }),
  flood({
    name: "64 consumers, each with a type of its own",
    consumers: 64,
    types: 64,
    events: 512_000,
  }),
  flood({
    name: "64 consumers, each with a pattern of its own",
    consumers: 64,
    types: 64,
    patterns: true,
    events: 512_000,
  }),
  flood({ name: "8 consumers, 4 publishers", consumers: 8, publishers: 4, events: 100_000 }),
  flood({ name: "8 consumers, 16 publishers", consumers: 8, publishers: 16, events: 25_000 }),
  flood({ name: "8 consumers, a burst of 20,000", consumers: 8, events: 20_000 }),
  latency({
    name: "2,000 events/s to 8 consumers",
    consumers: 8,
    rate: 2_000,
    isQuick: true,
    p50: [
      { against: "redis", required: 1.3, stretch: 1 },
      { against: "nats", required: 0.7 },
    ],
    p99: [{ against: "redis", required: 1.5, stretch: 1 }],
  }),
  latency({ name: "20,000 events/s to 8 consumers", consumers: 8, rate: 20_000 }),
  latency({
    name: "2,000 events/s to 8 consumers beside 1,000 idle",
    consumers: 8,
    rate: 2_000,
    idle: 1_000,
  }),
  latency({
    name: "20,000 events/s to 8 consumers beside 1,000 idle",
    consumers: 8,
    rate: 20_000,
    idle: 1_000,
  }),
  latency({ name: "200 events/s to 512 consumers", consumers: 512, rate: 200 }),
  idleMemory,
  start,
  neighbours,
  steadiness,
  publisherAlone,
  readersAlone(1, 4_000_000),
  readersAlone(8, 800_000),
  readersAlone(64, 100_000),
  readersAlone(512, 10_000),
  redisAlone,
];
