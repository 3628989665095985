import { assert, assertEquals, assertFalse } from "@std/assert";
import { Keys, type Member } from "../../lib/hub/keys.ts";
import { MAX_WAITING, WAITING_MS } from "../../lib/hub/limits.ts";

/** A member that notes what was decided about it. */
class Joiner implements Member {
  readonly fate: string[] = [];
  constructor(readonly name: string, readonly group = "gh", readonly setsUp = false) {}
}

/** Keys of which every decision is noted, in order, with the member. */
function noted(): { keys: Keys<Joiner>; join(name: string, options?: Options): Joiner } {
  const keys = new Keys<Joiner>({
    admitted: (member, first) => void member.fate.push(first ? "first" : "joined"),
    refused: (member, reason) => void member.fate.push(reason),
  });
  return {
    keys,
    join(name, { group, setsUp, at = 0 } = {}) {
      const member = new Joiner(name, group, setsUp);
      keys.join(member, at);
      return member;
    },
  };
}

interface Options {
  group?: string;
  setsUp?: boolean;
  at?: number;
}

function fates(...members: Joiner[]): string[] {
  return members.map(({ fate }) => fate.join("; ") || "waits");
}

Deno.test("Keys: the first of a key is first, others are not, other keys aside", () => {
  const { join } = noted();
  const joined = [join("a"), join("b"), join("c", { group: "ci" }), join("d")];
  assertEquals(fates(...joined), ["first", "joined", "first", "joined"]);
});

Deno.test("Keys: of two that ask before either leaves exactly one is last", () => {
  const { keys, join } = noted();
  const [a, b] = [join("a"), join("b")];
  assertEquals([keys.ask(a, "gh"), keys.ask(b, "gh")], [false, true]);
});

Deno.test("Keys: one that is alone is last, and told so again when it asks again", () => {
  const { keys, join } = noted();
  const a = join("a");
  assertEquals([keys.ask(a, "gh"), keys.ask(a, "gh")], [true, true]);
});

Deno.test("Keys: one that was refused is granted when it asks again and the rest has gone", () => {
  const { keys, join } = noted();
  const [a, b] = [join("a"), join("b")];
  assertFalse(keys.ask(a, "gh"));
  keys.leave(b);
  assert(keys.ask(a, "gh"));
});

Deno.test("Keys: a reservation is granted to no second one", () => {
  const { keys, join } = noted();
  const [a, b] = [join("a"), join("b")];
  keys.ask(a, "gh");
  assert(keys.ask(b, "gh"));
  assertFalse(keys.ask(a, "gh"));
  keys.leave(b);
  // Cleaned up, and nobody was first since.
  assertFalse(keys.ask(a, "gh"));
});

Deno.test("Keys: asking for another key is answered no, and is not asking", () => {
  const { keys, join } = noted();
  const [a, b] = [join("a"), join("b", { group: "ci" })];
  assertFalse(keys.ask(a, "ci"));
  assertFalse(keys.ask(a, "nobody's"));
  assertFalse(keys.hasAsked(a));
  const c = join("c");
  assertFalse(keys.ask(c, "gh"));
  assert(keys.hasAsked(c));
  assert(keys.ask(a, "gh"));
  assert(keys.ask(b, "ci"));
});

Deno.test("Keys: a hello waits while the cleanup is reserved, and is first after it", () => {
  const { keys, join } = noted();
  const a = join("a");
  keys.ask(a, "gh");
  const [b, c, other] = [join("b"), join("c"), join("d", { group: "ci" })];
  assertEquals(fates(b, c, other), ["waits", "waits", "first"]);
  keys.leave(a);
  assertEquals(fates(b, c), ["first", "joined"]);
});

Deno.test("Keys: one that asked in vain and is on its way out makes no key set up", () => {
  const { keys, join } = noted();
  const [a, b] = [join("a"), join("b")];
  keys.ask(a, "gh");
  keys.ask(b, "gh");
  keys.leave(b);
  const c = join("c");
  assertEquals(fates(c), ["first"]);
  assertEquals(fates(join("d")), ["joined"]);
});

Deno.test("Keys: a key whose cleanup has ended can be last again once it had a first", () => {
  const { keys, join } = noted();
  const [a, b] = [join("a"), join("b")];
  keys.ask(a, "gh");
  keys.ask(b, "gh");
  keys.leave(b);
  const c = join("c");
  assert(keys.ask(c, "gh"));
});

Deno.test("Keys: a key that emptied without a grant is first again", () => {
  const { keys, join } = noted();
  const [a, b] = [join("a"), join("b")];
  keys.ask(a, "gh");
  keys.leave(b);
  keys.leave(a);
  const c = join("c");
  assertEquals(fates(c), ["first"]);
  keys.leave(c);
  assertEquals(fates(join("d")), ["first"]);
});

Deno.test("Keys forget a key without members: the next one is first", () => {
  const { keys, join } = noted();
  const [a, b] = [join("a"), join("b")];
  keys.leave(a);
  keys.leave(b);
  assertEquals(keys.size, 0);
  assertEquals(fates(join("c")), ["first"]);
});

Deno.test("Keys: a first that sets up has the key to itself until it is done", () => {
  const { keys, join } = noted();
  const a = join("a", { setsUp: true });
  const [b, c] = [join("b"), join("c", { setsUp: true })];
  assertEquals(fates(a, b, c), ["first", "waits", "waits"]);
  keys.setupDone(b);
  assertEquals(fates(b, c), ["waits", "waits"]);
  keys.setupDone(a);
  assertEquals(fates(b, c), ["joined", "joined"]);
  assertEquals(fates(join("d", { setsUp: true }), join("e")), ["joined", "joined"]);
});

