/**
 * Files that others make, change, move and remove.
 *
 * @module
 */

import { counted } from "../platform/counted.ts";
import { basename } from "@std/path/posix/basename";
import { dirname } from "@std/path/posix/dirname";
import { resolve } from "@std/path/posix/resolve";
import { SYSTEM_CLOCKS, type SystemClocks } from "../platform/clocks.ts";
import { printable } from "../platform/printable.ts";
import { systemReason } from "../platform/system_reason.ts";
import { parseDuration } from "../platform/units.ts";
import { BusError } from "../protocol/errors.ts";
import { type FileChange, FileLook } from "./watch/file_changes.ts";
import { FileEvents } from "./watch/file_events.ts";
import { identityOf, statOf } from "./file_identity.ts";
import { joined, KnownFiles } from "./watch/known_files.ts";
import { DEAF_LOOK_MS, LookTimes } from "./watch/look_times.ts";
import { pipeIn } from "./watch/pipes.ts";
import type { CommonSettings } from "./settings.ts";
import { Sleeper } from "./sleeper.ts";
import type { Finding, Run, Source, SourceContext } from "./source.ts";
import { TouchedPaths } from "./watch/touched_paths.ts";

/**
 * Settings of a `watch`. Templates may ask for `{path}`, `{name}`, the last part of the path, and
 * `{change}`: `created`, `modified`, `removed` or `renamed`.
 */
export interface WatchSettings extends CommonSettings {
  /** Always `watch`. */
  readonly kind: "watch";
  /** Files and folders. */
  readonly paths: readonly string[];
  /** Whether the folders in the folders are watched, too; they are if absent. */
  readonly recursive?: boolean;
  /** How long nothing is to happen to a file before its change is told; 100ms if absent. */
  readonly debounce?: string;
}

const DEBOUNCE = "100ms";

/** How much is held. */
export interface WatchLimits {
  /** Files of which it is known how they were; of others no change is told. */
  readonly files: number;
  /** Paths that may change at once; if more do, everything is looked at. */
  readonly touched: number;
}

/** About 50 MB. */
const LIMITS: WatchLimits = { files: 200_000, touched: 50_000 };

/** Findings that are delivered together. */
const TOGETHER = 256;

/** Milliseconds after which it is looked for what came into a new folder before that was listened to. */
const NEW_FOLDER_MS = 1_000;

/** Milliseconds by which it waits longer, so that what is due soon after one another is told together. */
const TOGETHER_MS = 5;

/** Characters of the longest path that is said. */
const LONGEST_SAID = 300;

/**
 * Opens files and folders as a source. What has changed is found out by looking at what the system has
 * spoken of, for it may keep things to itself. The next run tells what has changed since the last one.
 *
 * @throws {BusError} `bad_input`: a setting is wrong
 */
export function openWatch(
  settings: WatchSettings,
  context: SourceContext,
  clocks: SystemClocks = SYSTEM_CLOCKS,
  limits: WatchLimits = LIMITS,
): Source {
  return new WatchSource(settings, context, clocks, limits);
}

/** A folder that is listened to, and which one it is. */
type Folders = Map<string, string>;

class WatchSource implements Source {
  readonly #paths: readonly string[];
  readonly #recursive: boolean;
  readonly #debounce: number;
  readonly #known: KnownFiles;
  readonly #touched: TouchedPaths;
  readonly #sleeper: Sleeper;
  readonly #times: LookTimes;
  #hasLooked = false;

  constructor(
    settings: WatchSettings,
    private readonly context: SourceContext,
    private readonly clocks: SystemClocks,
    private readonly limits: WatchLimits,
  ) {
    const debounce = parseDuration(settings.debounce ?? DEBOUNCE);
    if (debounce === undefined) throw new BusError("bad_input", "debounce is no time");
    this.#debounce = debounce;
    this.#paths = [...new Set(settings.paths.map((path) => resolve(path)))];
    this.#recursive = settings.recursive ?? true;
    this.#known = new KnownFiles(limits.files);
    this.#touched = new TouchedPaths(clocks, debounce, limits.touched);
    this.#sleeper = new Sleeper(clocks);
    this.#times = new LookTimes(clocks);
  }

  async *run(signal: AbortSignal): Run {
    this.#touched.clear();
    const isFirst = !this.#hasLooked;
    const { folders, missing } = await this.#find();
    const events = missing === undefined ? await this.#listen(folders, signal) : undefined;
    try {
      const look = this.#newLook(signal);
      await this.#lookAtAll(look, folders);
      if (signal.aborted) return;
      this.#hasLooked = true;
      if (missing === undefined) yield { state: "connected", detail: this.#counted() };
      // How it is at the very start is no change.
      const changes = this.#changesOf(look);
      if (!isFirst) yield* this.#tell(changes);
      if (missing !== undefined) throw new BusError("failed", `${said(missing)} is not there`);
      while (await this.#isDue(signal)) {
        yield* this.#tell(await this.#look(folders, signal));
        await this.#assertThere(folders);
      }
    } finally {
      await events?.close();
    }
  }

  /** The folders that must be listened to, and the first path at which there is nothing. */
  async #find(): Promise<{ folders: Folders; missing?: string }> {
    const folders: Folders = new Map();
    for (const path of this.#paths) {
      const info = await this.#statOf(path);
      if (!info) return { folders, missing: path };
      // A file is replaced by another one, which a listener to the file would not hear of.
      const folder = info.isDirectory ? path : dirname(path);
      const itself = info.isDirectory ? info : await this.#statOf(folder);
      if (!itself) return { folders, missing: path };
      folders.set(folder, identityOf(itself));
    }
    return { folders };
  }

