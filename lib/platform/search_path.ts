/**
 * Programs that are found by name.
 *
 * @module
 */

/** Whether a program of that name lies in a directory of `$PATH`. */
export async function isInSearchPath(
  name: string,
  env: Pick<Deno.Env, "get"> = Deno.env,
): Promise<boolean> {
  const directories = (env.get("PATH") ?? "").split(":").filter((path) => path !== "");
  for (const directory of directories) {
    const info = await Deno.stat(`${directory}/${name}`).catch(() => undefined);
    if (info?.isFile && ((info.mode ?? 0) & 0o111) !== 0) return true;
  }
  return false;
}
