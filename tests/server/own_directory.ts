/**
 * A directory for one test.
 *
 * @module
 */

/** Runs a test in a directory of its own, which is removed at its end. */
export async function inDirectory(body: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "bus-" });
  try {
    await body(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Leaves a socket as a killed hub does: nobody listens on it. */
export async function leaveStaleSocket(path: string): Promise<void> {
  const listener = Deno.listen({ transport: "unix", path: `${path}.first` });
  // Away from the name that it removes when it closes.
  await Deno.rename(`${path}.first`, path);
  listener.close();
}

/** The permissions of what lies at a path. */
export async function modeOf(path: string): Promise<number> {
  return ((await Deno.lstat(path)).mode ?? 0) & 0o7777;
}

/** What lies in a directory, in order. */
export async function namesIn(directory: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(directory)) names.push(name);
  return names.sort();
}
