/**
 * The order of the house: which room may import from which, what the pure rooms may not touch, and
 * what a file may be called and how long it may be. The rooms and files are read from the tree, so
 * that a new one is held to the rules or has to be given its own.
 */

import { assert, assertArrayIncludes, assertEquals } from "@std/assert";
import { type Facts, readFacts } from "./source_facts.ts";

/** The rooms of `lib`, each with the rooms that it may import from. `.` is `lib` itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  ".": ["client", "server", "source", "protocol", "platform"],
  cli: ["client", "server", "catalogue", "source", "protocol", "platform"],
  client: ["protocol", "platform"],
  server: ["catalogue", "source", "hub", "protocol", "platform"],
  catalogue: ["source", "protocol", "platform"],
  source: ["protocol", "platform"],
  hub: ["protocol"],
  protocol: [],
  platform: [],
};

/** Rooms that do no I/O and know no time: nor may anything that they import. */
const PURE_ROOMS = ["hub", "protocol"];

/** Imports that the rules would refuse. `from` is a room or a file, `to` a file or a specifier. */
const EXCEPTIONS = [
  {
    from: "platform",
    to: "lib/protocol/errors.ts",
    reason: "there is one table of error codes, and what the system refuses has a code too",
  },
  {
    from: "lib/platform/version.ts",
    to: "deno.json",
    reason: "the version stands in one place, where the tools of Deno read it",
  },
  {
    from: "catalogue",
    to: "lib/catalogue/catalogue.schema.json",
    reason: "the schema is a file of its own, so that editors can use it",
  },
  {
    from: "lib/protocol/framing.ts",
    to: "@std/streams/text-line-stream",
    reason: "it cuts text into lines, and touches nothing but streams",
  },
] as const;

/** Packages that one file wraps for all others. */
const WRAPPED: Readonly<Record<string, string>> = {
  "@std/cli/parse-args": "lib/cli/flags.ts",
};

/** Lines of the longest file. */
const LONGEST_FILE = 350;

/** Files that may be longer. */
const LONGER: Readonly<Record<string, { lines: number; reason: string }>> = {
  "lib/protocol/messages.ts": {
    lines: 400,
    reason: "the whole vocabulary of the wire, declarations alone: it is read side by side",
  },
};

/** Names that say nothing of what a file is about. */
const EMPTY_NAME =
  /^(utils?|helpers?|common|misc|manager|types|core)\b|_(utils?|helpers?|manager)\b/;

/** Fewer files or imports than this were not all of them. */
const FEWEST_FILES = 50;
const FEWEST_IMPORTS = 150;

/** A tree of sources: the path from the project's root, and the text. */
type Tree = ReadonlyMap<string, string>;

/** The breaches of the rules in a tree, in words, and the exceptions that it made use of. */
function judge(tree: Tree): { breaches: string[]; used: Set<typeof EXCEPTIONS[number]> } {
  const breaches: string[] = [];
  const used = new Set<typeof EXCEPTIONS[number]>();
  const house = new Map<string, Facts>();
  for (const [path, source] of tree) house.set(path, readFacts(path, source));

  const isExcepted = (from: string, to: string) => {
    const exception = EXCEPTIONS.find((one) =>
      one.to === to && (one.from === from || one.from === roomOf(from))
    );
    if (exception) used.add(exception);
    return exception !== undefined;
  };

  for (const [path, { imports }] of house) {
    const room = roomOf(path);
    const mayImport = room === undefined ? undefined : MAY_IMPORT[room];
    if (path !== "main.ts" && !mayImport) breaches.push(`${path}: a room without rules`);
    for (const { specifier } of imports) {
      const target = resolve(path, specifier);
      if (isExcepted(path, target)) continue;
      const wrapper = WRAPPED[target];
      if (wrapper && wrapper !== path) breaches.push(`${path} → ${target}: only in ${wrapper}`);
      if (!specifier.startsWith(".")) continue;
      if (!tree.has(target)) breaches.push(`${path} → ${target}: not in the house`);
      else if (path === "main.ts") {
        if (roomOf(target) !== "cli") breaches.push(`${path} → ${target}: it hands over to cli`);
      } else if (target === "lib/mod.ts" || !allows(mayImport, room, roomOf(target))) {
        breaches.push(`${path} → ${target}: against the direction`);
      }
    }
  }

  for (const [path, { imports, outside }] of pureCore(house)) {
    for (const name of outside) breaches.push(`${path}: ${name} in the pure core`);
    for (const { specifier } of imports) {
      const isHeld = specifier.startsWith(".") || isExcepted(path, specifier);
      if (!isHeld) breaches.push(`${path} → ${specifier}: not in the pure core`);
    }
  }

  for (const cycle of cycles(house)) breaches.push(`a cycle: ${cycle.join(" → ")}`);

  for (const [path, source] of tree) {
    const lines = lineCount(source);
    if (lines > (LONGER[path]?.lines ?? LONGEST_FILE)) breaches.push(`${path}: ${lines} lines`);
    if (path.split("/").some((part) => EMPTY_NAME.test(part))) breaches.push(`${path}: its name`);
  }
  return { breaches, used };
}

