import { assertEquals } from "@std/assert";
import { END_SIGNALS, EXIT, EXIT_CODES, exitCodeOf } from "../../lib/cli/exit.ts";
import { ERROR_CODES } from "../../lib/protocol/errors.ts";

Deno.test("EXIT_CODES has a row for every way a command ends", () => {
  const rows = EXIT_CODES.map(({ code }) => code);
  assertEquals(rows, ["0", "1", "2", "3", "4", "5", "128+N"]);
  for (const status of Object.values(EXIT)) assertEquals(rows.includes(String(status)), true);
});

Deno.test("every error of the program ends with a code of the table that is no success", () => {
  const failures: number[] = Object.values(EXIT).filter((status) => status !== EXIT.done);
  for (const [code, { exit }] of Object.entries(ERROR_CODES)) {
    assertEquals(failures.includes(exit), true, code);
  }
});

Deno.test("exitCodeOf() is what shells report of a program that the signal ended", async () => {
  for (const signal of END_SIGNALS) {
    const { code } = await new Deno.Command("sh", {
      args: ["-c", `sh -c 'kill -${signal.slice(3)} $$'; exit $?`],
      stderr: "null",
    }).output();
    assertEquals(exitCodeOf(signal), code);
  }
});
