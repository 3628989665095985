import { assertEquals, assertRejects } from "@std/assert";
import {
  findInLocks,
  hubPid,
  isLockFree,
  lockHolder,
  seemsHeld,
} from "../../lib/client/hub_lock.ts";
import type { HubPaths } from "../../lib/platform/paths.ts";
import { BusError } from "../../lib/protocol/errors.ts";
import type { Churn } from "./lock_churn.ts";

const onLinux = Deno.build.os === "linux";

function test(name: string, run: (paths: HubPaths) => Promise<void>, ignore = false) {
  Deno.test({
    name,
    ignore,
    async fn() {
      const directory = await Deno.makeTempDir();
      const socket = `${directory}/x.sock`;
      try {
        const log = `${directory}/x.log`;
        await run({ socket, lock: `${socket}.lock`, directory, ownDirectory: false, log });
      } finally {
        await Deno.remove(directory, { recursive: true });
      }
    },
  });
}

async function held({ lock }: HubPaths): Promise<Deno.FsFile> {
  const file = await Deno.open(lock, { create: true, read: true, write: true });
  assertEquals(await file.tryLock(true), true);
  return file;
}

const LOCKS = `\
1: POSIX  ADVISORY  WRITE 100 08:01:42 0 EOF
2: FLOCK  ADVISORY  WRITE 200 08:01:42 0 EOF
2: -> FLOCK  ADVISORY  WRITE 201 08:01:42 0 EOF
3: FLOCK  ADVISORY  WRITE 300 00:1f:42 0 EOF
4: FLOCK  ADVISORY  WRITE 400 103:00005:77 0 EOF
5: FLOCK  ADVISORY  WRITE 0 08:01:99 0 EOF
6: FLOCK  ADVISORY  READ  600 08:01:142 0 EOF
`;

Deno.test("lockHolder() finds the holder by device and inode, no other kind of lock, no waiter", () => {
  assertEquals(lockHolder(LOCKS, { dev: 0x801, ino: 42 }), 200);
  assertEquals(lockHolder(LOCKS, { dev: 0x1f, ino: 42 }), 300);
  assertEquals(lockHolder(LOCKS, { dev: 0x801, ino: 142 }), 600);
  assertEquals(lockHolder(LOCKS, { dev: 0x801, ino: 43 }), undefined);
  assertEquals(lockHolder("", { dev: 0x801, ino: 42 }), undefined);
});

Deno.test("lockHolder() goes by the inode where the device is shown otherwise and it stands once", () => {
  assertEquals(lockHolder(LOCKS, { dev: 0x999, ino: 77 }), 400);
  assertEquals(lockHolder(LOCKS, { dev: 0x999, ino: 42 }), undefined);
});

Deno.test("lockHolder() gives no process that the system does not show", () => {
  assertEquals(lockHolder(LOCKS, { dev: 0x801, ino: 99 }), undefined);
});

Deno.test("findInLocks() looks again in a long list, which may lack a line, and not in a short one", async () => {
  const others = LOCKS.repeat(20);
  const looked = async (lists: string[]) => {
    const found = await findInLocks(
      (locks) => locks.includes(":77 ") ? 400 : undefined,
      () => Promise.resolve(lists.shift() ?? ""),
    );
    return [found, lists.length];
  };
  const lacking = others.replaceAll(":77 ", ":78 ");
  assertEquals(await looked([lacking, lacking, others]), [400, 0]);
  assertEquals(await looked([others, others]), [400, 1]);
  assertEquals(await looked([...Array(10).fill(lacking), others]), [undefined, 1]);
  assertEquals(await looked(["", others]), [undefined, 1]);
  // A list of more than one piece whose second one was empty by then.
  assertEquals(await looked([lacking.slice(0, 4_000), others]), [400, 0]);
  assertEquals(await looked([lacking.slice(0, 3_900), others]), [undefined, 1]);
});

test("hubPid() is the process that holds the lock, while it does", async (paths) => {
  assertEquals(await hubPid(paths), undefined);
  const file = await held(paths);
  assertEquals(await hubPid(paths), Deno.pid);
  file.close();
  assertEquals(await hubPid(paths), undefined);
}, !onLinux);

test("hubPid() does not follow a link", async (paths) => {
  const other = { ...paths, lock: `${paths.directory}/other` };
  using _file = await held(other);
  await Deno.symlink(other.lock, paths.lock);
  assertEquals(await hubPid(paths), undefined);
}, !onLinux);

test("isLockFree() tries the lock and gives it back", async (paths) => {
  assertEquals(await isLockFree(paths), true);
  const file = await held(paths);
  assertEquals(await isLockFree(paths), false);
  file.close();
  assertEquals(await isLockFree(paths), true);
  (await held(paths)).close();
});

test("isLockFree() refuses what is no file of ours, and does not open it", async (paths) => {
  await Deno.symlink(`${paths.directory}/elsewhere`, paths.lock);
  const error = await assertRejects(() => isLockFree(paths), BusError);
  assertEquals([error.code, error.message], ["unsafe_path", `${paths.lock} is no file of yours`]);
});

test("seemsHeld() is true while somebody holds the lock, and leaves it alone", async (paths) => {
  assertEquals(await seemsHeld(paths), false);
  const file = await held(paths);
  assertEquals(await seemsHeld(paths), true);
  file.close();
  assertEquals([await seemsHeld(paths), await isLockFree(paths)], [false, true]);
}, !onLinux);

test("hubPid() misses no lock where others come and go", async (paths) => {
  using _ = await held(paths);
  const worker = new Worker(new URL("./lock_churn.ts", import.meta.url), { type: "module" });
  const over = new Int32Array(new SharedArrayBuffer(4));
  const [begun, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  worker.onmessage = ({ data }) => data === "over" ? ended.resolve() : begun.resolve();
  worker.postMessage({ directory: paths.directory, over } satisfies Churn);
  await begun.promise;
  const pids = new Set<number | undefined>();
  for (let look = 0; look < 500; look++) pids.add(await hubPid(paths));
  Atomics.store(over, 0, 1);
  await ended.promise;
  worker.terminate();
  assertEquals([...pids], [Deno.pid]);
}, !onLinux);
