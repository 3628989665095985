import { assertEquals } from "@std/assert";
import { MAX_SILENT, SILENT_MS, silentLimit } from "../../lib/server/limits.ts";
import { Silence, type Speaker } from "../../lib/server/silence.ts";

/** Connections that came one after the other, a millisecond apart, and say nothing. */
class Room {
  readonly silence = new Silence(MAX_SILENT);
  readonly speakers: (Speaker & { silentSince: number | undefined; name: number })[] = [];
  readonly gone: number[] = [];

  fill(count: number): this {
    for (let i = 0; i < count; i++) {
      const name = this.speakers.length;
      const speaker = {
        name,
        silentSince: name as number | undefined,
        giveUpPlace: () => {
          this.gone.push(name);
          speaker.silentSince = undefined;
        },
      };
      this.speakers.push(speaker);
    }
    return this;
  }

  look(now: number): boolean {
    return this.silence.look(this.speakers, now);
  }
}

/** A moment at which all of the first thousand are silent. */
const LATE = 1_000 + SILENT_MS;

Deno.test("Silence.look() lets as many be silent as may be", () => {
  const room = new Room().fill(MAX_SILENT);
  assertEquals([room.look(LATE), room.look(LATE), room.gone], [false, false, []]);
});

Deno.test("Silence.look() gives up those that are silent longest, as many as are too many", () => {
  const room = new Room().fill(MAX_SILENT + 2);
  assertEquals([room.look(LATE), room.gone], [true, []]);
  assertEquals([room.look(LATE), room.gone], [false, [0, 1]]);
  assertEquals([room.look(LATE), room.look(LATE), room.gone], [false, false, [0, 1]]);
  room.fill(1);
  assertEquals([room.look(LATE), room.look(LATE), room.gone], [true, false, [0, 1, 2]]);
});

Deno.test("Silence.look() counts nobody who has come within the last second, or has spoken", () => {
  const room = new Room().fill(MAX_SILENT + 10);
  const soon = MAX_SILENT - 1 + SILENT_MS;
  assertEquals([room.look(soon), room.look(soon), room.gone], [false, false, []]);
  for (const speaker of room.speakers.slice(0, 10)) speaker.silentSince = undefined;
  assertEquals([room.look(LATE), room.look(LATE), room.gone], [false, false, []]);
});

Deno.test("Silence.look() gives up nobody at the first look: what they said may wait to be read", () => {
  const room = new Room().fill(MAX_SILENT + 1);
  assertEquals([room.look(LATE), room.gone], [true, []]);
  const [first] = room.speakers;
  if (first) first.silentSince = undefined;
  assertEquals([room.look(LATE), room.look(LATE), room.gone], [false, false, []]);
});

Deno.test("silentLimit() is half of the places, at least one and no more than 256", () => {
  const places = [1, 2, 3, 29, 511, 512, 4096];
  assertEquals(places.map(silentLimit), [1, 1, 1, 14, 255, 256, 256]);
});
