/**
 * What a hub looks after while it runs: the files that it is found by, and their directory.
 *
 * @module
 */

import type { HubPaths } from "../platform/paths.ts";
import { hubCommand } from "../platform/hub_command.ts";
import { printable } from "../platform/printable.ts";
import { checkGivenDirectory, checkOwnDirectory } from "../platform/safety.ts";
import { isWritable } from "../platform/writable.ts";
import { BusError } from "../protocol/errors.ts";
import { Listener } from "./listener.ts";
import type { HubLock } from "./lock.ts";
import type { Door } from "./server.ts";
import { type Kept, type KeptFile, keptFile } from "./upkeep.ts";

/** All that a hub of these files looks after; a socket that was handed on is its owner's. */
export function keptBy(paths: HubPaths, lock: HubLock, listener: Door): Kept[] {
  const files: KeptFile[] = [{
    name: `the lock ${paths.lock}`,
    loss: `another hub could start here (end this one with: ${hubCommand("stop", paths)})`,
    isInPlace: () => lock.isInPlace(),
    touch: () => lock.touch(),
  }];
  if (listener instanceof Listener) {
    files.push({
      name: `the socket ${paths.socket}`,
      loss: `nobody can connect any more (end it with: ${hubCommand("stop --force", paths)})`,
      isInPlace: () => listener.isInPlace(),
      touch: () => listener.touch(),
    });
  }
  return [keptDirectory(paths), ...files.map(keptFile)];
}

/** Closed to others, and open to the hub. Where it is gone its files are, which say so. */
function keptDirectory({ directory, ownDirectory }: HubPaths): Kept {
  const where = printable(directory);
  return {
    recovered: `the directory ${where} is as it must be again`,
    async fault() {
      try {
        if (!ownDirectory) await checkGivenDirectory(directory);
        else if (await checkOwnDirectory(directory) === "absent") return undefined;
      } catch (error) {
        if (!(error instanceof BusError)) throw error;
        if (error.code !== "unsafe_path") return undefined;
        return error.hint === undefined ? error.message : `${error.message} (${error.hint})`;
      }
      if (await isWritable(directory)) return undefined;
      return `the directory ${where} cannot be written to: the socket of this hub would outlive it`;
    },
  };
}
