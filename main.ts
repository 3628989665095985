import { runProgram } from "./lib/cli/program.ts";

Deno.exit(await runProgram(Deno.args));
