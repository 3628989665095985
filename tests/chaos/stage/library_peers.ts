/**
 * Publishers and consumers of the library, in this process: many at once cost next to nothing. The hub
 * that they start is the compiled program.
 *
 * @module
 */

import { startHub } from "../../../lib/client/autostart.ts";
import { type ConnectOptions, greet } from "../../../lib/client/connect.ts";
import { subscribe } from "../../../lib/client/connected_consumer.ts";
import { Publisher } from "../../../lib/client/publisher.ts";
import { type HubPaths, hubPaths } from "../../../lib/platform/paths.ts";
import { type Place, PROGRAM } from "../../e2e/kit.ts";

/** The files of the hub of a place, for those who are in this process. */
export function pathsOf({ socket, directory }: Place): HubPaths {
  return { ...hubPaths({ socket }), log: `${directory}/hub.log` };
}

/** How to get to a hub: to one that is started where there is none. */
const STARTING: ConnectOptions = {
  startHub: (paths, options) => startHub(paths, { ...options, program: [PROGRAM] }),
};

/** How to get to a hub: to the one that is there now, if one is. */
export const IF_THERE: ConnectOptions = { patience: 0 };

/** Publishes an event that is acknowledged, as `bus publish` does, or throws why that cannot be. */
export async function publishOnce(paths: HubPaths, how = STARTING): Promise<void> {
  const publisher = await greet(paths, how, (connection) => Publisher.on(connection));
  await publisher.publish({ type: "t", payload: 1 });
  await publisher.close();
}

/**
 * Subscribes and leaves, as `bus consume` does, or throws why that cannot be.
 *
 * @returns which hub it was
 */
export async function consumeOnce(paths: HubPaths, key: string, how = STARTING): Promise<string> {
  const subscription = { key, types: ["t"] };
  const consumer = await greet(paths, how, (connection) => subscribe(connection, subscription));
  await consumer.leave();
  return consumer.ack.hub_id ?? "";
}
