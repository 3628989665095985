/**
 * Those who ask and ask, and read no answer.
 *
 * @module
 */

import { assert } from "@std/assert";
import type { Part, Trial } from "../campaign/campaign.ts";
import { Place } from "../e2e/kit.ts";
import { eventually, within } from "../e2e/waiting.ts";
import { Wire } from "../e2e/wire.ts";
import { insistInTime, inSomeRound } from "../campaign/timing.ts";
import { beside, type Bystanders, mebibytes, NO_BOUND } from "./bystanders.ts";
import { processorTime, stretch } from "./processor_time.ts";
import { Talk } from "./talk.ts";

const MIB = 1024 * 1024;

/** Milliseconds that a write has, and in which its end is then seen. */
const DUE_MS = 5_000;
const SEEN_MS = 1_000;

/** Peers at a time: what one costs is told by what many cost, or it drowns in the hub's own noise. */
const PEERS = 64;

/** Lines that a peer can say until the system holds no more of them, and of the answers. */
const LINES = 10_000;

/** What one peer may cost. */
const MOST = 1 * MIB;

/** One kind of peer: what it says first, and then for ever. */
interface Deaf {
  readonly name: string;
  readonly first: (i: number) => string;
  readonly forEver: (i: number) => string;
  /** Whether the hub closes it for what it says, long before it would for what it does not read. */
  readonly isRefused: boolean;
}

const DEAF: readonly Deaf[] = [
  {
    name: "flush for ever",
    first: () => '{"type":"flush","id":0}\n',
    forEver: () => '{"type":"flush","id":1}\n',
    isRefused: false,
  },
  {
    name: "bad frames for ever",
    first: () => '{"type":"flush","id":0}\n',
    forEver: () => '{"type":"flush"}\n',
    isRefused: true,
  },
  {
    name: "checks for ever",
    first: (i) => `{"type":"hello","event_key":"deaf${i}","event_types":["deaf"]}\n`,
    forEver: (i) => `{"type":"pre_shutdown_check","event_key":"deaf${i}"}\n`,
    isRefused: false,
  },
  {
    name: "wrong checks for ever",
    first: (i) => `{"type":"hello","event_key":"deaf${i}","event_types":["deaf"]}\n`,
    forEver: () => '{"type":"pre_shutdown_check","event_key":7}\n',
    isRefused: false,
  },
];

/** Each is closed in time, and costs the hub next to nothing until then. */
export const unreadPart: Part = {
  name: "unread",
  rows: [8],
  weight: 8,
  floors: {},
  async run(trial) {
    for (const { name } of DEAF) trial.tally.expect(name, PEERS);
    await using place = await Place.withHub();
    await beside(trial, place, NO_BOUND, async (bystanders) => {
      for (const deaf of DEAF) {
        await inSomeRound(trial, () => judge(trial, place, bystanders, deaf));
      }
    });
  },
};

async function judge(
  trial: Trial,
  place: Place,
  { memory }: Bystanders,
  deaf: Deaf,
): Promise<void> {
  // What answers cost that are read is not the cost of those that are not.
  await Promise.all(Array.from({ length: PEERS }, (_, i) => readAll(place.socket, deaf, i)));
  const [start, looks] = [place.hub.memory(), memory.length];
  const before = processorTime(place.hub.pid);
  const [shortest, longest] = await crowd(place, deaf);
  const most = DUE_MS + SEEN_MS * stretch(before, processorTime(place.hub.pid));
  const peak = Math.max(...memory.slice(looks), place.hub.memory());
  const each = (peak - start) / PEERS;
  trial.note(`${deaf.name}: memory of each`, mebibytes(each));
  trial.note(`${deaf.name}: cut off after`, `${Math.round(longest)} ms`);
  assert(each <= MOST, `${deaf.name} costs ${mebibytes(each)} each`);
  insistInTime(longest <= most, `${deaf.name}: cut off only after ${Math.round(longest)} ms`);
  const isEarly = !deaf.isRefused && shortest < DUE_MS - 250;
  assert(!isEarly, `${deaf.name}: cut off after ${Math.round(shortest)} ms already`);
  trial.tally.add(deaf.name, PEERS);
}

/**
 * Many at a time, until the hub has done with all.
 *
 * @returns how many milliseconds each was borne after the hub read on last: the shortest and longest
 */
async function crowd(place: Place, deaf: Deaf): Promise<[shortest: number, longest: number]> {
  const peers = await Promise.all(
    Array.from({ length: PEERS }, (_, i) => Peer.on(place.socket, deaf, i)),
  );
  try {
    if (deaf.isRefused) {
      await within(
        `all are closed who say ${deaf.name}`,
        Promise.all(peers.map(({ ended }) => ended)),
      );
      return [0, 0];
    }
    // Its socket is the system's for as long as what was written to it is unread: only the hub itself
    // can say that it has done with it.
    const cutOff = async (many: number) => {
      const name = `${many} are cut off who say ${deaf.name}`;
      await eventually(name, async () => await closing(place.socket) >= many);
      return performance.now();
    };
    const first = await cutOff(1);
    const last = await cutOff(PEERS);
    const readOn = peers.map(({ readOn }) => readOn);
    return [first - Math.min(...readOn), last - Math.max(...readOn)];
  } finally {
    for (const peer of peers) peer.close();
    await eventually("nothing of them is left", async () => await closing(place.socket) === 0);
  }
}

/** One who says as much, and reads every answer. */
async function readAll(path: string, { first, forEver }: Deaf, i: number): Promise<void> {
  const talk = await Talk.connect(path);
  await talk.write(new TextEncoder().encode(first(i) + forEver(i).repeat(LINES)));
  await talk.end();
  await talk.closed();
  talk.close();
}

/** Connections that a hub has cut off and the system has not. */
async function closing(socket: string): Promise<number> {
  const wire = await Wire.connect(socket);
  try {
    await wire.send('{"type":"status_query"}');
    return Number((await wire.frame()).closing);
  } finally {
    wire.close();
  }
}

/** One who says the same for ever, and reads nothing. */
class Peer {
  /** When the hub took something last. */
  readOn = performance.now();
  /** Resolves when nothing more can be written. */
  readonly ended: Promise<void>;

  private constructor(private readonly connection: Deno.UnixConn, first: string, then: string) {
    this.ended = this.#goOn(first, then);
  }

  static async on(path: string, { first, forEver }: Deaf, i: number): Promise<Peer> {
    const connection = await Deno.connect({ transport: "unix", path });
    return new Peer(connection, first(i), forEver(i).repeat(100));
  }

  close(): void {
    this.connection.close();
  }

  async #goOn(first: string, then: string): Promise<void> {
    const encoder = new TextEncoder();
    const piece = encoder.encode(then);
    try {
      await this.connection.write(encoder.encode(first));
      for (;;) {
        await this.connection.write(piece);
        this.readOn = performance.now();
      }
    } catch {
      // The hub has closed, or it was closed at this end.
    }
  }
}
