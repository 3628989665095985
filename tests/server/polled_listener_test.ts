import { assert, assertEquals } from "@std/assert";
import { PolledListener } from "../../lib/server/polled_listener.ts";

const options = { ignore: Deno.build.os !== "linux" };

/** A listening socket of this process, and its descriptor. */
class Inherited implements AsyncDisposable {
  readonly directory = Deno.makeTempDirSync();
  readonly path = `${this.directory}/x.sock`;
  readonly #listener = Deno.listen({ transport: "unix", path: this.path });
  readonly descriptor = descriptorOf(this.path);

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await Deno.remove(this.directory, { recursive: true });
  }
}

/**
 * The descriptor of the socket that listens at a path. Other tests of this process open and close
 * theirs meanwhile, so it is found by what the system says of it.
 */
function descriptorOf(path: string): number {
  const line = Deno.readTextFileSync("/proc/net/unix").split("\n").find((line) =>
    line.endsWith(path)
  );
  const socket = `socket:[${line?.split(/ +/)[6]}]`;
  for (const { name } of Deno.readDirSync("/proc/self/fd")) {
    try {
      if (Deno.readLinkSync(`/proc/self/fd/${name}`) === socket) return Number(name);
    } catch {
      // Closed since.
    }
  }
  throw new Error(`no descriptor of ${path}`);
}

async function text(end: { read(buffer: Uint8Array): Promise<number | null> }): Promise<string> {
  const buffer = new Uint8Array(64 * 1024);
  const decoder = new TextDecoder();
  let all = "";
  for (let length; (length = await end.read(buffer)) !== null;) {
    all += decoder.decode(buffer.subarray(0, length), { stream: true });
  }
  return all;
}

Deno.test(
  "PolledListener takes who has come and who is to come, and speaks with them",
  options,
  async () => {
    await using inherited = new Inherited();
    const listener = new PolledListener(inherited.descriptor);
    const first = await Deno.connect({ transport: "unix", path: inherited.path });
    const firstEnds = await listener.accept();
    const coming = listener.accept();
    const second = await Deno.connect({ transport: "unix", path: inherited.path });
    const secondEnds = await coming;
    assert(firstEnds && secondEnds);
    for (
      const [peer, ends, name] of [[second, secondEnds, "b"], [first, firstEnds, "a"]] as const
    ) {
      await peer.write(new TextEncoder().encode(`to ${name}`));
      await peer.closeWrite();
      assertEquals(await text(ends), `to ${name}`);
      assertEquals(await ends.write(new TextEncoder().encode(`from ${name}`)), 6);
      ends.close();
      assertEquals(await text(peer), `from ${name}`);
      peer.close();
    }
    listener.close();
  },
);

Deno.test(
  "PolledListener that is closed takes nobody, and leaves the socket to its owner",
  options,
  async () => {
    await using inherited = new Inherited();
    const listener = new PolledListener(inherited.descriptor);
    const waiting = listener.accept();
    listener.close();
    assertEquals([await waiting, await listener.accept()], [undefined, undefined]);
    const peer = await Deno.connect({ transport: "unix", path: inherited.path });
    const successor = new PolledListener(inherited.descriptor);
    const ends = await successor.accept();
    assert(ends);
    peer.close();
    assertEquals(await text(ends), "");
    ends.close();
    successor.close();
  },
);

const MODULE = new URL("../../lib/server/polled_listener.ts", import.meta.url).href;

/** In a process of its own: in this one other tests have listeners too. */
const REFUSALS = `
import { PolledListener } from ${JSON.stringify(MODULE)};
using tcp = Deno.listen({ hostname: "127.0.0.1", port: 0 });
const open = [...Deno.readDirSync("/proc/self/fd")].map(({ name }) => Number(name));
const refusals = [-1, ...open].map((descriptor) => {
  try {
    new PolledListener(descriptor);
  } catch (error) {
    return error.message;
  }
});
console.log(JSON.stringify([open.length, [...new Set(refusals)]]));
`;

Deno.test("PolledListener refuses what is no listening unix socket", options, async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", REFUSALS],
    stderr: "inherit",
  }).output();
  const [tried, refusals] = JSON.parse(new TextDecoder().decode(stdout));
  assert(tried > 5);
  assertEquals(refusals, ["it is no unix socket that listens"]);
});
