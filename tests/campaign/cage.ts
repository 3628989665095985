/**
 * A bound of memory that the system holds a process to, what the kernel keeps for its sockets included.
 *
 * @module
 */

/** The files of a memory cgroup, by the version of the interface. */
const VERSIONS = {
  v1: {
    limit: "memory.limit_in_bytes",
    peak: "memory.max_usage_in_bytes",
    events: "memory.oom_control",
  },
  v2: { limit: "memory.max", peak: "memory.peak", events: "memory.events" },
} as const;

/** A memory cgroup of its own. Its processes have to have ended before it does. */
export class Cage implements Disposable {
  private constructor(
    private readonly directory: string,
    private readonly files: (typeof VERSIONS)["v1" | "v2"],
  ) {}

  /** Makes one, or says why that cannot be done here. */
  static make(bytes: number): Cage | string {
    const place = whereCagesAre();
    if (!place) return "no memory cgroups are mounted";
    const directory = `${place.directory}/bus-cage-${Deno.pid}`;
    try {
      Deno.mkdirSync(directory);
    } catch (error) {
      return `no memory cgroup can be made: ${error}`;
    }
    const cage = new Cage(directory, VERSIONS[place.version]);
    try {
      Deno.writeTextFileSync(`${directory}/${cage.files.limit}`, String(bytes));
      return cage;
    } catch (error) {
      cage[Symbol.dispose]();
      return `a memory cgroup takes no limit: ${error}`;
    }
  }

  /** The line of shell that puts its process in, and what that becomes. */
  get enter(): string {
    return `echo $$ > "${this.directory}/cgroup.procs"`;
  }

  /** The most bytes that its processes ever had. */
  get peak(): number {
    return Number(this.#read(this.files.peak));
  }

  /** Processes that the system has killed since they wanted more. */
  get kills(): number {
    return Number(/^oom_kill (\d+)$/m.exec(this.#read(this.files.events))?.[1]);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.directory);
  }

  #read(file: string): string {
    return Deno.readTextFileSync(`${this.directory}/${file}`);
  }
}

function whereCagesAre(): { directory: string; version: "v1" | "v2" } | undefined {
  for (const line of Deno.readTextFileSync("/proc/mounts").split("\n")) {
    const [, directory = "", type, mountOptions = ""] = line.split(" ");
    if (type === "cgroup" && mountOptions.split(",").includes("memory")) {
      return { directory, version: "v1" };
    }
    if (type === "cgroup2" && givesMemory(directory)) return { directory, version: "v2" };
  }
  return undefined;
}

/** Whether the groups right below can be given a bound. */
function givesMemory(directory: string): boolean {
  try {
    return Deno.readTextFileSync(`${directory}/cgroup.subtree_control`).includes("memory");
  } catch {
    return false;
  }
}
