/**
 * A disk so small that it can be filled: a file system of one hub's own.
 *
 * @module
 */

import { type Place, PROGRAM } from "../../e2e/kit.ts";
import type { Outcome, Running } from "../../e2e/running.ts";
import { canRun } from "../../e2e/users.ts";

/** What is filled: the room for bytes, or the number of files. */
export type Shortage = "bytes" | "files";

/** Becomes the program where a small disk lies at a path: `disk.sh DISK SIZE FILLED ARGUMENTS…`. */
const SCRIPT = `#!/bin/sh
exec unshare -Urm sh -c '
  disk=$1 size=$2 filled=$3 program=$4; shift 4
  mount -t tmpfs -o size=$size,nr_inodes=16,mode=0700 tmpfs "$disk" || exit 99
  test "$filled" = no || sh "$disk-fill" "$disk" "$filled"
  exec "$program" "$@"
' sh "$DISK" "$DISK_SIZE" "$DISK_FILLED" "$DISK_PROGRAM" "$@"
`;

/** Fills a disk up. That it ends in a failure is what it is for. */
const FILL = `
case $2 in
  bytes) cat /dev/zero >"$1/filler-0" ;;
  files) for number in 0 1 2 3 4 5 6 7 8 9 a b c d e f; do : >"$1/filler-$number"; done ;;
esac 2>/dev/null
true
`;

/** Whether a user may mount a file system here. */
export const canMount = canRun("unshare", "-Urm", "mount", "-t", "tmpfs", "tmpfs", "/mnt");

/** A disk that the hub of a place sees, and who enters its view. */
export class SmallDisk {
  readonly #program: string;
  #hub: Running | undefined;

  private constructor(private readonly place: Place, readonly path: string) {
    this.#program = `${place.directory}/disk.sh`;
  }

  /** Prepares one; it is mounted by the hub that is started on it. */
  static async of(place: Place): Promise<SmallDisk> {
    const disk = new SmallDisk(place, `${place.directory}/disk`);
    const { code, stderr } = await place.shell(`mkdir -m 700 "${disk.path}"`);
    if (code !== 0) throw new Error(stderr);
    await Deno.writeTextFile(disk.#program, SCRIPT);
    await Deno.chmod(disk.#program, 0o755);
    await Deno.writeTextFile(`${disk.path}-fill`, FILL);
    return disk;
  }

  /** Starts a hub on the disk, which may be full at its start. */
  async serve(
    flags: string[],
    { size = "1m", filled }: { size?: string; filled?: Shortage | undefined } = {},
  ): Promise<Running> {
    const env = {
      DISK: this.path,
      DISK_SIZE: size,
      DISK_FILLED: filled ?? "no",
      DISK_PROGRAM: PROGRAM,
    };
    return this.#hub = await this.place.serve(flags, { env, command: this.#program });
  }

  /** Fills it up. */
  async fill(shortage: Shortage): Promise<void> {
    await this.shell(`sh "${this.path}-fill" "${this.path}" ${shortage}`);
  }

  /** Gives back what was filled up. */
  async free(): Promise<void> {
    await this.shell(`rm "${this.path}"/filler-*`);
  }

  /** Runs a shell command that sees the disk. */
  async shell(script: string): Promise<Outcome> {
    return await this.run("/bin/sh", "-c", script);
  }

  /** Runs a command that sees the disk. */
  async run(...command: string[]): Promise<Outcome> {
    const enter = ["-t", `${this.#hub?.pid}`, "-U", "-m", "--preserve-credentials"];
    return await this.place.run([...enter, ...command], { command: "nsenter" });
  }

  /** A path on the disk, as those outside see it. */
  outside(name: string): string {
    return `/proc/${this.#hub?.pid}/root${this.path}/${name}`;
  }
}
