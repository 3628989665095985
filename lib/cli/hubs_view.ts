/**
 * Every hub of the user, as text and as JSON: pure functions of what was found.
 *
 * @module
 */

import type { FoundHub } from "../client/hubs.ts";
import { hubCommand } from "../platform/hub_command.ts";
import { printable } from "../platform/printable.ts";
import { blocks } from "./blocks.ts";
import { duration } from "./amounts.ts";
import type { Paint } from "./paint.ts";
import { type Column, table } from "./table.ts";

/** Characters of the longest name that is shown whole. */
const LONGEST_NAME = 40;

const COLUMNS: readonly Column[] = [
  { title: "NAME", align: "left" },
  { title: "STATE", align: "left" },
  { title: "PID", align: "right" },
  { title: "UP", align: "left" },
  { title: "CONSUMERS", align: "right" },
  { title: "PUBLISHED", align: "right" },
];

/** How to show it. */
export interface HubsViewOptions {
  readonly paint: Paint;
  /** Where was looked. */
  readonly directory: string;
}

/** The whole text, line ends included. */
export function hubsView(found: readonly FoundHub[], options: HubsViewOptions): string {
  return blocks([
    found.length === 0 ? [`no hub in ${printable(options.directory)}`] : rows(found, options),
    remarks(found),
    ["Hubs on a path given with --socket are not listed."],
  ]);
}

/** What `--json` prints; every field of a hub's own answer stands under `status`. */
export function hubsJson(found: readonly FoundHub[], directory: string): unknown {
  return {
    directory,
    hubs: found.map(({ name, state, pid, paths: { socket, lock, log }, status, error }) => ({
      name,
      state,
      pid,
      socket,
      lock,
      log,
      status,
      error: error && { code: error.code, message: error.message },
    })),
  };
}

function rows(found: readonly FoundHub[], { paint }: HubsViewOptions): string[] {
  const [head = "", ...rows] = table(
    COLUMNS,
    found.map(({ name, state, pid, status }) => [
      printable(name, LONGEST_NAME),
      shownState(state, paint),
      String(pid ?? "-"),
      status ? duration(status.uptime_sec * 1000) : "-",
      String(status?.active_conns ?? "-"),
      String(status?.published ?? "-"),
    ]),
  );
  return [paint.dim(head), ...rows];
}

function shownState(state: FoundHub["state"], paint: Paint): string {
  switch (state) {
    case "running":
      return paint.green("running");
    case "not_running":
      return paint.dim("not running");
    case "orphan":
      return paint.red("orphan");
  }
}

/** What a row cannot say: what is wrong with a hub, and the remedy. */
function remarks(found: readonly FoundHub[]): string[] {
  return found.flatMap(({ name, state, pid, paths, error }) => {
    const shown = printable(name, LONGEST_NAME);
    if (state === "orphan") {
      const process = pid === undefined ? "a process" : `process ${pid}`;
      const remedy = hubCommand("stop --force", paths);
      return [`${shown}: ${process} holds it and does not answer (end it with: ${remedy})`];
    }
    if (error === undefined) return [];
    const hint = error.hint === undefined ? "" : ` (${printable(error.hint)})`;
    return [`${shown}: ${printable(error.message)}${hint}`];
  });
}
