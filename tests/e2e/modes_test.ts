/**
 * The modes of what a hub makes: for its user alone from the first moment, whatever mask it was given.
 */

import { assert, assertEquals, assertGreater, assertMatch } from "@std/assert";
import { isSocket, ModeWatch, tooWide } from "./mode_watch.ts";
import { isBoundByModes, Place, PROGRAM } from "./kit.ts";
import { canRun } from "./users.ts";

/** Tracing other programs is not allowed everywhere. */
const canTrace = canRun("strace", "-o", "/dev/null", "true");

const CALLS = "umask,bind,listen,chmod,fchmod,fchmodat,?fchmodat2,mkdir,mkdirat,openat,rename";

/** A call of the system, as strace tells it. */
interface Call {
  readonly thread: string;
  readonly time: number;
  readonly text: string;
}

/** Starts a hub under a mask and tells what it asked of the system, in the order of time. */
async function traced(place: Place, mask: string): Promise<Call[]> {
  // A file for each thread, or a call would be told in two halves.
  const strace = `strace -ff -ttt -e trace=${CALLS} -o ${place.directory}/trace`;
  const hub = place.start(
    ["-c", `exec ${strace} /bin/sh -c 'umask ${mask}; exec ${PROGRAM} serve'`],
    { command: "/bin/sh" },
  );
  const line = await hub.says(/^listening on .*\(pid \d+\)$/);
  Deno.kill(Number(/pid (\d+)/.exec(line)?.[1]), "SIGTERM");
  assertEquals((await hub.end()).code, 0);
  const calls: Call[] = [];
  for await (const { name } of Deno.readDir(place.directory)) {
    if (!name.startsWith("trace.")) continue;
    const text = await Deno.readTextFile(`${place.directory}/${name}`);
    for (const line of text.split("\n")) {
      const [, time, text = ""] = /^([\d.]+) (\w+\(.*)$/.exec(line) ?? [];
      if (time !== undefined) calls.push({ thread: name, time: Number(time), text });
    }
  }
  return calls.sort((one, other) => one.time - other.time);
}

for (const mask of ["000", "777"]) {
  Deno.test({
    name:
      `modes: under umask ${mask} the socket is bound under 0177, and no chmod follows (strace)`,
    ignore: !isBoundByModes || !canTrace,
    async fn() {
      await using place = await Place.ofUser({ hubsHaveNames: true });
      const calls = await traced(place, mask);
      const bound = calls.findIndex(({ text }) => /^bind\(.*bus\//.test(text));
      assertGreater(bound, 0);
      // Of that thread alone: others open files meanwhile.
      const { thread } = calls[bound] ?? {};
      const own = calls.filter((call) => call.thread === thread);
      const at = own.findIndex((call) => call === calls[bound]);
      assertMatch(own[at - 1]?.text ?? "", /^umask\(0177\) += 0/);
      assertMatch(own[at + 1]?.text ?? "", /^listen\(/);
      assertMatch(
        own[at + 2]?.text ?? "",
        new RegExp(`^umask\\(0*${Number(mask) || "0"}\\) += 0177`),
      );
      const listened = calls.findIndex((call) => call === own[at + 1]);
      const later = calls.slice(listened).filter(({ text }) => /^f?chmod/.test(text));
      assertEquals(later, []);
      assert(
        calls.some(({ text }) => /^mkdir(at)?\(.*bus", 0700\)/.test(text)),
        "the directory is the user's own from its first moment",
      );
    },
  });

  Deno.test({
    name: `modes: under umask ${mask} nobody ever sees a socket wider than 0600, nor a directory`,
    ignore: !isBoundByModes,
    async fn() {
      await using place = await Place.ofUser({ hubsHaveNames: true });
      const watch = ModeWatch.on(place, `${place.directory}/bus`, `${place.directory}/state/bus`);
      const { code, stderr } = await place.shell(`umask ${mask}; exec bus publish t 1`);
      assertEquals(code, 0, stderr);
      await place.stop();
      const sightings = await watch.end();
      assertEquals(tooWide(sightings), []);
      assertGreater(sightings.filter(isSocket).length, 0);
    },
  });
}
