/**
 * Where a hub's files lie on this system.
 *
 * @module
 */

import { basename } from "@std/path/posix/basename";
import { dirname } from "@std/path/posix/dirname";
import { resolve } from "@std/path/posix/resolve";
import { homedir } from "node:os";
import { BusError } from "../protocol/errors.ts";
import { printable } from "./printable.ts";

/** How the sockets of hubs that go by a name end. */
const EXTENSION = ".sock";

/** Which hub is meant. At most one of the two is given; with neither it is the default hub. */
export interface HubChoice {
  /** The path of its socket. */
  socket?: string | undefined;
  /** Its name: a plain file name. */
  name?: string | undefined;
  /** The catalogue that it is to run by where it is started by need; the one beside its name if absent. */
  config?: string | undefined;
}

/** Where the files of one hub lie. */
export interface HubPaths {
  /** The path of its socket. */
  readonly socket: string;
  /** The path of the file whose lock a hub holds for its life. */
  readonly lock: string;
  /** The directory of both. */
  readonly directory: string;
  /** Whether that is the runtime directory of bus, private to the user, or one that was given. */
  readonly ownDirectory: boolean;
  /** The path of the hub's log file, from the root on: of a hub that does not log to a terminal. */
  readonly log: string;
  /** The hub's name; none where the socket's path was given. */
  readonly name?: string;
  /** Where its catalogue may lie; none where the socket's path was given, or the user has no home. */
  readonly catalogue?: string;
  /** The catalogue that was given, from the root on: a hub that is started by need runs by it. */
  readonly config?: string;
}

/** The path of a hub's socket is longer than the system takes. */
export class SocketPathTooLongError extends BusError {
  /** The name of this class. */
  override readonly name = "SocketPathTooLongError";

  /**
   * Makes one.
   *
   * @param paths where the hub's files would lie
   * @param length the bytes that the path has
   * @param limit the bytes that the system takes
   */
  constructor(readonly paths: HubPaths, length: number, limit: number) {
    super(
      "usage",
      `the socket's path has ${length} bytes, the system takes ${limit}: ${
        printable(paths.socket)
      }`,
      "give a shorter one with --socket",
    );
  }
}

/** What {@linkcode hubPaths} must know of the system. */
export interface PathSystem {
  /** The user's number. */
  uid: number;
  /** As `Deno.build.os`. */
  os: string;
  /** The user's home directory; empty where there is none. */
  home(): string;
  /** The directory that relative paths are meant from. */
  cwd(): string;
  /** Whether there is a directory of that path that belongs to the user. */
  isOurDirectory(path: string): boolean;
  /** Whether there is a socket of that path. */
  isSocket(path: string): boolean;
}

/** The name of the hub that is meant where nothing is said. */
export const DEFAULT_NAME = "default";

const encoder = new TextEncoder();

/**
 * Finds where the files of a hub lie; makes and checks nothing.
 *
 * The socket is the path that was given, else `$BUS_SOCKET`, else `<runtime directory>/<name>.sock`
 * with the name that was given, else `$BUS_NAME`, else `default`. An empty variable is none. The path
 * of a hub that goes by a name means that hub.
 *
 * @throws {SocketPathTooLongError} the system does not take a path of that length
 * @throws {BusError} `usage`: a path that cannot be a socket's, a name that is no file name, or
 * both a path and a name
 */
export function hubPaths(
  choice: HubChoice,
  env: Pick<Deno.Env, "get"> = Deno.env,
  system: PathSystem = thisSystem(),
): HubPaths {
  const paths = chosenPaths(choice, env, system);
  return choice.config === undefined
    ? paths
    : { ...paths, config: resolve(system.cwd(), choice.config) };
}

function chosenPaths(
  choice: HubChoice,
  env: Pick<Deno.Env, "get">,
  system: PathSystem,
): HubPaths {
  const socket = choice.socket ?? (env.get("BUS_SOCKET") || undefined);
  if (socket === undefined) {
    const name = choice.name ?? (env.get("BUS_NAME") || DEFAULT_NAME);
    return namedPaths(name, env, system);
  }
  if (choice.name !== undefined) {
    // Neither may win in silence: the one that loses would be an option that does nothing.
    const given = choice.socket === undefined ? "$BUS_SOCKET" : "--socket";
    throw new BusError("usage", `--name and ${given} both say which hub`, "leave one of them out");
  }
  return givenPaths(socket, env, system);
}

/** The name of a hub whose socket it is; else two hubs, with two locks, could want that one path. */
function nameOf(
  socket: string,
  env: Pick<Deno.Env, "get">,
  system: PathSystem,
): string | undefined {
  const path = absolute(socket, system);
  if (dirname(path) !== resolve(runtimeDirectory(env, system))) return undefined;
  const file = basename(path);
  const isNamed = file.endsWith(EXTENSION) && file !== EXTENSION;
  return isNamed ? file.slice(0, -EXTENSION.length) : undefined;
}

/** Where a path leads from the working directory. */
function absolute(path: string, system: PathSystem): string {
  return path.startsWith("/") ? resolve(path) : resolve(system.cwd(), path);
}

/**
 * The directory where hubs that go by a name lie: `bus` in the runtime directory of the user, `bus-hub`
 * where the socket of D-Bus has that name; where there is no such directory `/tmp/bus-<uid>`.
 */
export function runtimeDirectory(
  env: Pick<Deno.Env, "get"> = Deno.env,
  system: PathSystem = thisSystem(),
): string {
  const parent = userDirectory(env, system);
  if (parent === undefined) return `/tmp/bus-${system.uid}`;
  const directory = `${parent}/bus`;
  // On a desktop D-Bus listens there for the session, and was there first.
  return system.isSocket(directory) ? `${parent}/bus-hub` : directory;
}

