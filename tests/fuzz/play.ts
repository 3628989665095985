/**
 * Plays a case against a hub.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { PATIENCE_MS, within } from "../e2e/waiting.ts";
import { hear, type Heard } from "./answers.ts";
import { type Case, situationOf } from "./cases.ts";
import type { Foretold } from "./foretold.ts";
import type { Companion } from "./oracle.ts";
import { type Conversation, Talk } from "./talk.ts";

/**
 * Plays a case to its end.
 *
 * @param connect makes the connection that is played
 * @returns what the hub said; nothing where the peer did not listen
 */
export async function play(
  path: string,
  played: Case,
  foretold: Foretold,
  connect: (path: string) => Promise<Conversation>,
): Promise<Heard | undefined> {
  const companion = await enter(path, situationOf(played).companion, played.key);
  const talk = await connect(path);
  try {
    await within("the hub reads what is sent", sendAll(talk, played), PATIENCE_MS);
    if (played.end === "vanishes") return undefined;
    if (foretold.waits && !foretold.closes && played.end !== "leaves early") {
      await untilRead(path);
      await companion?.giveWay();
      // Were its stream ended before, it would have left while it waited.
      await talk.hears(1);
    }
    if (!foretold.closes || played.end !== "stays") await talk.end();
    await talk.closed();
    await companion?.leave();
    return hear(talk.lines);
  } finally {
    talk.close();
    companion?.close();
  }
}

/** Sends until all is sent, or the hub is gone. */
async function sendAll(talk: Conversation, { writes }: Case): Promise<void> {
  for (const write of writes) if (!await talk.write(write)) return;
}

/** Somebody in the key of the peer. */
interface Other {
  /** Does what those who wait for the key wait for. */
  giveWay(): Promise<void>;
  /** Leaves, if it has not; resolves when it is out of the key. */
  leave(): Promise<void>;
  /** Is gone. */
  close(): void;
}

async function enter(path: string, companion: Companion, key: string): Promise<Other | undefined> {
  if (companion === "nobody") return undefined;
  const talk = await Talk.connect(path);
  const setsUp = companion.startsWith("one that sets up");
  const hello = { type: "hello", event_key: key, event_types: [`${key}.nothing`], sets_up: setsUp };
  await talk.send(JSON.stringify(hello));
  const answers = ["hello_ack first"];
  if (companion === "one that cleans up") {
    await talk.send(JSON.stringify({ type: "pre_shutdown_check", event_key: key }));
    answers.push("last yes");
  }
  await talk.hears(answers.length);
  assertEquals(hear(talk.lines).answers, answers, `what ${companion} hears`);
  return {
    giveWay: async () => {
      if (companion === "one that sets up") await talk.send('{"type":"setup_done"}');
      else talk.close();
    },
    leave: async () => {
      await talk.end();
      await talk.closed();
    },
    close: () => talk.close(),
  };
}

/** Lets the hub read what was sent to it, by an answer to something that was sent later. */
async function untilRead(path: string): Promise<void> {
  const talk = await Talk.connect(path);
  await talk.send('{"type":"reload"}');
  await talk.closed();
  talk.close();
}
