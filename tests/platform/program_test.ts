import { assertEquals } from "@std/assert";
import { busProgram, type ProgramFacts } from "../../lib/platform/program.ts";

const COMPILED: ProgramFacts = {
  isBus: true,
  busModule: "file:///tmp/x/main.ts",
  standalone: true,
  execPath: "/usr/bin/bus",
};

Deno.test("busProgram() of the compiled program is its file, also when that was replaced", () => {
  assertEquals(busProgram(COMPILED), ["/usr/bin/bus"]);
  assertEquals(busProgram({ ...COMPILED, execPath: "/usr/bin/bus (deleted)" }), ["/usr/bin/bus"]);
});

Deno.test("busProgram() of another compiled program is not that one", () => {
  const other = { ...COMPILED, isBus: false, execPath: "/usr/bin/other" };
  assertEquals(busProgram(other), ["bus"]);
});

Deno.test("busProgram() from source is Deno with the main module, whatever module it began with", () => {
  const busModule = new URL("../../main.ts", import.meta.url).href;
  assertEquals(busProgram(), [Deno.execPath(), "run", "--allow-all", "--quiet", busModule]);
});
