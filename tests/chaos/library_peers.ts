/**
 * Publishers and consumers of the library, in this process: many at once cost next to nothing. The hub
 * that they start is the compiled program.
 *
 * @module
 */

import { startHub } from "../../lib/client/autostart.ts";
import { greet } from "../../lib/client/connect.ts";
import { subscribe } from "../../lib/client/connected_consumer.ts";
import { Publisher } from "../../lib/client/publisher.ts";
import { type HubPaths, hubPaths } from "../../lib/platform/paths.ts";
import { type Place, PROGRAM } from "../e2e/kit.ts";

/** The files of the hub of a place, for those who are in this process. */
export function pathsOf({ socket, directory }: Place): HubPaths {
  return { ...hubPaths({ socket }), log: `${directory}/hub.log` };
}

/** Publishes an event that is acknowledged, as `bus publish` does, or throws why that cannot be. */
export async function publishOnce(paths: HubPaths): Promise<void> {
  const publisher = await greet(paths, HOW, (connection) => Publisher.on(connection));
  await publisher.publish({ type: "t", payload: 1 });
  await publisher.close();
}

/**
 * Subscribes and leaves, as `bus consume` does, or throws why that cannot be.
 *
 * @returns which hub it was
 */
export async function consumeOnce(paths: HubPaths, key: string): Promise<string> {
  const subscription = { key, types: ["t"] };
  const consumer = await greet(paths, HOW, (connection) => subscribe(connection, subscription));
  await consumer.leave();
  return consumer.ack.hub_id ?? "";
}

const HOW = {
  startHub: (paths: HubPaths, options: { signal?: AbortSignal | undefined }) =>
    startHub(paths, { ...options, program: [PROGRAM] }),
};
