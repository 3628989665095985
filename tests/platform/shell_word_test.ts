import { assertEquals } from "@std/assert";
import { shellWord } from "../../lib/platform/shell_word.ts";

const ODD = [
  "a b",
  "it's",
  '"$HOME" `id`',
  "*",
  "",
  "back\\slash",
  "é",
  "a\nb'c\\n",
  "\x1b[2J\t\x7f",
];

Deno.test("shellWord() leaves what needs no quotes as it is", () => {
  for (const text of ["/run/user/1000/bus/default.sock", "--name=work", "a@b:c"]) {
    assertEquals(shellWord(text), text);
  }
});

Deno.test("shellWord() is for a shell the very text, and for a terminal harmless", async () => {
  const script = `printf '%s\\0' ${ODD.map(shellWord).join(" ")}`;
  // deno-lint-ignore no-control-regex
  assertEquals(/[\x00-\x1f\x7f-\x9f]/.test(script), false);
  const { stdout } = await new Deno.Command("bash", { args: ["-c", script] }).output();
  assertEquals(new TextDecoder().decode(stdout).split("\0").slice(0, -1), ODD);
});
