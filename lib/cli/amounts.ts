/**
 * Times and sizes, for people.
 *
 * @module
 */

import { format as formatBytes } from "@std/fmt/bytes";
import { format as formatDuration } from "@std/fmt/duration";

/** The two largest units of a time, given in milliseconds: `2h 5m`, `0s`. */
export function duration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000) * 1000;
  const units = formatDuration(seconds, { ignoreZero: true }).split(" ").slice(0, 2);
  return units.join(" ") || "0s";
}

/** A number of bytes with its unit: `12 B`, `1.5 KiB`. */
export function bytes(count: number): string {
  // The library says kiB, and --memory wants KiB.
  return formatBytes(count, { binary: true, maximumFractionDigits: 1 }).replace("kiB", "KiB");
}
