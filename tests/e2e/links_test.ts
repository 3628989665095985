/**
 * Links in the place of a hub's files: refused, and what they lead to is left alone.
 */

import { assertEquals, assertMatch } from "@std/assert";
import { isBoundByModes, Place } from "./kit.ts";
import { isRoot, USER } from "./users.ts";

const OLD = new Date("2001-09-09T01:46:40Z");

/** All that can be seen of a file or directory. */
function look(path: string): unknown {
  const { dev, ino, size, mtime, mode, isDirectory } = Deno.statSync(path);
  const names = isDirectory ? [...Deno.readDirSync(path)].map(({ name }) => name) : [];
  return [dev, ino, size, mtime, mode, names, isDirectory ? "" : Deno.readTextFileSync(path)];
}

/** A place with a precious file and a precious directory of its user, both private and old. */
async function withPrecious() {
  const place = await Place.ofUser();
  const paths = { file: `${place.directory}/precious`, directory: `${place.directory}/precious.d` };
  await Deno.writeTextFile(paths.file, "precious", { mode: 0o640 });
  await Deno.mkdir(paths.directory, { mode: 0o700 });
  await Deno.mkdir(`${place.directory}/run`, { mode: 0o700 });
  for (const path of [...Object.values(paths), `${place.directory}/run`]) {
    if (isRoot) await Deno.chown(path, USER, USER);
    await Deno.utime(path, OLD, OLD);
  }
  return { place, run: `${place.directory}/run`, ...paths };
}

/** Where the link lies, what it leads to, and how the hub is started that meets it. */
const LINKS = [
  ["socket", "x.sock", "file"],
  ["lock", "x.sock.lock", "file"],
  ["log", "x.log", "file"],
  ["directory", "bus", "directory"],
] as const;

for (const [what, name, victim] of LINKS) {
  for (const [how, target] of [["to what is there", ""], ["to nothing", "-not-there"]]) {
    Deno.test({
      name: `links: a ${what} that is a link ${how} is refused, and nothing is touched`,
      ignore: !isBoundByModes,
      async fn() {
        const { place, run, file, directory } = await withPrecious();
        await using _ = place;
        const leadsTo = `${victim === "file" ? file : directory}${target}`;
        await Deno.symlink(leadsTo, `${run}/${name}`);
        const before = [look(file), look(directory)];
        const serve = what === "directory"
          ? await place.run(["serve"], { env: { BUS_SOCKET: "", XDG_RUNTIME_DIR: run } })
          : await place.run(["serve", "--socket", `${run}/x.sock`, "--log", `${run}/x.log`]);
        assertEquals(serve.code, 1);
        assertMatch(serve.stderr, new RegExp(`^error: [^\n]*${run}/${name.replace(".", "\\.")}`));
        assertEquals([look(file), look(directory)], before);
        assertEquals(await Deno.readLink(`${run}/${name}`), leadsTo);
        assertEquals([...Deno.readDirSync(place.directory)].map(({ name }) => name).sort(), [
          "precious",
          "precious.d",
          "run",
        ]);
      },
    });
  }
}
