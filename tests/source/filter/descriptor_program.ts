/**
 * What filters cost the process that has them: run by the test beside it in a process of its own, for
 * other tests open and close files in theirs. Its argument says which of its parts; it says a line.
 *
 * @module
 */

import { type Descriptors, descriptors } from "../../../lib/platform/descriptors.ts";
import { nextTurn } from "../../../lib/platform/turn.ts";
import { BusError } from "../../../lib/protocol/errors.ts";
import type { Answer } from "../../../lib/source/filter/jq_thread.ts";
import { Filter } from "../../../lib/source/filter.ts";
import { sourceFaults } from "../../../lib/catalogue/source_faults.ts";
import { eventually } from "../../e2e/waiting.ts";

/** A pair of sockets that the runtime opens for all threads, once, sooner or later. */
const ONCE = 2;

/** Threads that were begun, and those of them that said that they end. */
let begun = 0;
let ended = 0;

const SystemWorker = Worker;
Object.assign(globalThis, {
  Worker: class extends SystemWorker {
    constructor(...from: ConstructorParameters<typeof Worker>) {
      super(...from);
      begun++;
      this.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
        if ("ended" in data) ended++;
      });
    }
  },
});

const ENDLESS = "if . == 1 then last(repeat(1)) else true end";

/** Too few for a thread, also where one that has ended still lets go of some. */
const FEW = 8;

/** Takes up much before it asks for more than there is. */
const LARGE = 'if . == 9 then ("x" * (. * 5e6) | length) as $n | "x" * ($n * 20) else true end';

const TICK = { kind: "timer", every: "1h" } as const;

const PARTS: Record<string, () => Promise<unknown>> = {
  /** Filters that are ended while they rest, that cannot be, that broke down, and that are busy. */
  async opened() {
    for (let round = 0; round < 4; round++) {
      const filter = await Filter.of('"x" * .');
      await filter.pass(round % 2 === 0 ? ["1"] : ["1e9"]);
      filter.close();
      await Filter.of(".a ===").catch(() => {});
      for await (const _ of sourceFaults({ ...TICK, only: ".n > 1" }));
    }
    const busy = await Promise.all(Array.from({ length: 2 }, () => Filter.of(ENDLESS)));
    const passing = busy.map((filter) => filter.pass(["1"]));
    await nextTurn();
    for (const filter of busy) filter.close();
    return (await Promise.all(passing)).flat();
  },

  /** A filter that breaks down again and again. */
  async broken() {
    const filter = await Filter.of(`if . == 1 then ${ENDLESS} else "x" * . end`);
    const verdicts = [];
    for (const payload of ["1e9", "1", "2", "1e9", "1e9", "2"]) {
      verdicts.push(...await filter.pass([payload]));
    }
    filter.close();
    return [...verdicts, begun];
  },

  /** One that takes up memory before it breaks down, which only the end of its thread gives back. */
  async large() {
    const filter = await Filter.of(LARGE);
    const passed: boolean[] = [];
    for (const payload of ["1", "9", "1", "9", "1"]) {
      // On a machine with much to do it takes too long before it has broken down.
      passed.push((await filter.pass([payload]))[0] === "passes");
    }
    filter.close();
    return [...passed, begun];
  },

  /** Where no thread can be had, and then where one can. */
  async none() {
    const filter = await Filter.of(LARGE);
    await filter.pass(["9"]);
    const outcomes: unknown[] = [];
    await eventually("its thread has ended", () => ended === 1 && seen().open <= before + ONCE);
    for (const left of [FEW, 0]) {
      const files = filled(left);
      outcomes.push(await reason(() => filter.pass(["1"])), await reason(() => Filter.of(".")));
      outcomes.push(await reason(() => Array.fromAsync(sourceFaults({ ...TICK, only: "." }))));
      for (const file of files) file.close();
    }
    outcomes.push(...await filter.pass(["1"]));
    filter.close();
    return outcomes;
  },
};

/** Opens files until only so many can be opened. */
function filled(left: number): Deno.FsFile[] {
  const { limit, open } = seen();
  // One of those that are open now is what they are counted with.
  const count = limit - (open - 1) - left;
  return Array.from({ length: count }, () => Deno.openSync("/dev/null"));
}

function seen(): Descriptors {
  const now = descriptors();
  if (!now) throw new Error("the system does not say");
  return now;
}

async function reason(act: () => Promise<unknown>): Promise<string> {
  try {
    await act();
    return "done";
  } catch (error) {
    return error instanceof BusError ? `${error.code}: ${error.message}` : `${error}`;
  }
}

const part = PARTS[Deno.args[0] ?? ""];
if (!part) throw new Error("there is no such part");
// What the first one leaves for all others.
const first = await Filter.of("true");
const { open } = seen();
first.close();
await eventually("the first thread has ended", () => ended === 1 && seen().open < open);
const before = seen().open;
begun = ended = 0;
const outcome = await part();
if (part !== PARTS.none) {
  await eventually("no more is open than before", () => seen().open <= before + ONCE);
}
await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(outcome)));
Deno.exit(0);
