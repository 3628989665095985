/**
 * Saying that a hub was started by need.
 *
 * @module
 */

import { hubPid } from "../client/hub_lock.ts";
import { parentProcess } from "../platform/parent_process.ts";
import type { HubPaths } from "../platform/paths.ts";
import { startedLine } from "./hub_lines.ts";
import type { Output } from "./output.ts";

/** Says of each hub that this process has started that it did, once. */
export class StartedHub {
  readonly #paths: HubPaths;
  readonly #output: Pick<Output, "say">;
  #said: number | undefined;

  /** @param paths the files of the hub */
  constructor(paths: HubPaths, output: Pick<Output, "say">) {
    this.#paths = paths;
    this.#output = output;
  }

  /** Says it if the hub that is there now is one that this process has started. */
  async say(): Promise<void> {
    const pid = await hubPid(this.#paths);
    // Of many that try to start one at once, one is the parent of the hub that came of it.
    if (pid === undefined || pid === this.#said || await parentProcess(pid) !== Deno.pid) return;
    this.#said = pid;
    this.#output.say(startedLine(this.#paths.socket, pid));
  }
}