function lineCount(source = ""): number {
  return source.split("\n").length - 1;
}

function allows(
  mayImport: readonly string[] | undefined,
  from: string | undefined,
  to: string | undefined,
): boolean {
  return to !== undefined && (from === to || (mayImport?.includes(to) ?? false));
}

/** `hub` for `lib/hub/x.ts`, `.` for `lib/mod.ts`, nothing outside of `lib`. */
function roomOf(path: string): string | undefined {
  const [lib, room, ...rest] = path.split("/");
  if (lib !== "lib" || room === undefined) return undefined;
  return rest.length > 0 ? room : ".";
}

/** The path of what a file imports; a specifier that is no path stays as it is. */
function resolve(from: string, specifier: string): string {
  if (!specifier.startsWith(".")) return specifier;
  return new URL(specifier, `file:///${from}`).pathname.slice(1);
}

/** The pure rooms with all that they import, directly or not. */
function pureCore(house: ReadonlyMap<string, Facts>): Map<string, Facts> {
  const core = new Map<string, Facts>();
  const open = [...house.keys()].filter((path) => PURE_ROOMS.includes(roomOf(path) ?? ""));
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const facts = house.get(path);
    if (!facts || core.has(path)) continue;
    core.set(path, facts);
    for (const { specifier } of facts.imports) open.push(resolve(path, specifier));
  }
  return core;
}

/** The cycles of imports that are there at run time. */
function cycles(house: ReadonlyMap<string, Facts>): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const trail: string[] = [];
  const visit = (path: string) => {
    const at = trail.indexOf(path);
    if (at !== -1) found.push([...trail.slice(at), path]);
    if (at !== -1 || done.has(path)) return;
    trail.push(path);
    for (const { specifier, isType } of house.get(path)?.imports ?? []) {
      if (!isType) visit(resolve(path, specifier));
    }
    trail.pop();
    done.add(path);
  };
  for (const path of house.keys()) visit(path);
  return found;
}

const root = new URL("..", import.meta.url);

async function readTree(): Promise<Map<string, string>> {
  const tree = new Map([["main.ts", await Deno.readTextFile(new URL("main.ts", root))]]);
  const read = async (directory: string) => {
    for await (const { name, isDirectory } of Deno.readDir(new URL(directory, root))) {
      const path = `${directory}${name}`;
      if (isDirectory) await read(`${path}/`);
      else if (/\.[cm]?[jt]sx?$/.test(name)) {
        tree.set(path, await Deno.readTextFile(new URL(path, root)));
      }
    }
  };
  await read("lib/");
  return tree;
}

Deno.test("architecture: no file breaks the rules of the house", async () => {
  assertEquals(judge(await readTree()).breaches, []);
});

Deno.test("architecture: every exception is used", async () => {
  const tree = await readTree();
  const { used } = judge(tree);
  assertEquals(EXCEPTIONS.filter((exception) => !used.has(exception)), []);
  const long = Object.keys(LONGER).filter((path) => lineCount(tree.get(path)) > LONGEST_FILE);
  assertEquals(long, Object.keys(LONGER));
});

Deno.test("architecture: the whole tree is looked at", async () => {
  const tree = await readTree();
  const rooms = new Set([...tree.keys()].map(roomOf).filter((room) => room !== undefined));
  assertEquals([...rooms].sort(), Object.keys(MAY_IMPORT).sort());
  assert(tree.size >= FEWEST_FILES, `${tree.size} files`);
  const imports = [...tree].flatMap(([path, source]) => readFacts(path, source).imports);
  assert(imports.length >= FEWEST_IMPORTS, `${imports.length} imports`);
  for (const room of PURE_ROOMS) assertArrayIncludes(Object.keys(MAY_IMPORT), [room]);
});

/** A house in which all is well, with some files changed or added. */
function houseWith(files: Record<string, string>): Tree {
  return new Map(Object.entries({
    "main.ts": `import { run } from "./lib/cli/program.ts"; run();`,
    "lib/mod.ts": `export { consume } from "./client/consumer.ts";`,
    "lib/cli/program.ts": `export const run = () => import("./serve.ts");`,
    "lib/cli/serve.ts": `import { serve } from "../server/server.ts"; serve();`,
    "lib/client/consumer.ts": `import { decode } from "../protocol/codec.ts"; // Deno.exit()`,
    "lib/server/server.ts": `import { Hub } from "../hub/hub.ts"; Deno.listen; setTimeout;`,
    "lib/hub/hub.ts": `import type { Event } from "../protocol/codec.ts"; Math.max(1, 2);`,
    "lib/protocol/codec.ts": `export const now = { Date: "Math.random()" }.Date;`,
    "lib/platform/paths.ts": `import { BusError } from "../protocol/errors.ts"; Deno.uid();`,
    "lib/protocol/errors.ts": `export class BusError extends Error {}`,
    ...files,
  }));
}

