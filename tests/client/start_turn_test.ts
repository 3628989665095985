import { assert, assertEquals } from "@std/assert";
import { takeStartTurn } from "../../lib/client/start_turn.ts";

Deno.test("takeStartTurn() gives the turn to one at a time, and leaves nothing behind", async () => {
  const directory = await Deno.makeTempDir();
  const turn = await takeStartTurn(directory);
  assert(turn);
  assertEquals(await takeStartTurn(directory), undefined);
  turn[Symbol.dispose]();
  const next = await takeStartTurn(directory);
  assert(next);
  assertEquals(await takeStartTurn(directory), undefined);
  next[Symbol.dispose]();
  assertEquals(await Array.fromAsync(Deno.readDir(directory)), []);
  await Deno.remove(directory);
});

Deno.test("takeStartTurn() keeps nobody from starting where the directory cannot be locked", async () => {
  const turns = [await takeStartTurn("/none/such"), await takeStartTurn("/none/such")];
  for (const turn of turns) {
    assert(turn);
    turn[Symbol.dispose]();
  }
});
