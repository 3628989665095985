/**
 * What a consumer gets that did not read for a while: the numbers say what is missing.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { Part, Trial } from "../campaign/campaign.ts";
import { corpus } from "../e2e/corpus.ts";
import { Place } from "../e2e/kit.ts";
import { Wire } from "../e2e/wire.ts";
import { beside, NO_BOUND } from "./bystanders.ts";
import { eventOf } from "./checker.ts";
import { essence, membersOf } from "./members.ts";
import { valueText } from "./values.ts";

/** So few may wait that whoever does not read loses most. */
const CHANNEL = ["--channel-events", "64", "--channel-bytes", "2MiB"];

const payloads = corpus();
const TYPES = ["a.b", "a.b.c", "t", "orders.created"];

/** Events of a round: more than the system holds for one that does not read. */
const EVENTS = 4_000;

/** Every event gets its number before it is thrown away, and `dropped` is what the numbers lack. */
export const lossPart: Part = {
  name: "loss",
  rows: [17],
  weight: 3,
  floors: {},
  async run(trial) {
    trial.tally.expect("events that came", 200);
    trial.tally.expect("events that did not", 200);
    await using place = await Place.withHub(...CHANNEL);
    await beside(trial, place, NO_BOUND, async () => {
      let round = 0;
      do await lose(trial, place, ++round); while (trial.goesOn());
    });
  },
};

async function lose(trial: Trial, place: Place, round: number): Promise<void> {
  const sleeper = await Wire.connect(place.socket);
  const publisher = await Wire.connect(place.socket);
  try {
    const key = `loss${round}`;
    const hello = { type: "hello", event_key: key, event_types: ["a.>", "t", "orders.*"] };
    await sleeper.send(JSON.stringify(hello));
    assertEquals((await sleeper.frame()).type, "hello_ack");
    const frames = someEvents(trial);
    const essences = frames.map((frame) => essence(membersOf(frame)));
    await publisher.send(...frames, '{"type":"flush","id":1}');
    assertEquals((await publisher.frame()).events, frames.length);

    let [seq, gaps] = [0, 0];
    while (seq < essences.length) {
      const line = await sleeper.line();
      const next = Number(/"seq":(\d+)}$/.exec(line)?.[1]);
      assert(next > seq, `seq ${next} after ${seq}`);
      assertEquals(eventOf(line, next), essences[next - 1], "the event of this number");
      gaps += next - seq - 1;
      seq = next;
      trial.tally.add("events that came");
    }
    trial.tally.add("events that did not", gaps);
    const { consumers } = await place.statusOnce("all is delivered", ({ consumers }) => {
      return consumers.some(({ event_key, queued }) => event_key === key && queued === 0);
    });
    const mine = consumers.find(({ event_key }) => event_key === key);
    const counts = [mine?.received, mine?.dropped, mine?.delivered];
    assertEquals(
      counts,
      [essences.length, gaps, essences.length - gaps],
      "the counts of a sleeper",
    );
  } finally {
    sleeper.close();
    publisher.close();
  }
}

/** Events that the sleeper wants, of all sizes. */
function someEvents({ random }: Trial): string[] {
  return Array.from({ length: EVENTS }, (_, i) => {
    const payload = random.oneIn(50) ? random.pick(payloads).payload : valueText(random);
    return `{"type":"event","event_type":"${random.pick(TYPES)}","n":${i},"payload":${payload}}`;
  });
}
