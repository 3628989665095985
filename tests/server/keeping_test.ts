import { assertEquals } from "@std/assert";
import { hubPaths } from "../../lib/platform/paths.ts";
import { keptBy } from "../../lib/server/keeping.ts";
import { Listener } from "../../lib/server/listener.ts";
import { takeLock } from "../../lib/server/lock.ts";
import type { Kept } from "../../lib/server/upkeep.ts";
import { inDirectory } from "./own_directory.ts";

interface Kit {
  readonly directory: string;
  readonly kept: Kept[];
  /** What is wrong now, of each. */
  faults(): Promise<(string | undefined)[]>;
}

/** What a hub that goes by its name looks after, in a directory that is in nobody's way. */
async function withHub(body: (kit: Kit) => Promise<void>): Promise<void> {
  await inDirectory(async (parent) => {
    const directory = `${parent}/bus`;
    await Deno.mkdir(directory, { mode: 0o700 });
    const paths = hubPaths({ name: "mine" }, new Map([["XDG_RUNTIME_DIR", parent]]));
    const lock = await takeLock(paths.lock);
    if (lock === "held") throw new Error("nobody else can have this lock");
    const listener = await Listener.bind(paths);
    const kept = keptBy(paths, lock, listener);
    const faults = async () => await Promise.all(kept.map((one) => one.fault()));
    try {
      await body({ directory, kept, faults });
    } finally {
      listener.close();
      lock.release();
    }
  });
}

Deno.test("keptBy() finds nothing wrong with what a hub has made", async () => {
  await withHub(async ({ faults }) => {
    assertEquals(await faults(), [undefined, undefined, undefined]);
  });
});

Deno.test("keptBy() says that the directory is open to others, and how to close it", async () => {
  await withHub(async ({ directory, faults, kept }) => {
    await Deno.chmod(directory, 0o755);
    const open = `${directory} is open to others (mode 0755) (close it: chmod 700 ${directory})`;
    assertEquals(await faults(), [open, undefined, undefined]);
    await Deno.chmod(directory, 0o700);
    assertEquals(await faults(), [undefined, undefined, undefined]);
    assertEquals(kept[0]?.recovered, `the directory ${directory} is as it must be again`);
  });
});

Deno.test({
  name: "keptBy() says that the directory cannot be written to (root always can)",
  ignore: Deno.uid() === 0,
  fn: () =>
    withHub(async ({ directory, faults }) => {
      await Deno.chmod(directory, 0o500);
      const [fault] = await faults();
      await Deno.chmod(directory, 0o700);
      const closed = "cannot be written to: the socket of this hub would outlive it";
      assertEquals(fault, `the directory ${directory} ${closed}`);
    }),
});

Deno.test("keptBy() says of a directory that is gone that its files are", async () => {
  await withHub(async ({ directory, faults }) => {
    await Deno.rename(directory, `${directory}-aside`);
    const [inDirectory, lock, socket] = await faults();
    await Deno.rename(`${directory}-aside`, directory);
    assertEquals(inDirectory, undefined);
    assertEquals(lock?.startsWith(`the lock ${directory}/mine.lock was removed or replaced`), true);
    assertEquals(socket?.startsWith(`the socket ${directory}/mine.sock was removed`), true);
  });
});
