import { assertEquals } from "@std/assert";
import { dirname } from "@std/path/posix/dirname";
import { PrivateSocket } from "../../../lib/source/http/private_socket.ts";

const NOW = Date.now();

/** The directories in another one. */
function namesIn(directory: string): string[] {
  return Array.from(Deno.readDirSync(directory), ({ name }) => name).sort();
}

/** Leaves one behind, made so many milliseconds ago, as who is killed does. */
async function leave(parent: string, milliseconds: number): Promise<void> {
  const { path } = await PrivateSocket.make({ wall: () => 0 }, parent);
  const listener = Deno.listen({ transport: "unix", path });
  // Closed, it would be removed.
  await Deno.rename(path, `${path}.aside`);
  listener.close();
  await Deno.rename(`${path}.aside`, path);
  await age(path, milliseconds);
}

async function age(path: string, milliseconds: number): Promise<void> {
  await Deno.utime(dirname(path), new Date(NOW), new Date(NOW - milliseconds));
}

Deno.test("PrivateSocket.make() removes those of the killed, and no others", async () => {
  const parent = await Deno.makeTempDir();
  try {
    const heard = await PrivateSocket.make({ wall: () => 0 }, parent);
    using _ = Deno.listen({ transport: "unix", path: heard.path });
    await age(heard.path, 120_000);
    await leave(parent, 1_000);
    await Deno.mkdir(`${parent}/bus-https`);
    await Deno.writeTextFile(`${parent}/bus-http-file`, "");
    const stay = namesIn(parent);
    await leave(parent, 120_000);
    const empty = await PrivateSocket.make({ wall: () => 0 }, parent);
    await age(empty.path, 120_000);
    assertEquals(namesIn(parent).length, stay.length + 2);

    const own = await PrivateSocket.make({ wall: () => NOW }, parent);
    const [mine = "", ...others] = namesIn(parent).filter((name) => !stay.includes(name));
    assertEquals([`${parent}/${mine}/http.sock`, others], [own.path, []]);
    await own.remove();
    await own.remove();
    assertEquals(namesIn(parent), stay);
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
});

Deno.test("a PrivateSocket lies where nobody but its user can enter", async () => {
  const socket = await PrivateSocket.make({ wall: () => NOW });
  const { mode } = await Deno.lstat(dirname(socket.path));
  await socket.remove();
  assertEquals((mode ?? 0) & 0o7777, 0o700);
});
