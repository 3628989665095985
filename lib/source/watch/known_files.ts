/**
 * What is known of the files below some folders.
 *
 * @module
 */

import { identityOf } from "../file_identity.ts";

/** What is known of a file. */
export interface FileMark {
  readonly identity: string;
  /** In bytes. */
  readonly size: number;
  /** When its contents were changed last, in unix milliseconds. */
  readonly changedAt: number;
}

interface Folder {
  readonly files: Map<string, FileMark>;
  readonly folders: Map<string, Folder>;
}

/** Makes the mark of a file. */
export function markOf(info: Deno.FileInfo): FileMark {
  return {
    identity: identityOf(info),
    size: info.size,
    changedAt: info.mtime?.getTime() ?? 0,
  };
}

/** Whether nothing has changed between two marks. */
export function isSame(one: FileMark, other: FileMark): boolean {
  return one.size === other.size && one.changedAt === other.changedAt &&
    one.identity === other.identity;
}

/** Files by their paths, which begin at the root. */
export class KnownFiles {
  #root = newFolder();
  #size = 0;

  /** @param most how many it holds */
  constructor(readonly most: number) {}

  /** How many there are. */
  get size(): number {
    return this.#size;
  }

  /** What is known of the file at a path. */
  at(path: string): FileMark | undefined {
    const [names, name] = split(path);
    return this.#folder(names)?.files.get(name);
  }

  /** Notes a file; returns false where there are too many already. */
  set(path: string, mark: FileMark): boolean {
    const isNew = !this.at(path);
    if (isNew && this.#size >= this.most) return false;
    const [names, name] = split(path);
    let folder = this.#root;
    for (const name of names) {
      const next = folder.folders.get(name) ?? newFolder();
      folder.folders.set(name, next);
      folder = next;
    }
    folder.files.set(name, mark);
    if (isNew) this.#size++;
    return true;
  }

  /** Forgets the file at a path, and the folders in which there is no other. */
  remove(path: string): void {
    const [names, name] = split(path);
    const way = [this.#root];
    for (const name of names) {
      const next = way.at(-1)?.folders.get(name);
      if (!next) return;
      way.push(next);
    }
    if (way.at(-1)?.files.delete(name)) this.#size--;
    for (let depth = way.length - 1; depth > 0; depth--) {
      const folder = way[depth];
      if (!folder || folder.files.size > 0 || folder.folders.size > 0) return;
      way[depth - 1]?.folders.delete(names[depth - 1] ?? "");
    }
  }

  /** The names of the files that are right in a folder, and of the folders in it that have some. */
  in(path: string): { files: string[]; folders: string[] } {
    const folder = this.#folder(namesOf(path));
    return {
      files: [...folder?.files.keys() ?? []],
      folders: [...folder?.folders.keys() ?? []],
    };
  }

  /** The paths of all files below a folder. */
  below(path: string): string[] {
    const paths: string[] = [];
    const folders: [string, Folder | undefined][] = [[path, this.#folder(namesOf(path))]];
    for (let next = folders.pop(); next; next = folders.pop()) {
      const [path, folder] = next;
      for (const name of folder?.files.keys() ?? []) paths.push(joined(path, name));
      for (const [name, inner] of folder?.folders ?? []) folders.push([joined(path, name), inner]);
    }
    return paths;
  }

  #folder(names: readonly string[]): Folder | undefined {
    let folder: Folder | undefined = this.#root;
    for (const name of names) folder = folder?.folders.get(name);
    return folder;
  }
}

/** The path of what has a name in a folder. */
export function joined(folder: string, name: string): string {
  return folder === "/" ? `/${name}` : `${folder}/${name}`;
}

function newFolder(): Folder {
  return { files: new Map(), folders: new Map() };
}

function namesOf(path: string): string[] {
  return path.split("/").filter((name) => name !== "");
}

function split(path: string): [folders: string[], name: string] {
  const names = namesOf(path);
  return [names, names.pop() ?? ""];
}
