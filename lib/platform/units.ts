/**
 * Amounts as people write them: with their unit.
 *
 * @module
 */

const MILLISECONDS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** The longest time that a timer of the runtime can wait, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * A time such as `500ms`, `30s`, `5m` or `1h`, in milliseconds: at least 1, at most what a timer can
 * wait. Nothing where it is none: of a bare number nobody can tell what it means.
 */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,12}(?:\.\d{1,6})?)(ms|s|m|h)$/.exec(text);
  if (!match) return undefined;
  const unit = match[2] as keyof typeof MILLISECONDS;
  const milliseconds = Math.round(Number(match[1]) * MILLISECONDS[unit]);
  return milliseconds >= 1 && milliseconds <= LONGEST_TIMER ? milliseconds : undefined;
}

const BYTES = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const;

/** A size such as `512KiB`, `8MiB` or `1GiB`, in bytes; nothing where it is none. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d{1,12}(?:\.\d{1,6})?)(B|KiB|MiB|GiB)$/.exec(text);
  if (!match) return undefined;
  const bytes = Math.round(Number(match[1]) * BYTES[match[2] as keyof typeof BYTES]);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** Bytes in the largest unit of which they are a whole number, as {@linkcode parseSize} reads them. */
export function formatSize(bytes: number): string {
  const units = (Object.keys(BYTES) as (keyof typeof BYTES)[]).reverse();
  const unit = units.find((unit) => bytes % BYTES[unit] === 0) ?? "B";
  return `${bytes / BYTES[unit]}${unit}`;
}

/** A rate such as `100/s`, `30/m` or `5/h`: so many in so many milliseconds; nothing where it is none. */
export function parseRate(text: string): { count: number; milliseconds: number } | undefined {
  const match = /^([1-9]\d{0,8})\/(s|m|h)$/.exec(text);
  if (!match) return undefined;
  return {
    count: Number(match[1]),
    milliseconds: MILLISECONDS[match[2] as keyof typeof MILLISECONDS],
  };
}
