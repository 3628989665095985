/**
 * Getting an event into the hub, whoever brings it.
 *
 * @module
 */

import type { Publication, PublishOutcome } from "../hub/hub.ts";
import type { Host } from "./host.ts";
import { WORK_OF_A_LINE } from "./limits.ts";

/** What is needed of the hub's process. */
export type RoutingHost = Pick<Host, "hub" | "matching">;

/**
 * Routes an event: at once, or, where it matches a consumer that is behind and keeps up, when that
 * has caught up or is given up on. Whoever brings events waits for that before the next one.
 */
export function route(
  host: RoutingHost,
  publication: Publication,
): PublishOutcome | Promise<PublishOutcome> {
  const { hub } = host;
  const { event_type } = publication;
  if (hub.workFor(event_type) > WORK_OF_A_LINE || hub.holder(event_type)) {
    return routeLater(host, publication);
  }
  return hub.publish(publication);
}

async function routeLater(
  { hub, matching }: RoutingHost,
  publication: Publication,
): Promise<PublishOutcome> {
  for (;;) {
    const work = hub.workFor(publication.event_type);
    // Paid before it is done: however long it takes, the others have their turn before the next.
    if (work > WORK_OF_A_LINE) await matching.spend(work / WORK_OF_A_LINE);
    const holder = hub.holder(publication.event_type);
    if (!holder) return hub.publish(publication);
    await new Promise<void>((resolve) => holder.channel.pace.whenReleased(resolve));
  }
}
