import { assertEquals } from "@std/assert";
import { trustOf } from "../../lib/platform/file_systems.ts";
import { mountOf } from "../../lib/platform/mounts.ts";

Deno.test("trustOf() tells local file systems from shared ones", () => {
  for (const type of ["tmpfs", "ext4", "xfs", "btrfs", "zfs", "overlay", "apfs", "fuseblk"]) {
    assertEquals(trustOf(type), "local", type);
  }
  for (const type of ["nfs", "nfs4", "cifs", "smb3", "9p", "virtiofs", "ceph", "fuse.sshfs"]) {
    assertEquals(trustOf(type), "shared", type);
  }
});

Deno.test("trustOf() does not guess what a program provides", () => {
  for (const type of ["fuse", "fuse.bindfs", "fuse.something"]) {
    assertEquals(trustOf(type), "unknown", type);
  }
});

Deno.test("trustOf() of the mounts of a machine whose homes lie on a server", () => {
  const mountinfo = `25 1 0:24 / /run rw shared:5 - tmpfs tmpfs rw,size=800M
60 25 0:50 / /run/user/1000 rw shared:9 - tmpfs tmpfs rw,mode=700
61 1 0:51 /home /home rw shared:10 - nfs4 files:/home rw,vers=4.2
`;
  const trust = (path: string) => trustOf(mountOf(path, mountinfo)?.type ?? "");
  assertEquals([trust("/run/user/1000/bus"), trust("/home/ada/run")], ["local", "shared"]);
});
