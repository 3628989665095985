import { assertEquals, assertInstanceOf } from "@std/assert";
import { attempt } from "../../lib/client/attempt.ts";
import { HubConnection } from "../../lib/client/connection.ts";
import { SocketPlace } from "./socket_hub.ts";

Deno.test("attempt() connects to the socket that it has looked at", async () => {
  await using place = await SocketPlace.make();
  using listener = place.listen();
  const connection = await attempt(place.paths);
  assertInstanceOf(connection, HubConnection);
  connection.close();
  (await listener.accept()).close();
});

Deno.test("attempt() says not a word to a socket that came in its place meanwhile", async () => {
  await using place = await SocketPlace.make();
  const { socket } = place.paths;
  using _listener = place.listen();
  // As another user does who waits for the path to be free, where both may make files.
  await Deno.rename(socket, `${socket}.old`);
  using other = place.listen();
  await Deno.rename(socket, `${socket}.other`);
  await Deno.rename(`${socket}.old`, socket);
  const dial = async (path: string) => {
    await Deno.rename(path, `${path}.old`);
    await Deno.rename(`${path}.other`, path);
    return await Deno.connect({ transport: "unix", path });
  };
  assertEquals(await attempt(place.paths, dial), "no_hub");
  const theirs = await other.accept();
  assertEquals(await theirs.read(new Uint8Array(1)), null);
  theirs.close();
});

Deno.test("attempt() says not a word where the socket has gone meanwhile", async () => {
  await using place = await SocketPlace.make();
  using listener = place.listen();
  const dial = async (path: string) => {
    const connection = await Deno.connect({ transport: "unix", path });
    await Deno.remove(path);
    return connection;
  };
  assertEquals(await attempt(place.paths, dial), "no_hub");
  const theirs = await listener.accept();
  assertEquals(await theirs.read(new Uint8Array(1)), null);
  theirs.close();
});
