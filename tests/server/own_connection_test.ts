import { assertEquals, assertLess } from "@std/assert";
import { hubPaths } from "../../lib/platform/paths.ts";
import { lookBy, nextTurn } from "../../lib/platform/turn.ts";
import { OwnConnection } from "../../lib/server/own_connection.ts";
import { inDirectory, leaveStaleSocket, namesIn } from "./own_directory.ts";
import { bindingName } from "../../lib/server/listener.ts";

/** A thread of its own that connects, and notes in shared memory that it has. */
const CONNECTOR = `data:text/javascript,
  self.onmessage = async ({ data: { path, noted } }) => {
    const connection = await Deno.connect({ transport: "unix", path });
    Atomics.store(noted, 0, 1);
    await connection.read(new Uint8Array(1));
    connection.close();
    self.close();
  };`;

/** Does nothing else for so long. */
function keepBusy(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

/** The turns, of 3 ms each, after which one who has connected is let in. */
async function turnsUntilAccepted(path: string): Promise<number> {
  const noted = new Int32Array(new SharedArrayBuffer(4));
  const connector = new Worker(CONNECTOR, { type: "module" });
  using listener = Deno.listen({ transport: "unix", path });
  let arrival: Deno.UnixConn | undefined;
  const accepting = listener.accept().then((connection) => arrival = connection);
  connector.postMessage({ path, noted });
  let turns = 0;
  while (!arrival) {
    keepBusy(3);
    await nextTurn();
    turns += Atomics.load(noted, 0);
  }
  await accepting;
  arrival.close();
  connector.terminate();
  return turns;
}

Deno.test("OwnConnection.look() lets the runtime look at its sockets, however busy each turn is", async () => {
  await inDirectory(async (directory) => {
    const paths = hubPaths({ socket: `${directory}/bus.sock` }, { get: () => undefined });
    const own = await OwnConnection.open(paths);
    const end = lookBy(() => own.look());
    const turns: number[] = [];
    for (let time = 0; time < 5; time++) turns.push(await turnsUntilAccepted(`${directory}/door`));
    end();
    own.close();
    // Without it each takes up to 61.
    assertLess(Math.max(...turns), 10);
  });
});

Deno.test("OwnConnection.open() leaves no file, and takes the place of what a killed hub left", async () => {
  await inDirectory(async (directory) => {
    const paths = hubPaths({ socket: `${directory}/bus.sock` }, { get: () => undefined });
    await leaveStaleSocket(bindingName(paths.socket));
    const own = await OwnConnection.open(paths);
    assertEquals(await namesIn(directory), []);
    await own.look();
    own.close();
  });
});
