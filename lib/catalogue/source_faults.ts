/**
 * What is wrong with a source's settings that no schema can say.
 *
 * @module
 */

import { BusError } from "../protocol/errors.ts";
import { checkSource, KINDS, type SourceSettings } from "../source/kinds.ts";
import { Template } from "../source/template.ts";
import type { SchemaFault } from "./schema_faults.ts";

/** What is wrong with settings that are of the right shape; paths begin below them. */
export async function* sourceFaults(settings: SourceSettings): AsyncGenerator<SchemaFault> {
  const scopes = ["body", ...KINDS[settings.kind].scopes];
  for (const setting of ["type", "id"] as const) {
    const text = settings[setting];
    const problem = text && templateFault(text, scopes);
    if (problem) yield { path: [setting], problem };
  }
  const only = await refusal(() => filterOf(settings.only));
  if (only) yield { path: ["only"], problem: `is ${only}` };
  const whole = await refusal(() => checkSource(settings));
  if (whole) yield { path: [], problem: `cannot be: ${whole}` };
}

async function filterOf(only: string | undefined): Promise<void> {
  if (only === undefined) return;
  const { Filter } = await import("../source/filter.ts");
  (await Filter.of(only)).close();
}

function templateFault(text: string, allowed: readonly string[]): string | undefined {
  try {
    const unknown = [...new Template(text).scopes].find((scope) => !allowed.includes(scope));
    if (unknown === undefined) return undefined;
    return `has nothing to put for {${unknown}} (allowed: ${allowed.join(", ")})`;
  } catch (error) {
    if (!(error instanceof BusError)) throw error;
    return `is no template: ${error.message} (${error.hint})`;
  }
}

/** Why something is refused; nothing where it is not. That it cannot be looked at now is no fault of it. */
async function refusal(check: () => Promise<void>): Promise<string | undefined> {
  try {
    await check();
  } catch (error) {
    if (!(error instanceof BusError) || error.code === "failed") throw error;
    return error.hint === undefined ? error.message : `${error.message} (${error.hint})`;
  }
}
