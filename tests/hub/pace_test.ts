import { assert, assertEquals, assertFalse } from "@std/assert";
import { Crowd, Pace } from "../../lib/hub/pace.ts";
import { BEHIND_BYTES, PATIENCE_MS } from "../../lib/hub/limits.ts";
import { HandClock, LOOK_MS } from "./kit.ts";

const LIMITS = { events: 1024, bytes: 8 << 20 };
const TOO_MUCH = BEHIND_BYTES + 1;

/** A crowd whose clock is driven; `look` is what a hub does every 20 ms. */
function crowded(): { crowd: Crowd; clock: HandClock; pass(milliseconds: number): void } {
  const clock = new HandClock();
  const crowd = new Crowd(clock);
  return {
    crowd,
    clock,
    pass(milliseconds) {
      for (let left = milliseconds; left > 0; left -= LOOK_MS) {
        clock.pass(Math.min(left, LOOK_MS));
        crowd.look();
      }
    },
  };
}

/** One that has just fallen behind. */
function behind(crowd: Crowd): Pace {
  const pace = new Pace(crowd, LIMITS);
  pace.waiting(TOO_MUCH, 1);
  return pace;
}

Deno.test("Pace is behind over 64 KiB", () => {
  const pace = new Pace(crowded().crowd, LIMITS);
  pace.waiting(65_536, 1);
  assertFalse(pace.behind);
  pace.waiting(65_537, 1);
  assert(pace.behind && pace.holds);
});

Deno.test("Pace is behind over half the events that its channel may hold", () => {
  const pace = new Pace(crowded().crowd, LIMITS);
  pace.waiting(1, 512);
  assertFalse(pace.behind);
  pace.waiting(1, 513);
  assert(pace.behind && pace.holds);
});

Deno.test("Pace is behind over half the bytes that its channel may hold", () => {
  const pace = new Pace(crowded().crowd, { events: 1024, bytes: 10_000 });
  pace.waiting(5_000, 1);
  assertFalse(pace.behind);
  pace.waiting(5_001, 1);
  assert(pace.behind && pace.holds);
});

Deno.test("Pace is level again as soon as it is no longer behind", () => {
  const { crowd } = crowded();
  const pace = behind(crowd);
  assertEquals([crowd.size, crowd.holding], [1, 1]);
  pace.waiting(BEHIND_BYTES, 512);
  assertFalse(pace.behind || pace.holds);
  assertEquals([crowd.size, crowd.holding], [0, 0]);
});

Deno.test("Pace is given up 100 ms after it fell behind, at the second look that sees it", () => {
  const { crowd, clock } = crowded();
  const pace = behind(crowd);
  clock.pass(PATIENCE_MS - 1);
  crowd.look();
  crowd.look();
  assert(pace.holds);
  clock.pass(1);
  crowd.look();
  assert(pace.holds);
  crowd.look();
  assertFalse(pace.holds);
  assert(pace.behind);
  assertEquals([crowd.size, crowd.holding], [1, 0]);
});

Deno.test("Pace has its 100 ms and its two looks anew each time that it falls behind", () => {
  const { crowd, clock } = crowded();
  clock.pass(10 * PATIENCE_MS);
  const pace = behind(crowd);
  clock.pass(PATIENCE_MS - 1);
  crowd.look();
  crowd.look();
  assert(pace.holds);
  clock.pass(1);
  crowd.look();
  // Evicted from, so that it is level with nothing taken.
  pace.waiting(BEHIND_BYTES, 1);
  clock.pass(10 * PATIENCE_MS);
  pace.waiting(TOO_MUCH, 1);
  crowd.look();
  clock.pass(PATIENCE_MS);
  crowd.look();
  assert(pace.holds);
  crowd.look();
  assertFalse(pace.holds);
});

Deno.test("Pace keeps up as long as something is taken within 100 ms", () => {
  const { crowd, pass } = crowded();
  const pace = behind(crowd);
  for (let i = 0; i < 50; i++) {
    pass(PATIENCE_MS - 1);
    pace.taken();
    assert(pace.holds);
  }
  pass(PATIENCE_MS + LOOK_MS);
  assertFalse(pace.holds);
});

