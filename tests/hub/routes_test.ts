import { assert, assertEquals, assertLess, assertNotEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { Routes, type Taker } from "../../lib/hub/routes.ts";
import { CACHED_TAKERS, CACHED_TYPES } from "../../lib/hub/limits.ts";
import { dottedName, naivelyMatches } from "./matching.ts";

function taker(...eventTypes: string[]): Taker {
  return { eventTypes };
}

Deno.test("Routes gives a type to those that name it, or match it by a pattern", () => {
  const routes = new Routes<Taker>();
  const [pushes, issues, all] = [taker("github.push"), taker("github.issues.*"), taker(">")];
  for (const consumer of [pushes, issues, all]) routes.add(consumer);
  assertEquals(routes.route("github.push").takers, [pushes, all]);
  assertEquals(routes.route("github.issues.opened").takers, [issues, all]);
  assertEquals(routes.route("github.fork").takers, [all]);
});

Deno.test("Routes gives a type once to one of whose entries several match", () => {
  const routes = new Routes<Taker>();
  const consumer = taker("github.push", "github.*", ">", "*.push");
  routes.add(consumer);
  assertEquals(routes.route("github.push").takers, [consumer]);
});

Deno.test("Routes takes an event type that looks like a pattern as it is", () => {
  const routes = new Routes<Taker>();
  const [literal, one] = [taker("a.>.b"), taker("a.*")];
  routes.add(literal);
  routes.add(one);
  assertEquals(routes.route("a.>.b").takers, [literal]);
  assertEquals(routes.route("a.*").takers, [one]);
  assertEquals(routes.route("a.b").takers, [one]);
});

Deno.test("Routes gives nothing to one that has gone, and leaves the others theirs", () => {
  const routes = new Routes<Taker>();
  const [first, second] = [taker("github.push", "github.*"), taker("github.push")];
  routes.add(first);
  routes.add(second);
  routes.route("github.push");
  routes.remove(first);
  assertEquals(routes.route("github.push").takers, [second]);
  assertEquals(routes.route("github.fork").takers, []);
  routes.remove(second);
  assertEquals(routes.route("github.push").takers, []);
});

Deno.test("Routes finds out who gets a type once, not per event", () => {
  const routes = new Routes<Taker>();
  routes.add(taker("github.*"));
  const { takers } = routes.route("github.push");
  assertStrictEquals(routes.route("github.push").takers, takers);
  assertStrictEquals(routes.takers("github.push"), takers);
  // One that cannot match it comes and goes.
  const other = taker("github.fork");
  routes.add(other);
  routes.remove(other);
  assertStrictEquals(routes.route("github.push").takers, takers);
  // One that may match it comes.
  routes.add(taker("*.push"));
  assertNotEquals(routes.route("github.push").takers, takers);
});

Deno.test("Routes.takers is no use of a type and remembers none", () => {
  const routes = new Routes<Taker>();
  const consumer = taker(">");
  routes.add(consumer);
  routes.route("a");
  routes.route("b");
  assertEquals(routes.takers("a"), [consumer]);
  assertEquals(routes.takers("c"), [consumer]);
  assertEquals(routes.latest(9).map(({ eventType }) => eventType), ["a", "b"]);
});

Deno.test("Routes.latest names the types used last, oldest use first", () => {
  const routes = new Routes<Taker>();
  for (const type of ["a", "b", "c", "d", "b"]) routes.route(type);
  assertEquals(routes.latest(3).map(({ eventType }) => eventType), ["c", "d", "b"]);
});

Deno.test("Routes remembers so many types, and forgets those used longest ago", () => {
  const routes = new Routes<Taker>();
  const consumer = taker("type.0", ">");
  routes.add(consumer);
  for (let i = 0; i < CACHED_TYPES; i++) routes.route(`type.${i}`).published++;
  routes.route("type.0").published++;
  routes.route("one more");
  const kept = new Set(routes.latest(CACHED_TYPES + 1).map(({ eventType }) => eventType));
  assert(kept.size <= CACHED_TYPES && kept.size >= CACHED_TYPES / 2, `${kept.size} kept`);
  assert(kept.has("type.0") && kept.has("one more") && kept.has(`type.${CACHED_TYPES - 1}`));
  assert(!kept.has("type.1"));
  assertEquals(routes.route("type.0").published, 2);
  assertEquals(routes.route("type.1").published, 0);
  assertEquals(routes.route("type.1").takers, [consumer]);
});

Deno.test("Routes gives what a naive matcher does while consumers come and go", () => {
  const entries = fc.array(dottedName, { minLength: 1, maxLength: 3 });
  const step = fc.oneof(
    fc.record({ comes: entries }),
    fc.record({ goes: fc.nat() }),
    fc.record({ type: dottedName }),
    fc.record({ again: fc.nat() }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const routes = new Routes<Taker>();
      let there: Taker[] = [];
      const types: string[] = [];
      for (const step of steps) {
        if ("comes" in step) {
          const consumer = taker(...step.comes);
          there.push(consumer);
          routes.add(consumer);
        } else if ("goes" in step) {
          const consumer = there[step.goes % there.length];
          if (consumer) routes.remove(consumer);
          there = there.filter((other) => other !== consumer);
        } else {
          const type = "type" in step ? step.type : types[step.again % types.length] ?? "github";
          types.push(type);
          const expected = there.filter(({ eventTypes }) =>
            eventTypes.some((entry) => naivelyMatches(entry, type))
          );
          const { takers } = routes.route(type);
          assertEquals(takers.length, expected.length);
          assertEquals(new Set(takers), new Set(expected));
        }
      }
    }),
    { numRuns: 500 },
  );
});