Deno.test("architecture: a house in which all is well has no breach", () => {
  assertEquals(judge(houseWith({})).breaches, []);
});

const BREACHES: readonly [path: string, source: string, breach: string][] = [
  ["lib/hub/a.ts", `import "../server/server.ts";`, "against the direction"],
  ["lib/hub/a.ts", `export * from "../platform/paths.ts";`, "against the direction"],
  ["lib/hub/a.ts", `type A = import("../platform/paths.ts").A;`, "against the direction"],
  ["lib/hub/a.ts", `await import("../platform/paths.ts");`, "against the direction"],
  ["lib/client/a.ts", `export { Hub } from "../hub/hub.ts";`, "against the direction"],
  ["lib/server/a.ts", `import type { A } from "../client/consumer.ts";`, "against the direction"],
  ["lib/platform/a.ts", `import "../protocol/codec.ts";`, "against the direction"],
  ["lib/protocol/a.ts", `import "../hub/hub.ts";`, "against the direction"],
  ["lib/cli/a.ts", `import "../mod.ts";`, "against the direction"],
  ["lib/cli/a.ts", `import "../../tests/kit.ts";`, "not in the house"],
  ["lib/mod.ts", `import "./cli/program.ts";`, "against the direction"],
  ["main.ts", `import "./lib/server/server.ts";`, "it hands over to cli"],
  ["lib/parlour/a.ts", `export {};`, "a room without rules"],
  ["lib/cli/a.ts", `import { parseArgs } from "@std/cli/parse-args";`, "only in lib/cli/flags.ts"],
  ["lib/hub/a.ts", `import { setImmediate } from "node:timers";`, "not in the pure core"],
  ["lib/protocol/a.ts", `import { ulid } from "@std/ulid";`, "not in the pure core"],
  ["lib/hub/a.ts", `import(name);`, "not in the pure core"],
  ["lib/hub/a.ts", `Date.now();`, "Date in the pure core"],
  ["lib/hub/a.ts", `const { now } = Date;`, "Date in the pure core"],
  ["lib/hub/a.ts", `const clock = { performance };`, "performance in the pure core"],
  ["lib/hub/a.ts", `Math.random();`, "Math.random in the pure core"],
  ["lib/hub/a.ts", `Math["random"]();`, "Math.random in the pure core"],
  ["lib/hub/a.ts", `const { random } = Math;`, "Math.random in the pure core"],
  ["lib/protocol/a.ts", `let file: Deno.FsFile;`, "Deno in the pure core"],
  ["lib/protocol/a.ts", `(globalThis as unknown as X).x;`, "globalThis in the pure core"],
  ["lib/protocol/a.ts", `const url = import.meta.url;`, "import.meta in the pure core"],
  ["lib/protocol/errors.ts", `export const at = setTimeout;`, "setTimeout in the pure core"],
  ["lib/protocol/errors.ts", `import "./codec.ts"; import "./errors.ts";`, "a cycle"],
  ["lib/cli/serve.ts", `export { run } from "./program.ts";`, "a cycle"],
  ["lib/cli/long.ts", "\n".repeat(LONGEST_FILE + 1), `${LONGEST_FILE + 1} lines`],
  ["lib/cli/utils.ts", `export {};`, "its name"],
  ["lib/cli/common/a.ts", `export {};`, "its name"],
  ["lib/server/session_manager.ts", `export {};`, "its name"],
];

Deno.test("architecture: each kind of breach is found", () => {
  for (const [path, source, breach] of BREACHES) {
    const { breaches } = judge(houseWith({ [path]: source }));
    assert(
      breaches.some((found) => found.startsWith("a cycle") || found.startsWith(path)) &&
        breaches.some((found) => found.includes(breach)),
      `${path}: ${source}\nfound: ${breaches.join("; ")}`,
    );
  }
});

Deno.test("architecture: types may go in a circle, they are gone at run time", () => {
  const { breaches } = judge(houseWith({
    "lib/hub/a.ts": `import { type B } from "./b.ts"; export class A {}`,
    "lib/hub/b.ts": `import { A } from "./a.ts"; export class B extends A {}`,
  }));
  assertEquals(breaches, []);
});

Deno.test("architecture: what the pure rooms import is held to be pure too", () => {
  const { breaches } = judge(houseWith({
    "lib/protocol/codec.ts": `import "../platform/paths.ts";`,
  }));
  assertArrayIncludes(breaches, ["lib/platform/paths.ts: Deno in the pure core"]);
});
