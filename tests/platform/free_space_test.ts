import { assert, assertEquals } from "@std/assert";
import { freeSpace } from "../../lib/platform/free_space.ts";

Deno.test("freeSpace() says what may still be written, and nothing of what is not there", async () => {
  const directory = await Deno.makeTempDir();
  const space = await freeSpace(directory);
  await Deno.remove(directory);
  assert(space && space.bytes > 0 && space.files > 0, JSON.stringify(space));
  assertEquals(await freeSpace(directory), undefined);
});
