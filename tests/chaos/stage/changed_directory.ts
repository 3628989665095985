/**
 * A runtime directory in which somebody moves, removes and replaces what a hub has put there.
 *
 * @module
 */

import type { Random } from "../../campaign/random.ts";
import { isRoot, USER } from "../../e2e/users.ts";

/** What tells a file from another one, and shows that nobody has touched it. */
export interface Traits {
  readonly dev: number;
  readonly ino: number | null;
  readonly size: number;
  readonly mtime: Date | null;
  readonly mode: number | null;
}

/** The traits of what lies at a path, itself and not what it links to; nothing where nothing does. */
export function traits(path: string): Traits | undefined {
  try {
    const { dev, ino, size, mtime, mode } = Deno.lstatSync(path);
    return { dev, ino, size, mtime, mode };
  } catch {
    return undefined;
  }
}

/** A change: what it is, whether it can be made now, and how it is made. */
interface Change {
  readonly name: string;
  isPossible(): boolean;
  make(): void;
}

/** The directory of one hub, which was started there. */
export class ChangedDirectory implements Disposable {
  readonly socket: string;
  readonly lock: string;
  readonly #own: { readonly socket: Traits | undefined; readonly lock: Traits | undefined };
  readonly #listeners: Deno.Listener[] = [];
  /** Where the hub's socket has been moved to, if it has. */
  #aside: string | undefined;
  #isReadOnly = false;
  #number = 0;

  /** @param path the directory, in one of the test's; the hub listens on its `x.sock` */
  constructor(readonly path: string, private readonly random: Random) {
    this.socket = `${path}/x.sock`;
    this.lock = `${this.socket}.lock`;
    this.#own = { socket: traits(this.socket), lock: traits(this.lock) };
  }

  get isReadOnly(): boolean {
    return this.#isReadOnly;
  }

  /** Whether the socket that the hub has bound lies at its path. */
  get hasSocket(): boolean {
    return isSame(traits(this.socket), this.#own.socket);
  }

  /** Whether the lock that the hub holds lies at its path. */
  get hasLock(): boolean {
    return isSame(traits(this.lock), this.#own.lock);
  }

  /** A path by which the hub can still be reached. */
  get way(): string | undefined {
    return this.hasSocket ? this.socket : this.#aside;
  }

  /** Changes something; says what. */
  change(): string {
    const possible = this.#changes.filter((change) => change.isPossible());
    const { name, make } = this.random.pick(possible);
    make();
    return name;
  }

  /** Makes the directory such that it can be removed, and listens no more in another's place. */
  [Symbol.dispose](): void {
    for (const listener of this.#listeners) listener.close();
    if (this.#isReadOnly) Deno.chmodSync(this.path, 0o700);
  }

  readonly #changes: readonly Change[] = [
    {
      name: "socket removed",
      isPossible: () => !this.#isReadOnly && traits(this.socket) !== undefined,
      make: () => Deno.removeSync(this.socket, { recursive: true }),
    },
    {
      name: "socket moved away",
      isPossible: () => !this.#isReadOnly && this.hasSocket,
      make: () => {
        this.#aside = `${this.path}/aside`;
        Deno.renameSync(this.socket, this.#aside);
      },
    },
    {
      name: "socket put back",
      isPossible: () => !this.#isReadOnly && this.#aside !== undefined && !traits(this.socket),
      make: () => {
        Deno.renameSync(this.#aside ?? "", this.socket);
        this.#aside = undefined;
      },
    },
    {
      name: "socket replaced",
      isPossible: () => !this.#isReadOnly,
      make: () => {
        // What lay there is gone in the same step, as with a careless `mv`.
        const other = `${this.path}/other`;
        this.#put(other, true);
        if (traits(this.socket)) Deno.removeSync(this.socket, { recursive: true });
        Deno.renameSync(other, this.socket);
      },
    },
    {
      name: "lock removed",
      isPossible: () => !this.#isReadOnly && traits(this.lock) !== undefined,
      make: () => Deno.removeSync(this.lock),
    },
    {
      name: "lock replaced",
      isPossible: () => !this.#isReadOnly,
      make: () => {
        if (traits(this.lock)) Deno.removeSync(this.lock);
        this.#put(this.lock, false);
      },
    },
    {
      name: "directory made read-only",
      isPossible: () => !this.#isReadOnly,
      make: () => this.#setReadOnly(true),
    },
    {
      name: "directory made writable",
      isPossible: () => this.#isReadOnly,
      make: () => this.#setReadOnly(false),
    },
    {
      name: "directory replaced",
      isPossible: () => true,
      make: () => {
        const aside = `${this.path}-${++this.#number}`;
        const [hadSocket, wasAside] = [this.hasSocket, this.#aside?.startsWith(`${this.path}/`)];
        Deno.renameSync(this.path, aside);
        if (hadSocket) this.#aside = `${aside}/x.sock`;
        else if (wasAside) this.#aside = this.#aside?.replace(this.path, aside);
        if (this.#isReadOnly) Deno.chmodSync(aside, 0o700);
        this.#isReadOnly = false;
        Deno.mkdirSync(this.path, { mode: 0o700 });
        giveToUser(this.path);
      },
    },
  ];

  #setReadOnly(isReadOnly: boolean): void {
    this.#isReadOnly = isReadOnly;
    Deno.chmodSync(this.path, isReadOnly ? 0o500 : 0o700);
  }

  /** Puts something at a path that the hub has not made. */
  #put(path: string, mayListen: boolean): void {
    const kinds = ["file", "link", ...(mayListen ? ["directory", "listener"] : [])];
    switch (this.random.pick(kinds)) {
      case "file":
        Deno.writeTextFileSync(path, "precious");
        break;
      case "link":
        Deno.writeTextFileSync(`${this.path}/victim`, "precious");
        Deno.symlinkSync(`${this.path}/victim`, path);
        return;
      case "directory":
        Deno.mkdirSync(path);
        break;
      default:
        this.#listeners.push(Deno.listen({ transport: "unix", path }));
    }
    if (this.random.oneIn(2)) giveToUser(path);
  }
}

function isSame(one: Traits | undefined, other: Traits | undefined): boolean {
  return one !== undefined && one.dev === other?.dev && one.ino === other.ino;
}

function giveToUser(path: string): void {
  if (isRoot) Deno.chownSync(path, USER, USER);
}