  #listen(folders: Folders, signal: AbortSignal): Promise<FileEvents> {
    const isDeep = (folder: string) => this.#recursive && this.#paths.includes(folder);
    const deep = [...folders.keys()].filter(isDeep);
    const flat = [...folders.keys()].filter((folder) => {
      return !deep.some((other) => folder === other || folder.startsWith(joined(other, "")));
    });
    this.#times.listenAnew();
    const listener = {
      onPaths: (paths: readonly string[]) => {
        this.#times.hear();
        const covered = paths.filter((path) => this.#covers(path));
        if (covered.length > 0) this.#touch(covered);
        else if (paths.some((path) => folders.has(path))) this.#lapse();
      },
      onLapse: (reason?: string) => {
        if (reason !== undefined) this.context.log("watch", `not all was heard: ${reason}`);
        this.#lapse();
      },
    };
    return FileEvents.open({ deep, flat }, { listener, clocks: this.clocks, signal });
  }

  #covers(path: string): boolean {
    return this.#paths.some((root) => {
      if (path === root) return true;
      const start = joined(root, "");
      return path.startsWith(start) && (this.#recursive || !path.includes("/", start.length));
    });
  }

  #touch(paths: readonly string[]): void {
    if (this.#touched.size === 0) this.#sleeper.wake();
    if (!this.#touched.touch(paths)) this.#lapse();
  }

  /** Somewhere something may have happened, which is looked for after so many milliseconds. */
  #lapse(milliseconds = this.#debounce): void {
    this.#times.lapse(milliseconds);
    this.#sleeper.wake();
  }

  /** Resolves when there is something to look at, or with false when the signal fires. */
  async #isDue(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      const wait = Math.min(this.#touched.due, this.#times.due) - this.clocks.monotonic();
      if (wait <= 0) return true;
      await this.#sleeper.sleep(wait + TOGETHER_MS, signal);
    }
    return false;
  }

  async #look(folders: Folders, signal: AbortSignal): Promise<FileChange[]> {
    const isAll = this.clocks.monotonic() >= this.#times.due;
    const look = this.#newLook(signal);
    const due = this.#touched.take();
    for (const path of due) await look.at(path);
    if (look.metFolder) this.#lapse(NEW_FOLDER_MS);
    if (isAll) await this.#lookAtAll(look, folders);
    return this.#changesOf(look);
  }

  /** Looks at everything. Where something has changed it is to come to rest, unless that is too much. */
  async #lookAtAll(look: FileLook, folders: Folders): Promise<void> {
    const began = this.#times.begin();
    for (const path of this.#paths) {
      const info = await this.#statOf(path);
      if (info?.isDirectory && this.#hasLooked) await look.compare(path);
      else await look.at(path);
    }
    if (this.#touched.size + look.differing.length <= this.limits.touched) {
      this.#touched.touch(look.differing);
    } else for (const path of look.differing) await look.at(path);
    const pipe = look.pipe ?? await this.#pipeBeside(folders);
    if (!this.#times.end(began, pipe !== undefined) || pipe === undefined) return;
    const text = `${said(pipe)} is a pipe, and a system that meets one stops to tell of changes`;
    this.context.log("pipe", `${text}: everything is looked at every ${DEAF_LOOK_MS / 1000} s`);
  }

  /** One in a folder that is only listened to for a file in it. */
  async #pipeBeside(folders: Folders): Promise<string | undefined> {
    for (const folder of folders.keys()) {
      const pipe = this.#covers(folder) ? undefined : await pipeIn(folder);
      if (pipe !== undefined) return pipe;
    }
  }

  #newLook(signal: AbortSignal): FileLook {
    return new FileLook({
      known: this.#known,
      roots: this.#paths,
      recursive: this.#recursive,
      // At the very start all is as it is found.
      isRestless: (path) => this.#hasLooked && this.#touched.has(path),
      onUnreadable: (path, reason) => {
        this.context.log("unreadable", `${said(path)} cannot be read: ${reason}`);
      },
      signal,
    });
  }

  #changesOf(look: FileLook): FileChange[] {
    if (look.unknown > 0) {
      const text = `no more than ${this.#known.most} files are watched`;
      this.context.log("lost", `${text}: nothing is told of ${look.unknown} others`);
    }
    return look.changes;
  }

  async *#tell(changes: readonly FileChange[]): Run {
    for (let at = 0; at < changes.length; at += TOGETHER) {
      yield { findings: changes.slice(at, at + TOGETHER).map(findingOf) };
    }
  }

  /** @throws {BusError} `failed`: a folder that is listened to is gone, or is another one */
  async #assertThere(folders: Folders): Promise<void> {
    for (const [folder, identity] of folders) {
      const info = await this.#statOf(folder);
      if (info && identityOf(info) === identity) continue;
      const what = info ? "was replaced by another" : "is not there any more";
      throw new BusError("failed", `${said(folder)} ${what}`);
    }
  }

  async #statOf(path: string): Promise<Deno.FileInfo | undefined> {
    try {
      return await statOf(path);
    } catch (error) {
      throw new BusError("failed", `${said(path)} cannot be watched: ${systemReason(error)}`);
    }
  }

  #counted(): string {
    return counted(this.#known.size, "file");
  }
}

function findingOf({ change, path, from, size }: FileChange): Finding {
  return {
    type: `file.${change}`,
    payload: JSON.stringify({ path, from, size }),
    values: {
      path: () => path,
      name: () => basename(path),
      change: () => change,
    },
  };
}

function said(path: string): string {
  return printable(path, LONGEST_SAID);
}