Deno.test("Keys: a setup left undone makes the next one first, who may set up in turn", () => {
  const { keys, join } = noted();
  const a = join("a", { setsUp: true });
  const [b, c, d] = [join("b", { setsUp: true }), join("c"), join("d")];
  keys.leave(a);
  assertEquals(fates(b, c, d), ["first", "waits", "waits"]);
  keys.leave(b);
  assertEquals(fates(c, d), ["first", "joined"]);
});

Deno.test("Keys: one that asks before its setup is done is told no, and counts as leaving", () => {
  const { keys, join } = noted();
  const a = join("a", { setsUp: true });
  assertFalse(keys.ask(a, "gh"));
  assert(keys.hasAsked(a));
  keys.setupDone(a);
  assert(keys.ask(a, "gh"));
});

Deno.test("Keys: setupDone of one that holds a cleanup, or nothing, changes nothing", () => {
  const { keys, join } = noted();
  const a = join("a");
  keys.setupDone(a);
  assert(keys.ask(a, "gh"));
  const b = join("b");
  keys.setupDone(a);
  assertEquals(fates(b), ["waits"]);
});

Deno.test("Keys: a key whose setup was left undone is granted to nobody", () => {
  const { keys, join } = noted();
  const [a, b] = [join("a"), join("b")];
  keys.ask(a, "gh");
  keys.ask(b, "gh");
  keys.leave(b);
  const c = join("c", { setsUp: true });
  keys.leave(c);
  // There is nothing that it could clean up.
  assertFalse(keys.ask(a, "gh"));
  assertEquals(fates(join("d")), ["first"]);
});

Deno.test("Keys: one that waits has asked nothing and is no member", () => {
  const { keys, join } = noted();
  const a = join("a");
  keys.ask(a, "gh");
  const b = join("b");
  assertFalse(keys.ask(b, "gh"));
  assertFalse(keys.hasAsked(b));
});

Deno.test("Keys: one that leaves while it waits leaves nothing behind", () => {
  const { keys, join } = noted();
  const a = join("a");
  keys.ask(a, "gh");
  const [b, c] = [join("b"), join("c")];
  keys.leave(b);
  keys.leave(a);
  assertEquals(fates(b, c), ["waits", "first"]);
  keys.leave(c);
  assertEquals(keys.size, 0);
});

Deno.test("Keys refuse a hello that has waited 30 s, those in front first", () => {
  const { keys, join } = noted();
  const a = join("a");
  keys.ask(a, "gh");
  const [b, c] = [join("b", { at: 1_000 }), join("c", { at: 2_000 })];
  keys.expire(30_999);
  assertEquals(fates(b, c), ["waits", "waits"]);
  keys.expire(31_000);
  assertEquals(fates(b, c), ["waited 30 s for this key to be cleaned up", "waits"]);
  keys.leave(a);
  assertEquals(fates(c), ["first"]);
  assertEquals(WAITING_MS, 30_000);
});

Deno.test("Keys refuse in every key, and say what was waited for", () => {
  const { keys, join } = noted();
  keys.ask(join("a"), "gh");
  join("b", { group: "ci", setsUp: true });
  const waiting = [join("c"), join("d", { group: "ci" })];
  keys.expire(WAITING_MS);
  assertEquals(fates(...waiting), [
    "waited 30 s for this key to be cleaned up",
    "waited 30 s for this key to be set up",
  ]);
});

Deno.test("Keys refuse a hello that finds 64 waiting for its key, not for another", () => {
  const { keys, join } = noted();
  const a = join("a");
  keys.ask(a, "gh");
  const waiting = Array.from({ length: 64 }, (_, i) => join(`w${i}`));
  const late = join("late");
  assertEquals(fates(late), ["64 others wait for this key to be cleaned up"]);
  assertEquals(fates(join("b", { group: "ci" })), ["first"]);
  keys.leave(late);
  keys.leave(a);
  assertEquals(fates(...waiting), ["first", ...Array.from({ length: 63 }, () => "joined")]);
  assertEquals(MAX_WAITING, 64);
});

Deno.test("Keys.dismiss takes out all that wait and decides nothing about them", () => {
  const { keys, join } = noted();
  const [a, b] = [join("a"), join("b", { group: "ci", setsUp: true })];
  keys.ask(a, "gh");
  const waiting = [join("c"), join("d"), join("e", { group: "ci" })];
  assertEquals(new Set(keys.dismiss()), new Set(waiting));
  keys.leave(a);
  keys.leave(b);
  keys.expire(WAITING_MS);
  assertEquals(fates(...waiting), ["waits", "waits", "waits"]);
  assertEquals(keys.size, 0);
});

Deno.test("Keys serve on when one that is being admitted leaves within that very call", () => {
  const there: Joiner[] = [];
  const keys: Keys<Joiner> = new Keys<Joiner>({
    admitted(member, first) {
      member.fate.push(first ? "first" : "joined");
      there.push(member);
      if (member.name === "fleeting") keys.leave(member);
    },
    refused() {},
  });
  const members = [
    new Joiner("a"),
    new Joiner("fleeting", "gh", true),
    new Joiner("b"),
    new Joiner("fleeting"),
    new Joiner("c"),
  ];
  const [a] = members;
  assert(a);
  keys.join(a, 0);
  keys.ask(a, "gh");
  for (const member of members.slice(1)) keys.join(member, 0);
  keys.leave(a);
  assertEquals(fates(...members), ["first", "first", "first", "joined", "joined"]);
  assertEquals(there.length, 5);
});
