/**
 * Which file system a path lies on.
 *
 * @module
 */

/** A file system in its place. */
export interface Mount {
  /** The directory that it stands at. */
  readonly point: string;
  /** What the system calls its kind: `ext4`, `tmpfs`, `nfs4`, `fuse.sshfs`. */
  readonly type: string;
}

/** Finds the mount of what is at a path; nothing where the system does not say. */
export async function mountAt(path: string): Promise<Mount | undefined> {
  try {
    const [text, real] = await Promise.all([
      Deno.readTextFile("/proc/self/mountinfo"),
      Deno.realPath(path),
    ]);
    return mountOf(real, text);
  } catch {
    return undefined;
  }
}

/**
 * Finds the mount of a path.
 *
 * @param path from the root on, without links
 * @param mountinfo the text of `/proc/self/mountinfo`, as proc(5) has it:
 * `<id> <parent> <device> <root> <mount point> <options> <optional fields …> - <type> …`
 */
export function mountOf(path: string, mountinfo: string): Mount | undefined {
  let found: Mount | undefined;
  for (const line of mountinfo.split("\n")) {
    const match = /^\d+ \d+ \S+ \S+ (\S+) .*? - (\S+) /.exec(line);
    const [, point, type] = match ?? [];
    if (point === undefined || type === undefined) continue;
    const mount = { point: unescaped(point), type: unescaped(type) };
    // The deepest one; of several at one place the last one covers the others.
    if (!isWithin(path, mount.point)) continue;
    if (found === undefined || mount.point.length >= found.point.length) found = mount;
  }
  return found;
}

function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === "/" ? "/" : `${directory}/`);
}

/** Blanks and backslashes stand there in octal. */
function unescaped(text: string): string {
  return text.replaceAll(
    /\\([0-7]{3})/g,
    (_, digits) => String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
