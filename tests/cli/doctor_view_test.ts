import { assertEquals } from "@std/assert";
import { type Check, ok, problem, warning } from "../../lib/cli/doctor_check.ts";
import { doctorView } from "../../lib/cli/doctor_view.ts";
import { paint } from "../../lib/cli/paint.ts";

const CHECKS: Check[] = [
  { name: "path", ...ok("it is short") },
  { name: "descriptors", ...warning("they are few", "have more") },
  { name: "hub", ...problem("it hangs", "end it") },
];

Deno.test("doctorView() is a line a check, a remedy below what needs one, and the sum", () => {
  assertEquals(
    doctorView(CHECKS, paint(false)),
    `ok       path         it is short
warning  descriptors  they are few
                      → have more
problem  hub          it hangs
                      → end it

1 problem, 1 warning
`,
  );
});

Deno.test("doctorView() sums up", () => {
  const sum = (...checks: (Check | undefined)[]) =>
    doctorView(checks.filter((check) => check !== undefined), paint(false)).split("\n").at(-2);
  assertEquals(sum(CHECKS[0]), "all is well");
  assertEquals(sum(CHECKS[1]), "1 warning");
  assertEquals(sum(CHECKS[2], CHECKS[2]), "2 problems");
});

// With NO_COLOR set there are none to be had.
Deno.test("doctorView() colours the verdicts and moves nothing", { ignore: Deno.noColor }, () => {
  const coloured = doctorView(CHECKS, paint(true));
  assertEquals(coloured.includes("\x1b[32mok     \x1b[39m  path"), true);
  assertEquals(coloured.includes("\x1b[33mwarning\x1b[39m  "), true);
  assertEquals(coloured.includes("\x1b[31mproblem\x1b[39m  "), true);
  // deno-lint-ignore no-control-regex
  assertEquals(coloured.replaceAll(/\x1b\[\d+m/g, ""), doctorView(CHECKS, paint(false)));
});
