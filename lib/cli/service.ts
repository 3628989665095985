/**
 * `bus service`: lets systemd hold a hub.
 *
 * @module
 */

import { hubPid } from "../client/hub_lock.ts";
import { hubCommand } from "../platform/hub_command.ts";
import type { HubPaths } from "../platform/paths.ts";
import { printable } from "../platform/printable.ts";
import { busProgram } from "../platform/program.ts";
import { isInSearchPath } from "../platform/search_path.ts";
import { unitDirectory } from "../platform/unit_directory.ts";
import { BusError } from "../protocol/errors.ts";
import type { Invocation } from "./command.ts";
import type { SERVICE_ARGUMENTS } from "./command_lines.ts";
import { EXIT } from "./exit.ts";
import type { Output } from "./output.ts";
import { serviceUnits } from "./service_units.ts";
import { removeUnits, type UnitFile, unitFile, writeUnits } from "./unit_files.ts";

/** Returns when it is done, or printed. */
export async function run(
  { arguments: { action }, paths, output }: Invocation<unknown, typeof SERVICE_ARGUMENTS>,
): Promise<number> {
  if (Deno.build.os !== "linux") throw notHere("this system has no systemd");
  if (paths.name === undefined) {
    throw new BusError(
      "usage",
      "a service is of a hub that goes by a name, not of a socket's path",
      "give --name, without --socket and $BUS_SOCKET",
    );
  }
  const directory = unitDirectory();
  // Where there is no runtime directory now, systemd makes one, and D-Bus comes with it or not.
  const [subdirectory] = /bus(-hub)?$/.exec(paths.directory) ?? [];
  const { socket, service } = serviceUnits(paths.name, busProgram(), subdirectory);
  const files = [await unitFile(socket, directory), await unitFile(service, directory)];
  switch (action) {
    case "show":
      await output.print(files.map(({ path, text }) => `# ${path}\n${text}`).join("\n"));
      return EXIT.done;
    case "install":
      return await install(files, paths, output);
    case "uninstall":
      return await uninstall(files, output);
  }
}

async function install(
  files: readonly UnitFile[],
  paths: HubPaths,
  output: Output,
): Promise<number> {
  if (!await isInSearchPath("systemctl")) throw notHere("there is no systemctl in $PATH");
  const written = await writeUnits(files);
  for (const path of written) output.say(`wrote ${printable(path)}`);
  if (written.length === 0) output.say("the units are as they should be");
  const pid = await hubPid(paths);
  if (pid !== undefined && files.every(({ state }) => state === "absent")) {
    output.say(`a hub runs there now (pid ${pid}); first: ${hubCommand("stop", paths)}`);
  }
  const socket = files[0]?.name;
  output.say(`now: systemctl --user daemon-reload && systemctl --user enable --now ${socket}`);
  output.say(`to end it: systemctl --user stop ${socket} (after bus stop it comes by need)`);
  return EXIT.done;
}

async function uninstall(files: readonly UnitFile[], output: Output): Promise<number> {
  const { removed, left } = await removeUnits(files);
  for (const path of removed) output.say(`removed ${printable(path)}`);
  for (const path of left) {
    output.sayError(`${path} is not as bus wrote it; it was left alone (remove it yourself)`);
  }
  if (removed.length > 0) output.say("now: systemctl --user daemon-reload");
  else if (left.length === 0) output.say("there is nothing that bus wrote");
  return left.length === 0 ? EXIT.done : EXIT.failed;
}

function notHere(reason: string): BusError {
  return new BusError(
    "failed",
    `a service needs Linux with systemd: ${reason}`,
    "start bus serve with what starts programs here",
  );
}
