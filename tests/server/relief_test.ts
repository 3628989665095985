import { assertEquals } from "@std/assert";
import { Ledger } from "../../lib/hub/ledger.ts";
import { PATIENCE_MS } from "../../lib/hub/limits.ts";
import { ANSWERS_SHARE, UNFINISHED_SHARE } from "../../lib/server/limits.ts";
import { Log } from "../../lib/server/log.ts";
import { Relief } from "../../lib/server/relief.ts";
import type { Session } from "../../lib/server/session.ts";
import { WakingClock } from "../../lib/server/waking_clock.ts";
import { DrivenClocks } from "./driven_clocks.ts";

const LIMIT = 8_000;

/** Where something has to go: the last eighth is kept for writes. */
const BOUND = LIMIT * 7 / 8;

type Kind = "frame" | "line" | "answers";

/** Sessions that hold memory, and who of them was given up for what. */
class Hold {
  readonly ledger = new Ledger(LIMIT);
  readonly givenUp: string[] = [];
  readonly lines: string[] = [];
  readonly relief: Relief;
  readonly #clocks = new DrivenClocks();
  readonly #sessions = new Set<Session>();

  constructor() {
    const log = new Log(
      (line) => this.lines.push(line.slice(line.indexOf(" ") + 1, -1)),
      () => this.#clocks.wall(),
      () => this.#clocks.monotonic(),
    );
    this.relief = new Relief(this.#sessions, this.ledger, new WakingClock(this.#clocks), log);
  }

  /** One that has taken nothing since now. */
  add(name: string, held: Partial<Record<Kind, number>>): void {
    const stuckAt = this.#clocks.monotonic() + PATIENCE_MS;
    const holds = { frame: 0, line: 0, answers: 0, ...held };
    const giveUp = (kind: Kind, alone: boolean) => {
      // To be given up for nothing again and again would be to be given up for ever.
      if (holds[kind] === 0) throw new Error(`${name} holds nothing of its ${kind}`);
      this.givenUp.push(`${kind} of ${name}`);
      for (const one of alone ? [kind] : ["frame", "line", "answers"] as const) {
        this.ledger.release(holds[one]);
        const change = holds[one];
        holds[one] = 0;
        if (one === "line" && change > 0) this.relief.unfinished(-change);
      }
      if (!alone) this.#sessions.delete(session);
    };
    const session = {
      writer: {
        get longBytes() {
          return holds.frame;
        },
      },
      get unfinishedBytes() {
        return holds.line;
      },
      get unreadBytes() {
        return holds.answers;
      },
      isStuck: (now: number) => now >= stuckAt,
      giveUpFrame: () => giveUp("frame", false),
      // It stays until it was told why.
      giveUpLine: () => giveUp("line", true),
      giveUpAnswers: () => giveUp("answers", false),
    } as unknown as Session;
    this.#sessions.add(session);
    for (const bytes of Object.values(held)) this.ledger.charge(bytes);
    if (holds.line > 0) this.relief.unfinished(holds.line);
  }

  /** Others come to hold so much that this is held in all. */
  fillTo(bytes: number): void {
    this.ledger.charge(bytes - this.ledger.used);
  }

  /** From {@linkcode PATIENCE_MS} on nobody waits for those who have taken nothing since. */
  pass(milliseconds: number): void {
    this.#clocks.setTo(this.#clocks.monotonic() + milliseconds);
  }
}

Deno.test("relief: long events go before unfinished lines, and unread answers last of all", () => {
  const hold = new Hold();
  hold.add("small answers", { answers: 2_000 });
  hold.add("a line", { line: 1_000 });
  hold.add("an event", { frame: 500 });
  hold.pass(PATIENCE_MS);
  hold.fillTo(BOUND);
  assertEquals([hold.givenUp, hold.lines], [[], []]);
  const order = ["frame of an event", "line of a line", "answers of small answers"];
  for (let count = 1; count <= order.length; count++) {
    hold.fillTo(BOUND + 1);
    assertEquals(hold.givenUp, order.slice(0, count));
  }
  assertEquals(hold.lines, [
    "the memory is used up: closed who took nothing of a long event",
    "the memory is used up: closed who held the longest unfinished line",
    "closed who left the most answers unread",
  ]);
});

for (const kind of ["frame", "line", "answers"] as const) {
  Deno.test(`relief: of those with ${kind} the one with most goes first, and no more than must`, () => {
    const hold = new Hold();
    const held = { first: 1_000, second: 700, most: 1_500, last: 500 };
    for (const [name, bytes] of Object.entries(held)) hold.add(name, { [kind]: bytes });
    hold.pass(PATIENCE_MS);
    hold.fillTo(BOUND + 1);
    assertEquals(hold.givenUp, [`${kind} of most`]);
    hold.fillTo(BOUND + 1_500);
    const order = ["most", "first", "second"].map((name) => `${kind} of ${name}`);
    assertEquals([hold.givenUp, hold.ledger.used], [order, BOUND - 200]);
  });
}

Deno.test("relief: who may be about to take what it was sent keeps it, whatever the need", () => {
  const hold = new Hold();
  hold.add("an event", { frame: 2_000 });
  hold.add("answers", { answers: 2_000 });
  hold.pass(PATIENCE_MS - 1);
  hold.add("a line", { line: 500 });
  hold.fillTo(BOUND + 1_000);
  assertEquals(hold.givenUp, ["line of a line"]);
  hold.pass(1);
  hold.ledger.charge(2_000);
  assertEquals(hold.givenUp, ["line of a line", "frame of an event", "answers of answers"]);
});

Deno.test("relief: where nobody has anything to give the memory goes over its bound, without a word", () => {
  const hold = new Hold();
  for (const name of ["one", "another"]) hold.add(name, {});
  hold.pass(PATIENCE_MS);
  hold.fillTo(2 * LIMIT);
  hold.relief.unfinished(LIMIT);
  hold.relief.makeRoomForAnswer();
  assertEquals([hold.givenUp, hold.lines, hold.ledger.used], [[], [], 2 * LIMIT]);
});

Deno.test("relief: unfinished lines get half of the memory, and over it the longest goes", () => {
  const hold = new Hold();
  const most = LIMIT * UNFINISHED_SHARE;
  hold.add("short", { line: 500 });
  hold.add("longest", { line: 2_500 });
  hold.add("long", { line: most - 3_000 });
  assertEquals(hold.givenUp, []);
  hold.add("one more", { line: 1 });
  assertEquals(hold.givenUp, ["line of longest"]);
  hold.add("last", { line: 2_499 });
  assertEquals([hold.givenUp, hold.ledger.used], [["line of longest"], most]);
});

Deno.test("relief: of lines that grow at once as many go as must, for half of the memory", () => {
  const hold = new Hold();
  for (let count = 1; count <= 4; count++) hold.add(`line ${count}`, { line: 400 + count });
  hold.add("huge", { line: 3_000, answers: 500 });
  assertEquals(hold.givenUp, ["line of huge"]);
  hold.relief.unfinished(3_190);
  assertEquals(hold.givenUp.slice(1), ["line of line 4", "line of line 3"]);
});

Deno.test("relief: unread answers get an eighth of the memory, and over it the most go, stuck or not", () => {
  const hold = new Hold();
  const most = LIMIT * ANSWERS_SHARE;
  hold.add("few", { answers: 150 });
  hold.add("most", { answers: 450 });
  hold.add("none", { line: 2_000 });
  hold.add("many", { answers: most - 600 });
  hold.relief.makeRoomForAnswer();
  assertEquals(hold.givenUp, []);
  hold.add("late", { answers: 451 });
  hold.relief.makeRoomForAnswer();
  assertEquals(hold.givenUp, ["answers of late"]);
  hold.add("later", { answers: 200 });
  hold.add("latest", { answers: 300 });
  hold.relief.makeRoomForAnswer();
  assertEquals(hold.givenUp.slice(1), ["answers of most", "answers of many"]);
  hold.relief.makeRoomForAnswer();
  assertEquals([hold.givenUp.length, hold.ledger.used], [3, 2_650]);
});
