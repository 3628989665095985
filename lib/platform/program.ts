/**
 * This program as a command that can be run again.
 *
 * @module
 */

/** What {@linkcode busProgram} must know of the running program. */
export interface ProgramFacts {
  /** Whether it is `bus` itself, and not one that has it as a library. */
  isBus: boolean;
  /** The module that `bus` begins with, from source. */
  busModule: string;
  /** Whether it is one compiled file. */
  standalone: boolean;
  /** The path of what runs: that file, else Deno. */
  execPath: string;
}

/** Compiled into one module, a program cannot tell by its modules which one it is. */
let isBus = false;

/** For `bus` itself, before it does anything else. */
export function thisIsBus(): void {
  isBus = true;
}

/**
 * The words that run `bus`; those of a command come after them.
 *
 * A compiled `bus` is run again, from source Deno runs its main module. Any other compiled program,
 * which has `bus` as a library, would start itself and not a hub: there it is the `bus` of the
 * search path.
 */
export function busProgram(facts: ProgramFacts = thisProgram()): readonly string[] {
  const { isBus, busModule, standalone } = facts;
  // A file that was replaced while it ran has this mark of the system; the new one is as good.
  const execPath = facts.execPath.replace(/ \(deleted\)$/, "");
  if (!standalone) return [execPath, "run", "--allow-all", "--quiet", busModule];
  return isBus ? [execPath] : ["bus"];
}

function thisProgram(): ProgramFacts {
  return {
    isBus,
    busModule: new URL("../../main.ts", import.meta.url).href,
    standalone: Deno.build.standalone,
    execPath: Deno.execPath(),
  };
}
