/**
 * Events from the hub's own stdin.
 *
 * @module
 */

import { readLines } from "../protocol/input_lines.ts";
import type { CommonSettings } from "./settings.ts";
import type { Run, Source, SourceContext } from "./source.ts";

/** One whole event a line. */
export interface StdinSettings extends CommonSettings {
  /** Always `stdin`. */
  readonly kind: "stdin";
}

/** Opens stdin as a source; it ends when stdin does. */
export function openStdin(_settings: StdinSettings, context: SourceContext): Source {
  return {
    async *run(signal: AbortSignal): Run {
      yield { state: "connected" };
      const skip = (fault: Error) => context.log("line", `${fault.message}: it is left out`);
      for await (const lines of readLines(untilAborted(Deno.stdin.readable, signal), skip)) {
        yield { findings: lines.map(({ text }) => ({ frame: text })) };
      }
    },
  };
}

/** A read of a pipe that nobody writes to can only be given up, not ended. */
async function* untilAborted(
  stream: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  const reader = stream.getReader();
  const cancel = () => void reader.cancel().catch(() => {});
  signal.addEventListener("abort", cancel);
  try {
    while (!signal.aborted) {
      const { value, done } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    signal.removeEventListener("abort", cancel);
    cancel();
  }
}
