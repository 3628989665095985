import { assertEquals } from "@std/assert";
import { isInSearchPath } from "../../lib/platform/search_path.ts";

Deno.test("isInSearchPath() finds programs, and only those", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${directory}/directory`);
    await Deno.writeTextFile(`${directory}/text`, "", { mode: 0o644 });
    await Deno.writeTextFile(`${directory}/program`, "", { mode: 0o755 });
    await Deno.symlink("program", `${directory}/link`);
    await Deno.symlink("nothing", `${directory}/dangling`);
    const env = { get: () => `/nowhere::${directory}` };
    const names = ["program", "link", "text", "directory", "dangling", "nothing"];
    const found = await Promise.all(names.map((name) => isInSearchPath(name, env)));
    assertEquals(found, [true, true, false, false, false, false]);
    assertEquals(await isInSearchPath("program", { get: () => undefined }), false);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
