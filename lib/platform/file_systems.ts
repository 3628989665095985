/**
 * What is known of file systems by their kinds.
 *
 * @module
 */

/**
 * Shared over a network, or with the host of a virtual machine. A lock may be this machine's alone
 * there, or be kept as one of another sort, of which nobody sees who holds it.
 */
const SHARED = new Set([
  "9p",
  "afs",
  "beegfs",
  "ceph",
  "cifs",
  "coda",
  "davfs",
  "fuse.glusterfs",
  "fuse.rclone",
  "fuse.s3fs",
  "fuse.sshfs",
  "gfs2",
  "glusterfs",
  "gpfs",
  "lustre",
  "ncpfs",
  "nfs",
  "nfs4",
  "ocfs2",
  "orangefs",
  "prl_fs",
  "smb3",
  "smbfs",
  "vboxsf",
  "virtiofs",
  "vmhgfs",
]);

/**
 * Whether a lock on a file means the same to all who see the file: on a local file system it does,
 * on a shared one it may not, and of the rest, which programs provide, it cannot be told.
 *
 * @param type the kind, as the system calls it: `ext4`, `tmpfs`, `nfs4`, `fuse.sshfs`
 */
export function trustOf(type: string): "local" | "shared" | "unknown" {
  if (SHARED.has(type)) return "shared";
  // A block device behind a program is a local disk of a foreign format.
  return type.startsWith("fuse") && type !== "fuseblk" ? "unknown" : "local";
}