Deno.test("Routes.count() says how many get a type, known or not, each once", () => {
  const routes = new Routes<Taker>();
  const consumers = [["a.b", "a.*", ">"], ["a.*"], ["a.>", "b"], ["b"]].map((eventTypes) => ({
    eventTypes,
  }));
  for (const consumer of consumers) routes.add(consumer);
  const counts = () => ["a.b", "a.c", "b", "c"].map((type) => routes.count(type));
  assertEquals(counts(), [3, 3, 3, 1]);
  for (const type of ["a.b", "b"]) assertEquals(routes.route(type).takers.length, 3);
  assertEquals(counts(), [3, 3, 3, 1]);
  for (const consumer of consumers) routes.remove(consumer);
  assertEquals(counts(), [0, 0, 0, 0]);
  assertEquals(routes.places, 0);
});

Deno.test("Routes remembers places of consumers up to a limit, and who gets what stays right", () => {
  const routes = new Routes<Taker>();
  const many = Array.from({ length: 1_000 }, () => ({ eventTypes: [">"] }));
  for (const consumer of many) routes.add(consumer);
  const types = CACHED_TAKERS / 1_000 + 100;
  let most = 0;
  for (let i = 0; i < types; i++) {
    assertEquals(routes.route(`t${i}`).takers.length, 1_000);
    most = Math.max(most, routes.places);
  }
  assert(most <= CACHED_TAKERS && most > CACHED_TAKERS - 1_000);
  assert(routes.places < CACHED_TAKERS / 2);
  assertEquals(routes.route("t0").takers, many);
});

/** One that asks for as many and as long patterns as a hub takes of a consumer. */
function demanding(): Taker {
  return taker(...Array.from({ length: 1_000 }, (_, i) => `${"*.".repeat(490)}${i}`));
}

Deno.test("Routes.workFor() says how much it may be to find out who gets a type, until it is known", () => {
  const routes = new Routes<Taker>();
  assertEquals(routes.workFor("a"), 0);
  const [one, other] = [taker("*.a.>", "b"), demanding()];
  routes.add(one);
  const least = routes.workFor("a");
  assert(least > 0 && least < 100, `${least}`);
  routes.add(other);
  assert(routes.workFor("a") > 490_000);
  const before = routes.work;
  routes.route(`${"a.".repeat(490)}7`);
  assert(routes.work - before > 400_000);
  assert(routes.work - before <= routes.workFor("a"));
  assertEquals(routes.workFor(`${"a.".repeat(490)}7`), 0);
  routes.remove(other);
  assertEquals(routes.workFor("a"), least);
  routes.remove(one);
  assertEquals(routes.workFor("a"), 0);
});

Deno.test("Routes does not compare a type with patterns that cannot match", () => {
  const routes = new Routes<Taker>();
  routes.add(demanding());
  routes.add(taker(...Array.from({ length: 1_000 }, (_, i) => `source${i}.*`)));
  const before = routes.work;
  assertEquals(routes.route("source7.push").takers.length, 1);
  assertEquals(routes.route("github.push").takers.length, 0);
  assertLess(routes.work - before, 1_000);
});

Deno.test("Routes still knows who gets a type when one with a pattern comes or goes", () => {
  const routes = new Routes<Taker>();
  const [first, all] = [taker("github.push", "github.*"), taker(">")];
  routes.add(first);
  const types = ["github.push", "github.fork", "gitlab.push"];
  const takers = () => types.map((type) => routes.workFor(type) === 0 && routes.route(type).takers);
  for (const type of types) routes.route(type);
  routes.add(all);
  assertEquals(takers(), [[first, all], [first, all], [all]]);
  assertEquals(routes.places, 5);
  const other = taker("ci.*");
  routes.add(other);
  routes.remove(other);
  routes.remove(all);
  assertEquals(takers(), [[first], [first], []]);
  assertEquals(routes.places, 2);
});

Deno.test("Routes finds out anew who gets a type where it would take long when one comes", () => {
  const routes = new Routes<Taker>();
  const all = taker(">");
  routes.add(all);
  const types = Array.from({ length: 300 }, (_, i) => `${"a.".repeat(490)}${i}`);
  for (const type of types) routes.route(type);
  const other = demanding();
  const before = routes.work;
  routes.add(other);
  assertEquals(routes.work, before);
  assertEquals(types.filter((type) => routes.workFor(type) === 0).length, 1);
  for (const type of types) assertEquals(new Set(routes.route(type).takers), new Set([all, other]));
});

Deno.test("Routes.count() is found out once, until one comes or goes who may change it", () => {
  const routes = new Routes<Taker>();
  const [one, all] = [taker("b"), taker(">")];
  routes.add(all);
  routes.route("b");
  routes.add(one);
  const count = () => {
    const before = routes.work;
    return [routes.count("b"), routes.work > before];
  };
  assertEquals([count(), count()], [[2, true], [2, false]]);
  routes.remove(one);
  assertEquals([count(), count()], [[1, true], [1, false]]);
  routes.add(one);
  assertEquals(count(), [2, true]);
  routes.remove(all);
  assertEquals(count()[0], 1);
});
