/**
 * What the load can do where nobody is in its way: it must not be what the other rows measure.
 *
 * @module
 */

import { type PeerName, PEERS } from "../peers/peers.ts";
import { RunningPeer } from "../peers/running_peer.ts";
import { bare } from "./bare.ts";
import { benchEvent } from "./bench_event.ts";
import type { BlasterOptions, BlasterOrder } from "./load/blaster.ts";
import type { PublishersOptions, PublishersOrder, PublishersReport } from "./load/publishers.ts";
import type { ReadersOptions, ReadersOrder, ReadersReport } from "./load/readers.ts";
import { LoadProcess } from "./load_process.ts";
import type { PeerPlace } from "../peers/peer.ts";
import { microseconds } from "../campaign/load/orders.ts";
import type { Trial } from "./row.ts";

const PAYLOAD_BYTES = 200;
const PUBLISHER = "the load: a publisher at a sink that does nothing";
const REDIS = "the load: a publisher at redis, where nobody listens";
const REDIS_OWN = "redis-benchmark -P 64 publish, where nobody listens";

/** The publisher at a sink. It has to be twice as fast as a hub takes events. */
export const publisherAlone: Trial = {
  name: "publisher alone",
  rows: [{ name: PUBLISHER, unit: "events/s" }],
  peers: ["compiled"],
  async run() {
    await using place = await BarePlace.make();
    await using _sink = await LoadProcess.start<PeerPlace, never, never>("sink", place);
    return { [PUBLISHER]: await published("bare", place, 2_000_000) };
  },
};

/** The readers at a blaster. They have to be twice as fast as a hub delivers. */
export function readersAlone(consumers: number, events: number): Trial {
  const name = `the load: ${consumers.toLocaleString("en")} ${
    consumers === 1 ? "reader" : "readers"
  } at a blaster of prepared bytes`;
  return {
    name,
    rows: [{ name, unit: "events/s" }],
    peers: ["compiled"],
    async run() {
      await using place = await BarePlace.make();
      await using blaster = await LoadProcess.start<BlasterOptions, BlasterOrder, string>(
        "blaster",
        { ...place, payloadBytes: PAYLOAD_BYTES },
      );
      await using readers = await LoadProcess.start<ReadersOptions, ReadersOrder, ReadersReport>(
        "readers",
        {
          peer: "bare",
          place,
          asked: Array.from({ length: consumers }, () => "load"),
          timed: false,
        },
      );
      const each = bare.deliveredBytes(benchEvent("load", PAYLOAD_BYTES), "load", 1) * events;
      const begun = microseconds();
      await blaster.does({ events });
      const { ended } = await readers.does({
        bytes: Array.from({ length: consumers }, () => each),
      });
      return { [name]: consumers * events / (ended - begun) * 1e6 };
    },
  };
}

/** redis with the publisher of this load, and with its own. */
export const redisAlone: Trial = {
  name: "redis alone",
  rows: [{ name: REDIS, unit: "events/s" }, { name: REDIS_OWN, unit: "events/s" }],
  peers: ["redis"],
  async run() {
    await using running = await RunningPeer.start(PEERS.redis);
    const ours = await published("redis", running.place, 500_000);
    return { [REDIS]: ours, [REDIS_OWN]: await redisBenchmark(running.place) };
  },
};

/** Events a second of one publisher. */
async function published(
  peer: PeerName | "bare",
  place: PeerPlace,
  events: number,
): Promise<number> {
  await using writers = await LoadProcess.start<
    PublishersOptions,
    PublishersOrder,
    PublishersReport
  >("publishers", {
    peer,
    place: { ...place },
    publishers: 1,
    types: ["load"],
    payloadBytes: PAYLOAD_BYTES,
  });
  const { began, ended } = await writers.does({ events });
  return events / (ended - began) * 1e6;
}

async function redisBenchmark({ socket }: PeerPlace): Promise<number | undefined> {
  const { text } = benchEvent("load", PAYLOAD_BYTES);
  const { success, stdout } = await new Deno.Command("redis-benchmark", {
    args: ["-s", socket, "-c", "1", "-P", "64", "-n", "500000", "--csv", "publish", "load", text],
    stderr: "null",
  }).output();
  // The name of the test has the event's commas in it, in quotes; its figures follow.
  const line = new TextDecoder().decode(stdout).trim().split("\n").at(-1) ?? "";
  const rate = /"(\d+(?:\.\d+)?)"(?:,"[\d.]+")*$/.exec(line)?.[1];
  return success && rate !== undefined ? Number(rate) : undefined;
}

/** A directory for a socket. */
class BarePlace implements PeerPlace, AsyncDisposable {
  readonly port = 0;
  readonly socket: string;

  private constructor(readonly directory: string) {
    this.socket = `${directory}/bare.sock`;
  }

  static async make(): Promise<BarePlace> {
    return new BarePlace(await Deno.makeTempDir({ prefix: "bus-bare-" }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.directory, { recursive: true });
  }
}
