import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { BusError } from "../../lib/protocol/errors.ts";
import type { HubPaths } from "../../lib/platform/paths.ts";
import {
  checkGivenDirectory,
  checkOwnDirectory,
  checkSocketOwner,
  ensureOwnDirectory,
  fileMark,
  isSameMark,
  lookForSocket,
} from "../../lib/platform/safety.ts";

/** Files of others can be made by root alone. */
const isRoot = Deno.uid() === 0;
const STRANGER = 54321;

/** Runs with a directory of our own, 0700, that is removed afterwards. */
function test(name: string, run: (dir: string) => Promise<void>, ignore = false) {
  Deno.test({
    name,
    ignore,
    async fn() {
      const dir = await Deno.makeTempDir();
      try {
        await run(dir);
      } finally {
        await Deno.remove(dir, { recursive: true });
      }
    },
  });
}

async function unsafe(promise: Promise<unknown>): Promise<BusError> {
  const error = await assertRejects(() => promise, BusError);
  assertEquals(error.code, "unsafe_path");
  return error;
}

async function mode(path: string): Promise<string> {
  return (((await Deno.stat(path)).mode ?? 0) & 0o7777).toString(8);
}

test("ensureOwnDirectory() makes it private, and its parents too", async (dir) => {
  await ensureOwnDirectory(`${dir}/run/bus`);
  assertEquals(await mode(`${dir}/run`), "700");
  assertEquals(await mode(`${dir}/run/bus`), "700");
  await ensureOwnDirectory(`${dir}/run/bus`);
});

test("ensureOwnDirectory() refuses one that is open to others, and leaves it so", async (dir) => {
  const path = `${dir}/bus`;
  await Deno.mkdir(path);
  for (const open of [0o750, 0o701, 0o770, 0o1777]) {
    await Deno.chmod(path, open);
    const error = await unsafe(ensureOwnDirectory(path));
    const octal = open.toString(8).padStart(4, "0");
    assertEquals(error.message, `${path} is open to others (mode ${octal})`);
    assertEquals(error.hint, `close it: chmod 700 ${path}`);
    assertEquals(await mode(path), open.toString(8));
  }
});

test("ensureOwnDirectory() refuses a link, even to a good directory", async (dir) => {
  await Deno.mkdir(`${dir}/good`, { mode: 0o700 });
  await Deno.symlink(`${dir}/good`, `${dir}/bus`);
  const error = await unsafe(ensureOwnDirectory(`${dir}/bus`));
  assertEquals(error.message, `${dir}/bus is a link, not a directory`);
});

test("ensureOwnDirectory() refuses a dangling link and makes nothing through it", async (dir) => {
  await Deno.symlink(`${dir}/elsewhere`, `${dir}/bus`);
  await unsafe(ensureOwnDirectory(`${dir}/bus`));
  assertEquals(await Array.fromAsync(Deno.readDir(dir), ({ name }) => name), ["bus"]);
});

test("ensureOwnDirectory() refuses a file in its place", async (dir) => {
  await Deno.writeTextFile(`${dir}/bus`, "");
  const error = await unsafe(ensureOwnDirectory(`${dir}/bus`));
  assertEquals(error.message, `${dir}/bus is no directory`);
});

test("ensureOwnDirectory() refuses the socket of another program, and never says to remove it", async (dir) => {
  using _listener = Deno.listen({ transport: "unix", path: `${dir}/bus` });
  const { message, hint } = await unsafe(ensureOwnDirectory(`${dir}/bus`));
  assertEquals([message, hint], [
    `${dir}/bus is the socket of another program, not a directory`,
    "set XDG_RUNTIME_DIR to a directory of yours, or give a path with --socket",
  ]);
});

test("ensureOwnDirectory() refuses one in a parent where others could exchange it", async (dir) => {
  await Deno.chmod(dir, 0o777);
  const error = await unsafe(ensureOwnDirectory(`${dir}/bus`));
  assertEquals(error.message, `others can write to the directory ${dir} (mode 0777)`);
  await Deno.chmod(dir, 0o1777);
  await ensureOwnDirectory(`${dir}/bus`);
});

test("ensureOwnDirectory() refuses one of another user", async (dir) => {
  await Deno.mkdir(`${dir}/bus`, { mode: 0o700 });
  await Deno.chown(`${dir}/bus`, STRANGER, null);
  const error = await unsafe(ensureOwnDirectory(`${dir}/bus`));
  assertEquals(error.message, `${dir}/bus belongs to user ${STRANGER}, not to you`);
  assertStringIncludes(error.hint ?? "", "XDG_RUNTIME_DIR");
}, !isRoot);

Deno.test("ensureOwnDirectory() says what the system refuses", async () => {
  const error = await assertRejects(() => ensureOwnDirectory("/proc/nothing/bus"), BusError);
  assertEquals(error.code, "failed");
  assertStringIncludes(error.message, "cannot make the directory /proc/nothing/bus: ");
});

test("checkGivenDirectory() takes a private one and a sticky one", async (dir) => {
  for (const good of [0o700, 0o755, 0o1777, 0o1770]) {
    await Deno.chmod(dir, good);
    await checkGivenDirectory(dir);
  }
});

test("checkGivenDirectory() refuses one that others can write to", async (dir) => {
  for (const bad of [0o777, 0o770, 0o702]) {
    await Deno.chmod(dir, bad);
    const error = await unsafe(checkGivenDirectory(dir));
    const octal = bad.toString(8).padStart(4, "0");
    assertEquals(error.message, `others can write to the directory ${dir} (mode ${octal})`);
    assertEquals(error.hint, `close it: chmod go-w ${dir}`);
  }
});

