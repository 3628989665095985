/**
 * The results as a table, in Markdown.
 *
 * @module
 */

import stringWidth from "string-width";
import type { PeerName } from "../peers/peers.ts";
import type { Results, RowResult, Spread } from "./results.ts";
import type { Target, Unit } from "./row.ts";

/** What a peer is called at the head of its column. */
export const TITLES: Readonly<Record<PeerName, string>> = {
  source: "bus, from source",
  compiled: "bus, compiled",
  redis: "redis",
  nats: "nats-server",
  mosquitto: "mosquitto",
};

/** The table of those that took part, and above it when, where and with what it was measured. */
export function table(results: Results, peers: readonly PeerName[]): string {
  const { rows, lost, date, command, machine, versions } = results;
  const programs = peers.map((peer) => `${TITLES[peer]}: ${versions[peer]}`).join("; ");
  const caption = `${date}, \`${command}\`. ${machine}. ${programs}.`;
  const head = ["", ...peers.map((peer) => TITLES[peer]), "bus ÷ redis", "bus ÷ nats", "targets"];
  const lines = rows.map((result) => lineOf(result, peers));
  const lostLine = ["lost, in all rounds", ...peers.map((peer) => String(lost.get(peer) ?? 0))];
  return `${caption}\n\n${markdown([head, ...lines, [...lostLine, "", "", ""]])}`;
}

function lineOf(result: RowResult, peers: readonly PeerName[]): string[] {
  const { row } = result;
  return [
    row.name,
    ...peers.map((peer) => figure(result.spread(peer), row.unit)),
    ratio(result, "redis", peers),
    ratio(result, "nats", peers),
    (row.targets ?? []).flatMap((target) => verdicts(result, target)).join("; "),
  ];
}

function figure(spread: Spread | undefined, unit: Unit): string {
  return spread ? `${amount(spread.median, unit)} ${unit}` : "";
}

/** A figure with so many digits that two rounds may differ in the last. */
export function amount(value: number, unit: Unit): string {
  if (unit === "events/s" && value >= 999_500) return `${(value / 1e6).toFixed(2)} M`;
  if (unit === "events/s") return `${Math.round(value / 1000)} k`;
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(value < 1 ? 2 : 3);
}

function ratio(result: RowResult, other: PeerName, peers: readonly PeerName[]): string {
  if (!peers.includes(other)) return "";
  const spread = result.ratio(result.row.judged ?? "source", other);
  if (!spread) return "";
  const { median, least, most } = spread;
  return `${median.toFixed(2)} (${least.toFixed(2)}–${most.toFixed(2)})`;
}

function verdicts(result: RowResult, target: Target): string[] {
  const { against, required, stretch } = target;
  const sign = result.row.isLessBetter ? "≤" : "≥";
  const what = against ? ` × ${against}` : ` ${result.row.unit}`;
  const verdict = (factor: number, name: string) => {
    const holds = result.holds(target, factor);
    const mark = holds === undefined ? "?" : holds ? "✓" : "✗";
    return `${name}${sign} ${factor}${what} ${mark}`;
  };
  return [
    verdict(required, ""),
    ...(stretch === undefined ? [] : [verdict(stretch, "stretch ")]),
  ];
}

function markdown(cells: readonly (readonly string[])[]): string {
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(3, ...cells.map((line) => stringWidth(line[column] ?? "")))
  );
  const line = (texts: readonly string[]) =>
    `| ${
      texts.map((text, at) => text + " ".repeat((widths[at] ?? 0) - stringWidth(text))).join(" | ")
    } |`;
  const [head = [], ...body] = cells;
  return [
    line(head),
    `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`,
    ...body.map(line),
  ]
    .join("\n");
}
