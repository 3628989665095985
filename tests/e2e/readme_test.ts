/**
 * The README's session, as somebody pastes it.
 */

import { assert, assertEquals, assertLess, assertMatch, assertStringIncludes } from "@std/assert";
import { Place } from "./kit.ts";

const README = await Deno.readTextFile(new URL("../../README.md", import.meta.url));

Deno.test("readme: its session works when it is pasted, quickly, and leaves nothing running", async () => {
  const session = /^## A session\n+```sh\n(.*?)^```$/ms.exec(README)?.[1];
  assert(session);
  assertEquals(session.trimEnd().split("\n").length, 5);
  // That no process is left the place looks for at its end.
  await using place = await Place.ofNames();
  const start = performance.now();
  const { code, stdout, stderr } = await place.shell(session);
  assertLess(performance.now() - start, 30_000);
  assertEquals(code, 0, stderr);
  const [push, issue] = stdout.split("\n");
  assertStringIncludes(
    push ?? "",
    '"payload":{"ref":"refs/heads/main","size":12345678901234567890}',
  );
  assertStringIncludes(issue ?? "", '"event_type":"github.issues.opened"');
  assertMatch(stdout, /^events +2 published, 0 of them to nobody, /m);
  assertMatch(stderr, /^ended: 2 events, 0 lost, reason=limit, last=true$/m);
  assertMatch(stderr, /^stopped the hub on /m);
  assertEquals(await place.filesOfHubs(), ["default.lock"]);
});
