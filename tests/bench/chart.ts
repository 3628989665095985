/**
 * The results as a picture: bars, a group for each row, a colour for each peer.
 *
 * @module
 */

import type { PeerName } from "../peers/peers.ts";
import type { Results, RowResult } from "./results.ts";
import { amount, TITLES } from "./table.ts";

const COLOURS: Readonly<Record<PeerName, string>> = {
  source: "#1f6feb",
  compiled: "#79b8ff",
  redis: "#d1403f",
  nats: "#2da44e",
  mosquitto: "#9a6700",
};

const WIDTH = 860;
const LABEL = 330;
const RIGHT = 90;
const BAR = 12;
const GAP = 14;
const TOP = 60;

/** Pictures of the rows that more than one peer has: those of speed, then those of latency. */
export function chart({ rows, date, machine }: Results, peers: readonly PeerName[]): string {
  const shown = rows.filter(({ row, figures }) =>
    (row.unit === "events/s" || row.unit === "ms") && figures.size > 2
  );
  let y = TOP;
  const groups = shown.map((result) => {
    const there = peers.filter((peer) => result.spread(peer));
    const text = group(result, there, y);
    y += there.length * BAR + GAP;
    return text;
  });
  const legend = peers.map((peer, at) => {
    const x = 10 + at * 150;
    return `<rect x="${x}" y="30" width="12" height="12" fill="${COLOURS[peer]}"/>` +
      `<text x="${x + 17}" y="40">${TITLES[peer]}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y}" ` +
    `viewBox="0 0 ${WIDTH} ${y}" font-family="sans-serif" font-size="11" fill="#24292f">`,
    `<rect width="${WIDTH}" height="${y}" fill="#ffffff"/>`,
    `<text x="10" y="20">Medians, each row to its own scale. ${escaped(machine)}, ${date}</text>`,
    ...legend,
    ...groups,
    "</svg>\n",
  ].join("\n");
}

function group(result: RowResult, peers: readonly PeerName[], top: number): string {
  const { name, unit, isLessBetter } = result.row;
  const medians = peers.map((peer) => result.spread(peer)?.median ?? 0);
  const most = Math.max(...medians);
  const bars = peers.map((peer, at) => {
    const median = medians[at] ?? 0;
    const width = Math.max(1, median / most * (WIDTH - LABEL - RIGHT));
    const y = top + at * BAR;
    return `<rect x="${LABEL}" y="${y}" width="${width.toFixed(1)}" height="${BAR - 2}" ` +
      `fill="${COLOURS[peer]}"/>` +
      `<text x="${(LABEL + width + 4).toFixed(1)}" y="${y + 9}">${
        amount(median, unit)
      } ${unit}</text>`;
  });
  const middle = top + peers.length * BAR / 2 + 3;
  const better = isLessBetter ? " (less is better)" : "";
  return `<text x="${LABEL - 8}" y="${middle}" text-anchor="end">${escaped(name)}${better}</text>` +
    bars.join("");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
