import { assertEquals, assertLess, assertMatch } from "@std/assert";
import { notify } from "../../lib/server/notify.ts";
import { SYSTEM_CLOCKS } from "../../lib/platform/clocks.ts";
import { within } from "../../lib/platform/within.ts";

/** A service manager's socket beside a runtime directory. */
class Manager {
  readonly #root = Deno.makeTempDirSync();
  /** Where a hub's files lie. */
  readonly directory = `${this.#root}/bus`;
  readonly path = `${this.#root}/notify`;
  #end: Deno.DatagramConn | undefined;

  constructor() {
    Deno.mkdirSync(this.directory, { mode: 0o700 });
  }

  listen(path = this.path): void {
    this.#end = Deno.listenDatagram({ transport: "unixpacket", path });
  }

  /** What it is told next. */
  async hears(): Promise<string> {
    const [bytes] = await this.#end?.receive() ?? [new Uint8Array(0)];
    return new TextDecoder().decode(bytes);
  }

  leave(): void {
    this.#end?.close();
    this.#end = undefined;
  }

  /** The names of what lies in the runtime directory. */
  get left(): string[] {
    return [...Deno.readDirSync(this.directory)].map(({ name }) => name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.leave();
    await Deno.remove(this.#root, { recursive: true });
  }
}

Deno.test("notify() tells a service manager, a datagram a notice", async () => {
  await using manager = new Manager();
  manager.listen();
  for (const notice of ["READY=1", "STOPPING=1"] as const) {
    assertEquals(await notify(notice, manager.path, manager.directory), undefined);
    assertEquals(await manager.hears(), notice);
    assertEquals(manager.left, []);
  }
});

Deno.test("notify() tells nobody where none is named", async () => {
  await using manager = new Manager();
  // Nothing that could be bound, or sent to.
  const nowhere = `${manager.directory}/none`;
  assertEquals(await notify("READY=1", undefined, nowhere), undefined);
  assertEquals(await notify("READY=1", "", nowhere), undefined);
});

Deno.test({
  name: "notify() knows an abstract socket, written with an @",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using manager = new Manager();
    const name = `bus-test-${crypto.randomUUID()}`;
    manager.listen(`\0${name}`);
    assertEquals(await notify("READY=1", `@${name}`, manager.directory), undefined);
    assertEquals(await manager.hears(), "READY=1");
  },
});

Deno.test("notify() says what went wrong, and leaves nothing behind", async () => {
  await using manager = new Manager();
  const wrong = [manager.path, `${manager.directory}/none/notify`, "relative", "x".repeat(200)];
  for (const socket of wrong) {
    const failure = await notify("READY=1", socket, manager.directory);
    assertMatch(failure ?? "", new RegExp(`^cannot tell ${socket} READY=1: .+`));
  }
  manager.listen();
  manager.leave();
  const failure = await notify("STOPPING=1", manager.path, manager.directory);
  assertMatch(failure ?? "", new RegExp(`^cannot tell ${manager.path} STOPPING=1: .+refused`));
  assertEquals(manager.left, []);
});

Deno.test("notify() leaves alone what lies in the way of its own end", async () => {
  await using manager = new Manager();
  manager.listen();
  const name = `.notify-${Deno.pid}`;
  await Deno.writeTextFile(`${manager.directory}/${name}`, "theirs");
  const failure = await notify("READY=1", manager.path, manager.directory);
  assertMatch(failure ?? "", /^cannot tell .+ READY=1: .+/);
  assertEquals(manager.left, [name]);
  assertEquals(await Deno.readTextFile(`${manager.directory}/${name}`), "theirs");
});

Deno.test("notify() gives up one that takes nothing, within 2 s", async () => {
  await using manager = new Manager();
  manager.listen();
  let outcome: string | undefined;
  let isOver = true;
  let start = 0;
  // The system keeps a few datagrams for one who does not read.
  for (let sent = 0; isOver && outcome === undefined && sent < 2_000; sent++) {
    isOver = false;
    start = performance.now();
    const telling = notify("READY=1", manager.path, manager.directory).then((failure) => {
      outcome = failure;
      isOver = true;
    });
    await within(SYSTEM_CLOCKS, 5_000, telling);
  }
  assertEquals(outcome, `cannot tell ${manager.path} READY=1: nobody takes it`);
  assertLess(performance.now() - start, 2_000);
  assertEquals(manager.left, []);
});
