import { assertEquals } from "@std/assert";
import { mountAt, mountOf } from "../../lib/platform/mounts.ts";

const MOUNTINFO = `22 1 259:2 / / rw,relatime shared:1 - ext4 /dev/nvme0n1p2 rw
23 22 0:21 / /run rw,nosuid shared:12 - tmpfs tmpfs rw,mode=755
24 23 0:45 / /run/user/1000 rw,nosuid,nodev shared:800 master:3 - tmpfs tmpfs rw,mode=700
25 22 0:50 /export /home rw,relatime - nfs4 server:/export rw,vers=4.2
26 22 0:51 / /mnt/my\\040disk\\134x rw - fuse.sshfs ada@host: rw
27 22 0:52 / /mnt/twice rw - ext4 /dev/sda1 rw
28 27 0:53 / /mnt/twice rw - tmpfs  rw
`;

Deno.test("mountOf() is the deepest mount that a path lies in", () => {
  const of = (path: string) => mountOf(path, MOUNTINFO);
  assertEquals(of("/"), { point: "/", type: "ext4" });
  assertEquals(of("/tmp/bus-1000"), { point: "/", type: "ext4" });
  assertEquals(of("/run/lock"), { point: "/run", type: "tmpfs" });
  assertEquals(of("/run/user/1000"), { point: "/run/user/1000", type: "tmpfs" });
  assertEquals(of("/home/ada/run"), { point: "/home", type: "nfs4" });
});

Deno.test("mountOf() is not misled by a name that begins like a mount", () => {
  assertEquals(mountOf("/homestead", MOUNTINFO), { point: "/", type: "ext4" });
  assertEquals(mountOf("/run/user/10001", MOUNTINFO), { point: "/run", type: "tmpfs" });
});

Deno.test("mountOf() reads the blanks and backslashes of a mount's name", () => {
  const path = "/mnt/my disk\\x/a";
  assertEquals(mountOf(path, MOUNTINFO), { point: "/mnt/my disk\\x", type: "fuse.sshfs" });
});

Deno.test("mountOf() takes the last of several at one place, which covers the others", () => {
  assertEquals(mountOf("/mnt/twice/a", MOUNTINFO), { point: "/mnt/twice", type: "tmpfs" });
});

Deno.test("mountOf() knows nothing where the system says nothing", () => {
  assertEquals(mountOf("/a", ""), undefined);
});

Deno.test({
  name: "mountAt() follows links to where a path really lies",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const directory = await Deno.makeTempDir();
    try {
      await Deno.symlink("/proc", `${directory}/link`);
      assertEquals(await mountAt(`${directory}/link/self`), { point: "/proc", type: "proc" });
      assertEquals(await mountAt(`${directory}/nothing`), undefined);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});
