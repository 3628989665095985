import { assertEquals } from "@std/assert";
import { validators } from "../../.ci/validators.ts";

Deno.test("the validators are those of the schema as it is (deno task validators)", async () => {
  const folder = new URL("../../lib/catalogue/validators/", import.meta.url);
  for (const [name, text] of validators()) {
    const isSame = await Deno.readTextFile(new URL(name, folder)) === text;
    assertEquals(isSame, true, `${name} is not what deno task validators makes`);
  }
});