/** `$XDG_RUNTIME_DIR`, where that is unset `/run/user/<uid>` if it is there and ours, else nothing. */
function userDirectory(env: Pick<Deno.Env, "get">, system: PathSystem): string | undefined {
  const base = env.get("XDG_RUNTIME_DIR");
  // By the XDG specification a relative path there is to be ignored.
  if (base?.startsWith("/")) return base.replace(/\/+$/, "");
  const parent = `/run/user/${system.uid}`;
  return system.isOurDirectory(parent) ? parent : undefined;
}

/**
 * The directory of the logs: `$XDG_STATE_HOME/bus`, else `~/.local/state/bus`. Who has no home has
 * them in the runtime directory.
 */
export function stateDirectory(
  env: Pick<Deno.Env, "get"> = Deno.env,
  system: PathSystem = thisSystem(),
): string {
  const base = baseDirectory("XDG_STATE_HOME", env, system.home);
  return base === undefined ? runtimeDirectory(env, system) : `${base}/bus`;
}

/** The directory of the catalogues: `$XDG_CONFIG_HOME/bus`, else `~/.config/bus`; none without a home. */
function configDirectory(env: Pick<Deno.Env, "get">, system: PathSystem): string | undefined {
  const base = baseDirectory("XDG_CONFIG_HOME", env, system.home);
  return base === undefined ? undefined : `${base}/bus`;
}

/** The user's home directory; empty where there is none, which runtimes say in more ways than one. */
export function homeDirectory(): string {
  try {
    return (homedir() as string | null) ?? "";
  } catch {
    return "";
  }
}

/** Where the user's files of a kind lie below their home, if no variable says it. */
const BELOW_HOME = { XDG_STATE_HOME: ".local/state", XDG_CONFIG_HOME: ".config" } as const;

/**
 * A directory of the user's, as the XDG specification has it: a relative path in the variable is to be
 * ignored.
 *
 * @returns nothing where there is no home
 */
export function baseDirectory(
  variable: keyof typeof BELOW_HOME,
  env: Pick<Deno.Env, "get">,
  home: () => string,
): string | undefined {
  const base = env.get(variable);
  if (base?.startsWith("/")) return base.replace(/\/+$/, "");
  const directory = home();
  if (!directory.startsWith("/")) return undefined;
  return `${directory.replace(/\/+$/, "")}/${BELOW_HOME[variable]}`;
}

function namedPaths(name: string, env: Pick<Deno.Env, "get">, system: PathSystem): HubPaths {
  if (name === "" || name === "." || name === ".." || /[/\0]/.test(name)) {
    throw new BusError("usage", `a hub's name is a plain file name, not "${printable(name)}"`);
  }
  const directory = runtimeDirectory(env, system);
  const socket = `${directory}/${name}${EXTENSION}`;
  const lock = `${directory}/${name}.lock`;
  const log = `${stateDirectory(env, system)}/${name}.log`;
  const config = configDirectory(env, system);
  const catalogue = config === undefined ? {} : { catalogue: `${config}/${name}.json` };
  return ofLength({ socket, lock, directory, ownDirectory: true, log, name, ...catalogue }, system);
}

function givenPaths(socket: string, env: Pick<Deno.Env, "get">, system: PathSystem): HubPaths {
  if (socket === "") throw new BusError("usage", "the socket's path is empty");
  if (socket.includes("\0")) {
    // An abstract socket has no owner and no mode: anybody could take its name.
    throw new BusError("usage", "a socket's path has no NUL; abstract sockets are not used");
  }
  if (/(^|\/)\.{0,2}$/.test(socket)) {
    throw new BusError("usage", `${printable(socket)} is a directory's path, not a socket's`);
  }
  const name = nameOf(socket, env, system);
  if (name !== undefined) return namedPaths(name, env, system);
  return ofLength({
    socket,
    lock: `${socket}.lock`,
    directory: dirname(socket),
    ownDirectory: false,
    log: `${stateDirectory(env, system)}/${givenLogName(socket, system)}`,
  }, system);
}

/** Sockets of one name in several directories have logs of their own. */
function givenLogName(socket: string, system: PathSystem): string {
  const path = absolute(socket, system);
  return `${basename(path)}-${pathHash(path)}.log`;
}

/** FNV-1a, 32 bits, in 8 hex digits: to tell paths apart, against nobody. */
export function pathHash(text: string): string {
  let sum = 0x811c9dc5;
  for (const byte of encoder.encode(text)) sum = Math.imul(sum ^ byte, 0x01000193) >>> 0;
  return sum.toString(16).padStart(8, "0");
}

/** Bytes that the path of a socket has at most on a system, named as `Deno.build.os` does. */
export function socketPathLimit(os: string): number {
  return os === "darwin" ? 103 : 107;
}

function ofLength(paths: HubPaths, { os }: PathSystem): HubPaths {
  const length = encoder.encode(paths.socket).length;
  const limit = socketPathLimit(os);
  if (length > limit) throw new SocketPathTooLongError(paths, length, limit);
  return paths;
}

function thisSystem(): PathSystem {
  const uid = Deno.uid() ?? 0;
  return {
    uid,
    os: Deno.build.os,
    home: homeDirectory,
    cwd: Deno.cwd,
    isOurDirectory(path) {
      try {
        const info = Deno.lstatSync(path);
        return info.isDirectory && info.uid === uid;
      } catch {
        return false;
      }
    },
    isSocket(path) {
      try {
        return Deno.lstatSync(path).isSocket === true;
      } catch {
        return false;
      }
    },
  };
}