test("checkGivenDirectory() refuses one of another user, sticky or not", async (dir) => {
  await Deno.chown(dir, STRANGER, null);
  await Deno.chmod(dir, 0o1777);
  const error = await unsafe(checkGivenDirectory(dir));
  const reason = `the directory ${dir} belongs to user ${STRANGER}, not to you or root`;
  assertEquals(error.message, reason);
}, !isRoot);

test("checkGivenDirectory() says that there is none", async (dir) => {
  const error = await assertRejects(() => checkGivenDirectory(`${dir}/none`), BusError);
  assertEquals([error.code, error.message], ["failed", `there is no directory ${dir}/none`]);
});

test("checkGivenDirectory() refuses a file", async (dir) => {
  await Deno.writeTextFile(`${dir}/file`, "");
  assertEquals(
    (await unsafe(checkGivenDirectory(`${dir}/file`))).message,
    `${dir}/file is no directory`,
  );
});

test("checkSocketOwner() knows a socket of ours from nothing", async (dir) => {
  assertEquals(await checkSocketOwner(`${dir}/x.sock`), "absent");
  using _listener = Deno.listen({ transport: "unix", path: `${dir}/x.sock` });
  assertEquals(await checkSocketOwner(`${dir}/x.sock`), "ours");
});

test("checkSocketOwner() refuses whatever is no socket", async (dir) => {
  await Deno.writeTextFile(`${dir}/file`, "");
  await Deno.mkdir(`${dir}/directory`);
  for (const name of ["file", "directory"]) {
    const error = await unsafe(checkSocketOwner(`${dir}/${name}`));
    assertEquals(error.message, `${dir}/${name} is no socket`);
  }
});

test("checkSocketOwner() refuses a link, even to a socket of ours", async (dir) => {
  using _listener = Deno.listen({ transport: "unix", path: `${dir}/x.sock` });
  await Deno.symlink(`${dir}/x.sock`, `${dir}/link.sock`);
  const error = await unsafe(checkSocketOwner(`${dir}/link.sock`));
  assertEquals(error.message, `${dir}/link.sock is a link, not a socket`);
});

test("checkSocketOwner() refuses a socket of another user", async (dir) => {
  using _listener = Deno.listen({ transport: "unix", path: `${dir}/x.sock` });
  await Deno.chown(`${dir}/x.sock`, STRANGER, null);
  const error = await unsafe(checkSocketOwner(`${dir}/x.sock`));
  assertEquals(error.message, `${dir}/x.sock belongs to user ${STRANGER}, not to you`);
  assertEquals(error.hint, "choose another path with --socket");
}, !isRoot);

test("errors of safety escape what a path holds", async (dir) => {
  await Deno.writeTextFile(`${dir}/\x1b[31m`, "");
  const error = await unsafe(checkSocketOwner(`${dir}/\x1b[31m`));
  assertEquals(error.message, `${dir}/\\x1b[31m is no socket`);
});

function pathsIn(directory: string, ownDirectory: boolean): HubPaths {
  return {
    socket: `${directory}/x.sock`,
    lock: `${directory}/x.lock`,
    log: "/nowhere/x.log",
    directory,
    ownDirectory,
  };
}

test("lookForSocket() finds nothing where the directory is missing", async (dir) => {
  for (const own of [true, false]) {
    assertEquals(await lookForSocket(pathsIn(`${dir}/none`, own)), "absent");
  }
});

test("lookForSocket() wants our own directory closed and a given one only unwritable", async (dir) => {
  using _listener = Deno.listen({ transport: "unix", path: `${dir}/x.sock` });
  assertEquals(await lookForSocket(pathsIn(dir, true)), "ours");
  await Deno.chmod(dir, 0o755);
  assertEquals(await lookForSocket(pathsIn(dir, false)), "ours");
  await unsafe(lookForSocket(pathsIn(dir, true)));
  await Deno.chmod(dir, 0o775);
  await unsafe(lookForSocket(pathsIn(dir, false)));
});

test("fileMark() tells a file from any other that comes to its path", async (dir) => {
  const path = `${dir}/x`;
  assertEquals(await fileMark(path), undefined);
  await Deno.writeTextFile(path, "one");
  const one = await fileMark(path);
  assertEquals(isSameMark(one, await fileMark(path)), true);
  await Deno.rename(path, `${dir}/kept`);
  assertEquals(isSameMark(one, await fileMark(path)), false);
  await Deno.symlink(`${dir}/kept`, path);
  assertEquals(isSameMark(one, await fileMark(path)), false);
  await Deno.remove(path);
  // As where the number of its inode is given to the next one.
  assertEquals(one && isSameMark(one, { ...one, mtime: new Date(0) }), false);
  assertEquals(isSameMark(undefined, undefined), false);
});

test("what belongs to another user is said to be his, whatever it is", async (dir) => {
  using _listener = Deno.listen({ transport: "unix", path: `${dir}/socket` });
  await Deno.writeTextFile(`${dir}/file`, "");
  await Deno.symlink(dir, `${dir}/link`);
  for (const name of ["socket", "file", "link"]) {
    const path = `${dir}/${name}`;
    await new Deno.Command("chown", { args: ["-h", String(STRANGER), path] }).output();
    const message = `${path} belongs to user ${STRANGER}, not to you`;
    assertEquals((await unsafe(checkOwnDirectory(path))).message, message);
    assertEquals((await unsafe(checkSocketOwner(path))).message, message);
  }
}, !isRoot);
