import { assertEquals } from "@std/assert";
import {
  type FileMark,
  isSame,
  joined,
  KnownFiles,
} from "../../../lib/source/watch/known_files.ts";

const MARK: FileMark = { identity: "1:2:3", size: 4, changedAt: 5 };

function knownWith(...paths: string[]): KnownFiles {
  const known = new KnownFiles(100);
  for (const path of paths) known.set(path, MARK);
  return known;
}

Deno.test("known files: what was noted is found, and replaced by what is noted after it", () => {
  const known = knownWith("/var/log/syslog", "/etc");
  known.set("/etc", { ...MARK, size: 9 });
  assertEquals(known.at("/etc")?.size, 9);
  assertEquals(known.at("/var/log/syslog"), MARK);
  assertEquals([known.at("/var/log"), known.at("/var/log/syslog/x")], [undefined, undefined]);
  assertEquals(known.size, 2);
});

Deno.test("known files: a new one has no place where there are too many, a known one has", () => {
  const known = new KnownFiles(2);
  assertEquals(["/a", "/b", "/c"].map((path) => known.set(path, MARK)), [true, true, false]);
  assertEquals(known.set("/a", { ...MARK, size: 9 }), true);
  assertEquals([known.size, known.at("/c"), known.at("/a")?.size], [2, undefined, 9]);
  known.remove("/b");
  assertEquals(known.set("/c", MARK), true);
});

Deno.test("known files: with a file the folders are forgotten in which there is no other", () => {
  const known = knownWith("/a/b/c/d", "/a/e");
  known.remove("/a/b/c/d");
  assertEquals(known.in("/a"), { files: ["e"], folders: [] });
  known.remove("/a/e");
  assertEquals(known.in("/"), { files: [], folders: [] });
  assertEquals(known.size, 0);
});

Deno.test("known files: to remove what is not known changes nothing", () => {
  const known = knownWith("/a/b");
  for (const path of ["/a", "/a/c", "/a/b/c", "/x/y", "/"]) known.remove(path);
  assertEquals([known.size, known.below("/")], [1, ["/a/b"]]);
});

Deno.test("known files: a folder has what is right in it, and below it are all", () => {
  const known = knownWith("/a", "/w/b", "/w/c/d", "/w/c/e/f", "/wx");
  assertEquals(known.in("/w"), { files: ["b"], folders: ["c"] });
  assertEquals(known.below("/w").toSorted(), ["/w/b", "/w/c/d", "/w/c/e/f"]);
  assertEquals(known.below("/").length, 5);
  assertEquals([known.below("/no"), known.below("/a")], [[], []]);
});

Deno.test("known files: no name breaks anything", () => {
  const names = ["__proto__", "constructor", "..", "\n", "\ufffd", " ", "%2F"];
  const known = knownWith(...names.map((name) => `/${name}/${name}`));
  assertEquals(known.below("/").toSorted(), names.map((name) => `/${name}/${name}`).toSorted());
});

Deno.test("known files: two marks are the same if nothing in them differs", () => {
  assertEquals(isSame(MARK, { ...MARK }), true);
  for (const other of [{ identity: "1:2:4" }, { size: 5 }, { changedAt: 6 }]) {
    assertEquals(isSame(MARK, { ...MARK, ...other }), false);
  }
});

Deno.test("known files: a path has one slash between folder and name", () => {
  assertEquals([joined("/", "a"), joined("/a", "b"), joined("/a", "")], ["/a", "/a/b", "/a/"]);
});
