/**
 * `bus status`: shows the hub and its consumers, or every hub.
 *
 * @module
 */

import { status } from "../client/control.ts";
import { hubs } from "../client/hubs.ts";
import { runtimeDirectory } from "../platform/paths.ts";
import { BusError } from "../protocol/errors.ts";
import type { Invocation } from "./command.ts";
import type { STATUS_FLAGS } from "./command_lines.ts";
import { counted } from "../platform/counted.ts";
import { checkMeansEvery } from "./every_hub.ts";
import { EXIT } from "./exit.ts";
import { hubsJson, hubsView } from "./hubs_view.ts";
import { jsonText } from "./json_text.ts";
import { statusView } from "./status_view.ts";

type StatusInvocation = Invocation<typeof STATUS_FLAGS, unknown>;

/** Returns when it is printed. */
export async function run(invocation: StatusInvocation): Promise<number> {
  const { flags, hub, output } = invocation;
  if (flags.all) return await showEvery(invocation);
  if (flags["fail-on-orphan"]) {
    throw new BusError("usage", "--fail-on-orphan needs --all", "add --all");
  }
  const { paths } = invocation;
  const facts = await status(hub);
  if (flags.json) {
    await output.print(jsonText(facts, output));
  } else {
    const { paint, columns } = output;
    await output.print(
      statusView(facts, { paint, columns, socket: paths.socket, now: Date.now() }),
    );
  }
  return EXIT.done;
}

async function showEvery({ flags, hub, output }: StatusInvocation): Promise<number> {
  checkMeansEvery(hub);
  const found = await hubs();
  const directory = runtimeDirectory();
  await output.print(
    flags.json
      ? jsonText(hubsJson(found, directory), output)
      : hubsView(found, { paint: output.paint, directory }),
  );
  const orphans = found.filter(({ state }) => state === "orphan");
  if (!flags["fail-on-orphan"] || orphans.length === 0) return EXIT.done;
  output.sayError(
    `${counted(orphans.length, "orphan")}: ${orphans.map(({ name }) => name).join(", ")}`,
  );
  return EXIT.failed;
}
