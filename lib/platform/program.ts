/**
 * This program as a command that can be run again.
 *
 * @module
 */

/** What {@linkcode busProgram} must know of the running program. */
export interface ProgramFacts {
  /** The module that it began with. */
  mainModule: string;
  /** The module that `bus` begins with. */
  busModule: string;
  /** Whether it is one compiled file. */
  standalone: boolean;
  /** The path of what runs: that file, else Deno. */
  execPath: string;
}

/**
 * The words that run `bus`; those of a command come after them.
 *
 * A compiled `bus` is run again, from source Deno runs its main module. Any other compiled program,
 * which has `bus` as a library, would start itself and not a hub: there it is the `bus` of the
 * search path.
 */
export function busProgram(facts: ProgramFacts = thisProgram()): readonly string[] {
  const { mainModule, busModule, standalone } = facts;
  // A file that was replaced while it ran has this mark of the system; the new one is as good.
  const execPath = facts.execPath.replace(/ \(deleted\)$/, "");
  if (!standalone) return [execPath, "run", "--allow-all", "--quiet", busModule];
  return mainModule === busModule ? [execPath] : ["bus"];
}

function thisProgram(): ProgramFacts {
  return {
    mainModule: Deno.mainModule,
    busModule: new URL("../../main.ts", import.meta.url).href,
    standalone: Deno.build.standalone,
    execPath: Deno.execPath(),
  };
}
