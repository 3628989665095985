/**
 * What a doctor found, as text: a pure function of the checks.
 *
 * @module
 */

import { counted } from "../platform/counted.ts";
import type { Check } from "./doctor_check.ts";
import type { Paint } from "./paint.ts";

/** The whole text: a line a check, a remedy below what needs one, and the sum of it all. */
export function doctorView(checks: readonly Check[], paint: Paint): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const indent = " ".repeat("problem  ".length + width + 2);
  const colours = { ok: paint.green, warning: paint.yellow, problem: paint.red };
  const lines = checks.flatMap((check) => {
    const verdict = colours[check.verdict](check.verdict.padEnd("problem".length));
    const line = `${verdict}  ${check.name.padEnd(width)}  ${check.finding}`;
    return check.verdict === "ok" ? [line] : [line, `${indent}→ ${check.remedy}`];
  });
  return [...lines, "", sum(checks)].map((line) => `${line}\n`).join("");
}

function sum(checks: readonly Check[]): string {
  const count = (verdict: Check["verdict"]) =>
    checks.filter((check) => check.verdict === verdict).length;
  const [problems, warnings] = [count("problem"), count("warning")];
  if (problems === 0 && warnings === 0) return "all is well";
  const found = [[problems, "problem"], [warnings, "warning"]] as const;
  return found.filter(([many]) => many > 0).map(([many, noun]) => counted(many, noun)).join(", ");
}
