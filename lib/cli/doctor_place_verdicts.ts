/**
 * What to think of the places where a hub's files lie.
 *
 * @module
 */

import { trustOf } from "../platform/file_systems.ts";
import { hubCommand } from "../platform/hub_command.ts";
import type { HubPaths } from "../platform/paths.ts";
import { printable } from "../platform/printable.ts";
import { shellWord } from "../platform/shell_word.ts";
import { LOG_FILE_BYTES, LOG_FILES } from "../server/log_file.ts";
import { bytes } from "./amounts.ts";
import { counted } from "../platform/counted.ts";
import { type Judgement, ok, problem, warning } from "./doctor_check.ts";
import type { DoctorFacts, Trial } from "./doctor_facts.ts";
import { named } from "./doctor_hub_verdicts.ts";

/** Bytes and files that may still be written where it is time to say so. */
const LITTLE_SPACE = 1024 * 1024;
const FEW_FILES = 16;

const GROUP_AND_OTHERS = 0o077;

/** Whether the system takes the path of the socket. */
export function path({ paths, pathLimit }: DoctorFacts): Judgement {
  const where = printable(paths.socket);
  const length = new TextEncoder().encode(paths.socket).length;
  if (length <= pathLimit) return ok(`${where} has ${length} of at most ${pathLimit} bytes`);
  return problem(
    `${where} has ${length} bytes, a socket's path has at most ${pathLimit}`,
    paths.ownDirectory
      ? "choose a shorter name with --name, or a shorter directory with XDG_RUNTIME_DIR"
      : "give a shorter one with --socket",
  );
}

/** Whether the directory of socket and lock is there, and safe from others. */
export function directory({ paths, directory: { path, state } }: DoctorFacts): Judgement {
  const where = printable(path);
  if (typeof state === "object") return problem(state.reason, state.hint ?? elsewhere(paths));
  if (state === "absent") return ok(`${where} is not there yet: the first hub makes it`);
  return paths.ownDirectory
    ? ok(`${where} is yours, and closed to others`)
    : ok(`${where} is safe: nobody else can exchange your files there`);
}

/** Whether a lock means there what it should. */
export function filesystem(
  { paths, directory: { path, mount } }: DoctorFacts,
): Judgement | undefined {
  if (mount === undefined) return undefined;
  const reason = `${printable(path)} lies on ${printable(mount.type, 40)}`;
  switch (trustOf(mount.type)) {
    case "local":
      return ok(`${reason}, which is local`);
    case "shared":
      return problem(
        `${reason}, which is shared over a network or with a host: a lock there does not keep ` +
          `everybody out, and sockets may not work`,
        elsewhere(paths),
      );
    case "unknown":
      return warning(
        `${reason}: whether a lock there keeps everybody out is not known`,
        elsewhere(paths),
      );
  }
}

/** Whether there is room for them. */
export function space({ directory }: DoctorFacts): Judgement | undefined {
  return directory.trial && room(directory.trial, LITTLE_SPACE);
}

/** Whether its file is what it should be. */
export function lock({ paths, lock: { state, mode, holder } }: DoctorFacts): Judgement {
  const where = printable(paths.lock);
  const remove = removal(paths.lock);
  switch (state) {
    case "absent":
      return ok(`${where} is not there yet: the first hub makes it`);
    case "link":
      return problem(`${where} is a link, not a lock`, remove);
    case "no file":
      return problem(`${where} is no file`, remove);
    case "foreign":
      return problem(`${where} belongs to another user: no hub of yours can start`, remove);
    case "file":
      if (mode & GROUP_AND_OTHERS) return open(paths, paths.lock, mode);
      if (holder === undefined) return ok(`nobody holds ${where}`);
      return ok(`${holder === "unseen" ? "somebody" : named(holder)} holds ${where}`);
  }
}

/** Whether it is what it should be, and leads to a hub. */
export function socket(
  { paths, hub, lock, socket: { state, mode } }: DoctorFacts,
): Judgement {
  const where = printable(paths.socket);
  const serve = hubCommand("serve", paths);
  if (typeof state === "object") {
    return problem(state.reason, state.hint ?? removal(paths.socket));
  }
  if (state === "absent") {
    if (lock.holder === undefined) return ok(`${where} is not there: a hub makes it`);
    return problem(
      `${where} is gone, though somebody holds the lock`,
      `end that one: ${hubCommand("stop --force", paths)}; then start a hub: ${serve}`,
    );
  }
  if (hub.kind === "none") {
    return problem(
      `${where} is stale: nobody listens there, its hub was killed`,
      `start a hub, which replaces it: ${serve}; or remove it: rm ${shellWord(paths.socket)}`,
    );
  }
  if (mode & GROUP_AND_OTHERS) return open(paths, paths.socket, mode);
  return ok(`${where} is yours, and closed to others`);
}

/** Whether the log of a hub that is started by need can be written. */
export function log({ log: { path, directory, file, refusal } }: DoctorFacts): Judgement {
  const where = printable(path);
  const { state, trial } = directory;
  if (typeof state === "object") {
    return problem(state.reason, state.hint ?? "choose another directory with XDG_STATE_HOME");
  }
  if (file === "not ours") return problem(`${where} is no file of yours`, removal(path));
  if (refusal) return refused(path, refusal.code, refusal.reason);
  const judgement = trial && room(trial, LOG_FILES * LOG_FILE_BYTES);
  return judgement && judgement.verdict !== "ok" ? judgement : ok(`${where} can be written`);
}

function room({ directory, refusal, free }: Trial, little: number): Judgement {
  if (refusal) return refused(directory, refusal.code, refusal.reason);
  const where = printable(directory);
  const remedy = (option: string) => `make room: df ${option} ${shellWord(directory)}`;
  if (free === undefined) return ok(`files can be written in ${where}`);
  const left = `${bytes(free.bytes)} are free in ${where}`;
  if (free.bytes < little) return warning(`only ${left}`, remedy("-h"));
  if (free.files >= FEW_FILES) return ok(left);
  return warning(
    `there is room for only ${counted(free.files, "more file")} in ${where}`,
    remedy("-i"),
  );
}

function refused(path: string, code: string | undefined, reason: string): Judgement {
  const finding = `nothing can be written to ${printable(path)}: ${reason}`;
  const where = shellWord(path);
  switch (code) {
    case "ENOSPC":
      return problem(finding, `make room: df -h ${where}; df -i ${where}`);
    case "EDQUOT":
      return problem(finding, "make room, your share of the disk is used up: quota -s");
    case "EROFS":
      return problem(finding, `let the file system be written to, see: findmnt -T ${where}`);
    default:
      return problem(finding, `see its owner and mode: ls -ld ${where}`);
  }
}

/** Of a file that others could use: in a directory that keeps them out it does no harm yet. */
function open({ ownDirectory }: HubPaths, path: string, mode: number): Judgement {
  const bits = mode.toString(8).padStart(4, "0");
  const judgement = ownDirectory ? warning : problem;
  return judgement(
    `${printable(path)} is open to others (mode ${bits})`,
    `close it: chmod 600 ${shellWord(path)}`,
  );
}

/** What to do where a directory is no place for a hub. */
function elsewhere({ ownDirectory }: HubPaths): string {
  return ownDirectory
    ? "choose a local directory of yours with XDG_RUNTIME_DIR, or give a path with --socket"
    : "give a path in a local directory of yours with --socket";
}

function removal(path: string): string {
  return `see what it is, and remove it: ls -ld ${shellWord(path)}`;
}
