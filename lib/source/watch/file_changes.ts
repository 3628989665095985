/**
 * Finding out which files have changed, by looking at them.
 *
 * @module
 */

import { systemReason } from "../../platform/system_reason.ts";
import { lstatOf, statOf } from "../file_identity.ts";
import { isPipe } from "./pipes.ts";
import { type FileMark, isSame, joined, type KnownFiles, markOf } from "./known_files.ts";

/** What has become of a file. */
export interface FileChange {
  readonly change: "created" | "modified" | "removed" | "renamed";
  readonly path: string;
  /** Where it was, if it was renamed. */
  readonly from?: string;
  /** In bytes; of one that was removed nothing. */
  readonly size?: number;
}

/** What a {@linkcode FileLook} needs. */
export interface FileLookOptions {
  /** What was known; from then on what was found. */
  readonly known: KnownFiles;
  /** The paths from which everything is looked at; at these links are followed. */
  readonly roots: readonly string[];
  /** Whether the folders below them are looked at, too. */
  readonly recursive: boolean;
  /** Whether something happens at a path, so that it will be looked at when that is over. */
  readonly isRestless: (path: string) => boolean;
  /** Is told what cannot be looked at. */
  readonly onUnreadable: (path: string, reason: string) => void;
  /** Ends the looking early. */
  readonly signal: AbortSignal;
}

/** Files that are asked for at once. */
const TOGETHER = 64;

interface Found {
  readonly path: string;
  readonly before: FileMark | undefined;
  readonly after: FileMark | undefined;
}

/** Looks at files, and gathers how they differ from what was known. */
export class FileLook {
  readonly #options: FileLookOptions;
  readonly #found: Found[] = [];
  readonly #differing: string[] = [];
  #unknown = 0;
  #metFolder = false;
  #pipe: string | undefined;

  constructor(options: FileLookOptions) {
    this.#options = options;
  }

  /** How many new files were found of which nothing can be known, for there are too many. */
  get unknown(): number {
    return this.#unknown;
  }

  /** Whether something that was to be looked at was a folder, so that it is new or has moved. */
  get metFolder(): boolean {
    return this.#metFolder;
  }

  /** The path of a pipe, or of a link to one, where one was met. */
  get pipe(): string | undefined {
    return this.#pipe;
  }

  /** The paths at which {@linkcode compare} found something else than what was known. */
  get differing(): readonly string[] {
    return this.#differing;
  }

  /** Looks at what is at a path, and if that is a folder, or was one, at what is in it. */
  async at(path: string): Promise<void> {
    const isRoot = this.#options.roots.includes(path);
    const info = await this.#readable(path, isRoot ? statOf(path) : lstatOf(path));
    if (info === null) return;
    if (info && await isPipe(path, info)) this.#pipe ??= path;
    if (!info?.isDirectory) {
      for (const inner of this.#options.known.below(path)) this.#note(inner, undefined);
      return this.#note(path, info && markOf(info));
    }
    this.#note(path, undefined);
    this.#metFolder = true;
    if (!isRoot && !this.#options.recursive) return;
    await this.#lookInto(path, (path, mark) => this.#note(path, mark));
  }

  /** Finds out below a folder where something is to be looked at. */
  async compare(folder: string): Promise<void> {
    const { known } = this.#options;
    await this.#lookInto(folder, (path) => {
      if (known.size < known.most || known.at(path)) this.#differing.push(path);
      else this.#unknown++;
    });
  }

  /**
   * What has changed. A file that was known at one path and is now at another, where there was none,
   * was renamed; one that took the place of another has modified that.
   */
  get changes(): FileChange[] {
    const left = new Map<string, string>();
    for (const { path, before, after } of this.#found) {
      if (before && !after) left.set(before.identity, path);
    }
    const moved = new Map<string, string>();
    for (const { path, before, after } of this.#found) {
      if (before || !after) continue;
      const from = left.get(after.identity);
      if (from === undefined || from === path) continue;
      left.delete(after.identity);
      moved.set(path, from);
    }
    const gone = new Set(moved.values());
    return this.#found.flatMap(({ path, before, after }): FileChange[] => {
      if (!after) return gone.has(path) ? [] : [{ change: "removed", path }];
      const { size } = after;
      if (before) return [{ change: "modified", path, size }];
      const from = moved.get(path);
      return from === undefined
        ? [{ change: "created", path, size }]
        : [{ change: "renamed", path, from, size }];
    });
  }

  /** Looks into a folder, and tells what differs and is at rest. */
  async #lookInto(
    top: string,
    tell: (path: string, after: FileMark | undefined) => void,
  ): Promise<void> {
    const { known, recursive, signal, isRestless } = this.#options;
    const judge = (path: string, after?: FileMark) => {
      if (this.#differs(path, after) && !isRestless(path)) tell(path, after);
    };
    const open = [top];
    for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
      const entries = await this.#readable(folder, entriesOf(folder));
      if (signal.aborted) return;
      if (entries === null) continue;
      const files = new Set<string>();
      const folders = new Set<string>();
      for (const { name, isDirectory } of entries) (isDirectory ? folders : files).add(name);
      for (const name of await this.#lookAtFiles(folder, [...files], judge)) files.delete(name);
      const before = known.in(folder);
      for (const name of before.files) {
        if (!files.has(name)) judge(joined(folder, name));
      }
      for (const name of before.folders) {
        if (folders.has(name)) continue;
        known.below(joined(folder, name)).forEach((path) => judge(path));
      }
      if (recursive) { for (const name of folders) open.push(joined(folder, name)); }
    }
  }

  /** Returns the names of those that are not there any more. */
  async #lookAtFiles(
    folder: string,
    names: readonly string[],
    judge: (path: string, after: FileMark) => void,
  ): Promise<string[]> {
    const gone: string[] = [];
    for (let at = 0; at < names.length && !this.#options.signal.aborted; at += TOGETHER) {
      await Promise.all(
        names.slice(at, at + TOGETHER).map(async (name) => {
          const path = joined(folder, name);
          const info = await this.#readable(path, lstatOf(path));
          if (info && await isPipe(path, info)) this.#pipe ??= path;
          if (info && !info.isDirectory) judge(path, markOf(info));
          else if (info !== null) gone.push(name);
        }),
      );
    }
    return gone;
  }

  #differs(path: string, after: FileMark | undefined): boolean {
    const before = this.#options.known.at(path);
    return before && after ? !isSame(before, after) : before !== after;
  }

  #note(path: string, after: FileMark | undefined): void {
    if (!this.#differs(path, after)) return;
    const { known } = this.#options;
    const before = known.at(path);
    if (!after) known.remove(path);
    else if (!known.set(path, after)) {
      this.#unknown++;
      return;
    }
    this.#found.push({ path, before, after });
  }

  /** What was asked for; `null` where the system does not say. */
  async #readable<T>(path: string, asked: Promise<T>): Promise<T | null> {
    try {
      return await asked;
    } catch (error) {
      this.#options.onUnreadable(path, systemReason(error));
      return null;
    }
  }
}

/** What is in a folder; nothing where that is not there. */
async function entriesOf(folder: string): Promise<Deno.DirEntry[]> {
  try {
    return await Array.fromAsync(Deno.readDir(folder));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return [];
    }
    throw error;
  }
}
