/**
 * A process of the load: somebody who wants little of a hub while others want much. It publishes single
 * events, asks for the status, and subscribes.
 *
 * @module
 */

import { answer, options, orders, pause, writeAll } from "../../campaign/load/orders.ts";
import { bytesOf, type PeerConnection, type PeerPlace } from "../../peers/peer.ts";
import { hub } from "../../peers/hub.ts";
import { heard } from "../../peers/running_peer.ts";
import { benchEvent } from "../bench_event.ts";

/** Each so often, with some milliseconds between two. */
export interface AskerOrder {
  readonly times: number;
  readonly every: number;
}

/** Milliseconds of each, from its first byte to its answer. */
export interface AskerReport {
  /** From its publisher to its consumer. */
  readonly event: readonly number[];
  readonly status: readonly number[];
  readonly hello: readonly number[];
}

const TYPE = "asker.event";

class Asker {
  readonly #event = hub.publication(benchEvent(TYPE, 200));
  #keys = 0;

  private constructor(
    private readonly place: PeerPlace,
    private readonly publisher: PeerConnection,
    private readonly consumer: PeerConnection,
  ) {}

  static async at(place: PeerPlace): Promise<Asker> {
    const consumer = await hub.connect(place);
    await writeAll(consumer, hub.subscription(1_000_000, TYPE));
    await heard(consumer, hub.subscribed);
    return new Asker(place, await hub.connect(place), consumer);
  }

  readonly event = async (): Promise<void> => {
    await writeAll(this.publisher, this.#event);
    await heard(this.consumer, TYPE);
  };

  readonly status = async (): Promise<void> => {
    using connection = await hub.connect(this.place);
    await writeAll(connection, bytesOf('{"type":"status_query"}\n'));
    await heard(connection, "}\n");
  };

  readonly hello = async (): Promise<void> => {
    using connection = await hub.connect(this.place);
    await writeAll(connection, hub.subscription(2_000_000 + ++this.#keys, "asker.other"));
    await heard(connection, hub.subscribed);
  };
}

async function times({ times, every }: AskerOrder, act: () => Promise<void>): Promise<number[]> {
  const all: number[] = [];
  for (let i = 0; i < times; i++) {
    const begun = performance.now();
    await act();
    all.push(performance.now() - begun);
    await pause(every);
  }
  return all;
}

if (import.meta.main) {
  const asker = await Asker.at(options<PeerPlace>());
  answer("ready");
  for await (const order of orders<AskerOrder>()) {
    const report: AskerReport = {
      event: await times(order, asker.event),
      status: await times(order, asker.status),
      hello: await times(order, asker.hello),
    };
    answer(report);
  }
  Deno.exit();
}
