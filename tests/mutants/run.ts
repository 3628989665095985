/**
 * The command `deno task mutants [--only NAME]`: plants each defect in a copy of the project, and sees
 * that what must find it does. That the same finds nothing in the project as it is, is seen first.
 *
 * @module
 */

import { readOptions } from "../campaign/options.ts";
import { type Mutant, MUTANTS } from "./mutants.ts";

const root = new URL("../../", import.meta.url).pathname;

/** What of the project a copy needs. */
const COPIED = ["main.ts", "deno.json", "deno.lock", "lib", "tests", ".ci"];

/** How a defect fared. */
interface Fate {
  readonly name: string;
  readonly found: boolean;
  readonly remark: string;
}

async function run(): Promise<boolean> {
  const { seed, only } = optionsOrUsage();
  say(`mutants: --seed ${seed}`);
  const chosen = MUTANTS.filter(({ name }) => name.includes(only));
  for (const mutant of chosen) await checkThatItApplies(mutant);
  const copy = await Deno.makeTempDir({ prefix: "bus-mutants-" });
  const fates: Fate[] = [];
  try {
    await runIn(copy, "cp", ["-r", ...COPIED.map((name) => `${root}${name}`), copy]);
    const sound = new Map<string, boolean>();
    for (const mutant of chosen) {
      const detector = JSON.stringify(mutant.found);
      if (!sound.has(detector)) sound.set(detector, !await finds(copy, mutant, seed));
      fates.push(await fateOf(copy, mutant, seed, sound.get(detector) === true));
    }
  } finally {
    await Deno.remove(copy, { recursive: true });
  }
  const passed = fates.filter(({ found }) => found).length;
  await report(seed, only, fates, passed);
  return passed === fates.length && fates.length > 0;
}

/** @param isSound whether what must find it finds nothing where no defect is */
async function fateOf(copy: string, mutant: Mutant, seed: number, isSound: boolean): Promise<Fate> {
  const { name, file, text, replacement } = mutant;
  if (!isSound) return told({ name, found: false, remark: "the detector fails without it too" });
  const path = `${copy}/${file}`;
  const before = await Deno.readTextFile(path);
  await Deno.writeTextFile(path, before.replace(text, () => replacement));
  try {
    const found = await finds(copy, mutant, seed);
    return told({ name, found, remark: found ? "found" : "NOT FOUND" });
  } finally {
    await Deno.writeTextFile(path, before);
  }
}

function told(fate: Fate): Fate {
  say(`${fate.remark.padEnd(12)}${fate.name}`);
  return fate;
}

/** Whether what must find a defect finds one in a copy. */
async function finds(copy: string, { found }: Mutant, seed: number): Promise<boolean> {
  if ("tests" in found) {
    return !await runIn(copy, Deno.execPath(), [
      "test",
      "--allow-all",
      "--quiet",
      "--no-check",
      ...found.tests,
    ]);
  }
  if (!await runIn(copy, Deno.execPath(), ["run", "-A", "--quiet", ".ci/compile.ts"])) {
    throw new Error(`${copy} cannot be compiled`);
  }
  const { campaign, part, seconds } = found;
  return !await runIn(copy, Deno.execPath(), [
    "run",
    "--allow-all",
    "--quiet",
    `tests/${campaign}/run.ts`,
    ...["--seconds", String(seconds), "--seed", String(seed), "--only", part],
  ]);
}

/** Whether a command succeeds. */
async function runIn(cwd: string, command: string, args: string[]): Promise<boolean> {
  const { success } = await new Deno.Command(command, {
    args,
    cwd,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).output();
  return success;
}

async function checkThatItApplies({ name, file, text }: Mutant): Promise<void> {
  const count = (await Deno.readTextFile(`${root}${file}`)).split(text).length - 1;
  if (count === 1) return;
  say(`error: "${name}" cannot be planted: its text stands ${count} times in ${file}`);
  Deno.exit(1);
}

async function report(
  seed: number,
  only: string,
  fates: readonly Fate[],
  passed: number,
): Promise<void> {
  const failed = fates.length - passed;
  const text = JSON.stringify({ name: "mutants", seed, only, passed, failed, fates }, null, 2);
  await Deno.mkdir(`${root}dist`, { recursive: true });
  await Deno.writeTextFile(`${root}dist/mutants.json`, `${text}\n`);
  say(`\nmutants: ${passed} passed, ${failed} failed`);
}

function optionsOrUsage(): { seed: number; only: string } {
  try {
    const options = readOptions(Deno.args, 0);
    if (options.seconds !== 0) throw new RangeError("there is no --seconds: each is planted once");
    return options;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    say(`error: mutants: ${error.message}`);
    Deno.exit(2);
  }
}

function say(line: string): void {
  // deno-lint-ignore no-console
  console.log(line);
}

Deno.exit(await run() ? 0 : 1);
