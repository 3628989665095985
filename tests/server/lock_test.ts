import { assert, assertEquals, assertRejects } from "@std/assert";
import { BusError } from "../../lib/protocol/errors.ts";
import { type HubLock, takeLock } from "../../lib/server/lock.ts";
import { inDirectory, modeOf, namesIn } from "./own_directory.ts";

async function take(path: string): Promise<HubLock> {
  const lock = await takeLock(path);
  assert(lock !== "held", "the lock is held");
  return lock;
}

Deno.test("takeLock() makes the file, for the user alone, and never removes it", async () => {
  await inDirectory(async (directory) => {
    const path = `${directory}/bus.lock`;
    const lock = await take(path);
    assertEquals(await modeOf(path), 0o600);
    assertEquals(await lock.isInPlace(), true);
    lock.release();
    const { ino } = await Deno.lstat(path);
    (await take(path)).release();
    assertEquals((await Deno.lstat(path)).ino, ino);
  });
});

Deno.test("takeLock() says that it is held while it is, and by nobody else's look at it", async () => {
  await inDirectory(async (directory) => {
    const path = `${directory}/bus.lock`;
    const lock = await take(path);
    assertEquals(await takeLock(path), "held");
    assertEquals(await takeLock(path), "held", "a try that failed has freed it");
    lock.release();
    (await take(path)).release();
  });
});

Deno.test("takeLock() outlasts one who only tries whether it is held", async () => {
  await inDirectory(async (directory) => {
    const path = `${directory}/bus.lock`;
    const other = await take(path);
    const taking = takeLock(path);
    const timer = setTimeout(() => other.release(), 10);
    const lock = await taking;
    clearTimeout(timer);
    assert(lock !== "held");
    lock.release();
  });
});

Deno.test("takeLock() is not held by a file's content or by who died with it", async () => {
  await inDirectory(async (directory) => {
    const path = `${directory}/bus.lock`;
    await Deno.writeTextFile(path, "4711\n");
    (await take(path)).release();
    assertEquals(await Deno.readTextFile(path), "4711\n");
  });
});

const NO_FILES: [string, (path: string, directory: string) => Promise<void>, RegExp][] = [
  ["a link to a file", async (path, directory) => {
    await Deno.writeTextFile(`${directory}/target`, "");
    await Deno.symlink(`${directory}/target`, path);
  }, /the lock \S+bus\.lock is a link; it was left alone/],
  [
    "a link to nothing",
    (path, directory) => Deno.symlink(`${directory}/target`, path),
    /is a link; it was left alone/,
  ],
  ["a directory", (path) => Deno.mkdir(path), /is no file; it was left alone/],
  ["a pipe that nobody writes to", async (path) => {
    await new Deno.Command("mkfifo", { args: [path] }).output();
  }, /is no file; it was left alone/],
];

for (const [what, make, sentence] of NO_FILES) {
  Deno.test(`takeLock() refuses ${what} and makes nothing of it`, async () => {
    await inDirectory(async (directory) => {
      const path = `${directory}/bus.lock`;
      await make(path, directory);
      const before = [await namesIn(directory), (await Deno.lstat(path)).ino];
      const error = await assertRejects(() => takeLock(path), BusError);
      assertEquals(error.code, "unsafe_path");
      assert(sentence.test(error.message), error.message);
      assertEquals([await namesIn(directory), (await Deno.lstat(path)).ino], before);
    });
  });
}

Deno.test({
  name: "takeLock() refuses another user's file",
  // Only root can give a file away.
  ignore: Deno.uid() !== 0,
  async fn() {
    await inDirectory(async (directory) => {
      const path = `${directory}/bus.lock`;
      await Deno.writeTextFile(path, "");
      await Deno.chown(path, 12_345, 12_345);
      const error = await assertRejects(() => takeLock(path), BusError);
      assertEquals(error.code, "unsafe_path");
      assertEquals(error.message, `the lock ${path} belongs to user 12345; it was left alone`);
      assertEquals(error.hint, "choose another path with --socket");
    });
  },
});

Deno.test("takeLock() says what the system says where it cannot be made", async () => {
  await inDirectory(async (directory) => {
    const path = `${directory}/missing/bus.lock`;
    const error = await assertRejects(() => takeLock(path), BusError);
    assertEquals(error.code, "failed");
    assert(error.message.startsWith(`cannot open the lock ${path}: `), error.message);
  });
});

/** Does something between the opening of a file and its locking, once. */
async function beforeLocking(disturb: () => void, body: () => Promise<void>): Promise<void> {
  const { tryLock } = Deno.FsFile.prototype;
  let isDisturbed = false;
  Deno.FsFile.prototype.tryLock = function (this: Deno.FsFile, exclusive?: boolean) {
    if (!isDisturbed) disturb();
    isDisturbed = true;
    return tryLock.call(this, exclusive);
  };
  try {
    await body();
  } finally {
    Deno.FsFile.prototype.tryLock = tryLock;
  }
  assertEquals(isDisturbed, true);
}

const DISTURBANCES: [string, (path: string) => void][] = [
  ["removed", (path) => Deno.removeSync(path)],
  ["replaced", (path) => {
    Deno.writeTextFileSync(`${path}.new`, "");
    Deno.renameSync(`${path}.new`, path);
  }],
];

for (const [what, disturb] of DISTURBANCES) {
  Deno.test(`takeLock() begins anew where the file was ${what} before it was locked`, async () => {
    await inDirectory(async (directory) => {
      const path = `${directory}/bus.lock`;
      await Deno.writeTextFile(path, "");
      await beforeLocking(() => disturb(path), async () => {
        const lock = await take(path);
        // Whoever comes now opens the file at the path: that one must be locked.
        assertEquals(await takeLock(path), "held");
        assertEquals(await lock.isInPlace(), true);
        lock.release();
      });
    });
  });

  Deno.test(`HubLock.isInPlace() sees that the file was ${what} while it is held`, async () => {
    await inDirectory(async (directory) => {
      const path = `${directory}/bus.lock`;
      const lock = await take(path);
      disturb(path);
      assertEquals(await lock.isInPlace(), false);
      lock.release();
    });
  });
}

Deno.test("HubLock.touch() makes the file look used", async () => {
  await inDirectory(async (directory) => {
    const path = `${directory}/bus.lock`;
    const lock = await take(path);
    await Deno.utime(path, new Date(0), new Date(0));
    await lock.touch();
    const { mtime } = await Deno.lstat(path);
    assert(Number(mtime) > Date.now() - 60_000);
    lock.release();
  });
});