Deno.test("Pace is not given up when something was taken between the two looks", () => {
  const { crowd, clock } = crowded();
  const pace = behind(crowd);
  // The hub was busy for long; what the consumer took it sees only after its first look.
  clock.pass(5 * PATIENCE_MS);
  crowd.look();
  pace.taken();
  crowd.look();
  clock.pass(PATIENCE_MS);
  crowd.look();
  assert(pace.holds);
  crowd.look();
  assertFalse(pace.holds);
});

Deno.test("Pace has a millisecond for each consumer that is behind, where that is more", () => {
  const { crowd, clock } = crowded();
  const pace = behind(crowd);
  const others = Array.from({ length: 249 }, () => behind(crowd));
  clock.pass(249);
  crowd.look();
  crowd.look();
  assert(pace.holds);
  clock.pass(1);
  crowd.look();
  crowd.look();
  assertFalse(pace.holds || others.some(({ holds }) => holds));
});

Deno.test("Pace that was given up holds nobody, whatever it takes, until it is level", () => {
  const { crowd, pass } = crowded();
  const pace = behind(crowd);
  pass(PATIENCE_MS + LOOK_MS);
  pace.taken();
  pace.waiting(TOO_MUCH + 500, 2);
  pace.waiting(TOO_MUCH, 1);
  assertFalse(pace.holds);
  pace.waiting(BEHIND_BYTES, 1);
  pace.waiting(TOO_MUCH, 1);
  assert(pace.holds);
  pass(PATIENCE_MS - 1);
  assert(pace.holds);
});

Deno.test("Pace.whenReleased calls back once: level, given up, or ended", () => {
  const ends: Record<string, (pace: Pace, pass: (milliseconds: number) => void) => void> = {
    level: (pace) => pace.waiting(0, 0),
    "given up": (_, pass) => pass(PATIENCE_MS + LOOK_MS),
    ended: (pace) => pace.end(),
  };
  for (const [name, end] of Object.entries(ends)) {
    const { crowd, pass } = crowded();
    const pace = behind(crowd);
    let calls = 0;
    pace.whenReleased(() => calls++);
    pace.whenReleased(() => calls++);
    pace.taken();
    pace.waiting(TOO_MUCH + 1, 2);
    pass(LOOK_MS);
    assertEquals(calls, 0, name);
    end(pace, pass);
    assertEquals(calls, 2, name);
    pace.waiting(0, 0);
    pace.waiting(TOO_MUCH, 1);
    pace.end();
    assertEquals(calls, 2, name);
    assertEquals([crowd.size, crowd.holding], [0, 0], name);
  }
});

Deno.test("Pace.whenReleased calls back at once where nobody has to wait", () => {
  const { crowd, pass } = crowded();
  let calls = 0;
  const pace = new Pace(crowd, LIMITS);
  pace.whenReleased(() => calls++);
  assertEquals(calls, 1);
  pace.waiting(TOO_MUCH, 1);
  pass(PATIENCE_MS + LOOK_MS);
  pace.whenReleased(() => calls++);
  assertEquals(calls, 2);
});

Deno.test("Pace whose release is used at once to fall behind again holds again", () => {
  const { crowd } = crowded();
  const pace = behind(crowd);
  let calls = 0;
  pace.whenReleased(() => {
    calls++;
    pace.waiting(TOO_MUCH, 1);
  });
  pace.waiting(0, 0);
  assertEquals(calls, 1);
  assert(pace.holds);
  assertEquals([crowd.size, crowd.holding], [1, 1]);
});

Deno.test("Crowd.holding counts those that keep up, Crowd.size all that are behind", () => {
  const { crowd, pass } = crowded();
  const slow = behind(crowd);
  pass(PATIENCE_MS + LOOK_MS);
  const quick = [behind(crowd), behind(crowd)];
  assertEquals([crowd.size, crowd.holding], [3, 2]);
  slow.end();
  assertEquals([crowd.size, crowd.holding], [2, 2]);
  for (const pace of quick) pace.waiting(0, 0);
  assertEquals([crowd.size, crowd.holding], [0, 0]);
});
