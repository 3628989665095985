/**
 * What to think of the facts about a hub, and what to do: pure functions of the facts.
 *
 * @module
 */

import type { Check, Judgement } from "./doctor_check.ts";
import type { DoctorFacts } from "./doctor_facts.ts";
import { descriptors, hub, version } from "./doctor_hub_verdicts.ts";
import { directory, filesystem, lock, log, path, socket, space } from "./doctor_place_verdicts.ts";

/** Judges everything that can be judged, in the order in which a hub comes to need it. */
export function judge(facts: DoctorFacts): Check[] {
  const judgements: Record<string, Judgement | undefined> = {
    path: path(facts),
    directory: directory(facts),
    filesystem: filesystem(facts),
    space: space(facts),
    lock: lock(facts),
    socket: socket(facts),
    hub: hub(facts),
    version: version(facts),
    descriptors: descriptors(facts),
    log: log(facts),
  };
  return Object.entries(judgements).flatMap(([name, judgement]) =>
    judgement === undefined ? [] : [{ name, ...judgement }]
  );
}
