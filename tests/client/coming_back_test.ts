import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { comeBack, type Passage, subscribeFirst } from "../../lib/client/coming_back.ts";
import { type ConnectedConsumer, subscribe } from "../../lib/client/connected_consumer.ts";
import type { AwayState } from "../../lib/client/consumer_state.ts";
import {
  HubGoneError,
  HubSilentError,
  HubStartError,
  NoHubError,
  RefusedError,
  RejectedError,
} from "../../lib/client/errors.ts";
import { BusError } from "../../lib/protocol/errors.ts";
import type { HelloAck } from "../../lib/protocol/messages.ts";
import { PATHS, scripted } from "./scripted_hub.ts";
import { ACK } from "./subscribed.ts";

/** Fails as it is told, then gets there; keeps count of what it was asked for. */
class Failing implements Passage {
  readonly asked: boolean[] = [];
  readonly pauses: number[] = [];
  /** Called before each attempt with its number. */
  before: (attempt: number) => void = () => {};

  constructor(private readonly failures: readonly Error[]) {}

  async subscribe(startsHub: boolean): Promise<ConnectedConsumer> {
    this.before(this.asked.length);
    const failure = this.failures[this.asked.push(startsHub) - 1];
    if (failure) throw failure;
    const { connection, hub } = scripted();
    const opening = subscribe(connection, { key: "gh", types: ["x"] });
    await hub.say(ACK);
    hub.close();
    return await opening;
  }

  pause(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (!signal.aborted) this.pauses.push(milliseconds);
    return Promise.resolve();
  }

  random(): number {
    return 1;
  }
}

const CRASHED = new HubGoneError(PATHS);
const STOPPED = new HubGoneError(PATHS, "stopped");
const NEVER = new AbortController().signal;

function rejected(code: string): RejectedError {
  const ack: HelloAck = { type: "hello_ack", bus_version: "v1", first_for_key: false };
  return new RejectedError({ ...ack, rejected: true, reject_reason: "why", reject_code: code });
}

/** Comes back past those failures; gives what was told, without the name of the state. */
async function backPast(
  gone: HubGoneError | RejectedError,
  failures: readonly Error[],
  startsHub = true,
): Promise<{ told: (readonly [BusError, boolean])[]; passage: Failing }> {
  const passage = new Failing(failures);
  const told: AwayState[] = [];
  const tell = (state: AwayState) => void told.push(state);
  assert(await comeBack(passage, gone, startsHub, tell, NEVER));
  for (const { state, hubReason } of told) {
    const reason = gone instanceof RejectedError ? gone.rejectCode : gone.hubReason;
    assertEquals([state, hubReason], ["away", reason]);
  }
  return { told: told.map(({ error, startsHub }) => [error, startsHub]), passage };
}

Deno.test("comeBack() may start a hub in the place of one that went away, whatever its reason", async () => {
  for (const reason of [undefined, "slow", "limit", "protocol", "of a newer hub"]) {
    const gone = new HubGoneError(PATHS, reason);
    const { told, passage } = await backPast(gone, [CRASHED]);
    assertEquals(passage.asked, [true, true]);
    assertStrictEquals(told[0]?.[0], gone);
    assertEquals(told[0]?.[1], true);
  }
});

Deno.test("comeBack() never starts one in the place of one that was stopped", async () => {
  const { told, passage } = await backPast(STOPPED, [CRASHED, CRASHED]);
  assertEquals(passage.asked, [false, false, false]);
  assertEquals(told.map(([, startsHub]) => startsHub), [false, false]);
});

Deno.test("comeBack() waits for a hub where one was stopped while the hello waited", async () => {
  const { told, passage } = await backPast(rejected("stopped"), [CRASHED]);
  assertEquals(passage.asked, [false, false]);
  assertEquals(told.map(([, startsHub]) => startsHub), [false, false]);
});

Deno.test("comeBack() starts none where it is not to", async () => {
  const { passage } = await backPast(CRASHED, [CRASHED], false);
  assertEquals(passage.asked, [false, false]);
});

Deno.test("comeBack() starts none any more once a hello that waited was rejected by a stop", async () => {
  for (const stop of [rejected("stopped"), STOPPED]) {
    const { told, passage } = await backPast(CRASHED, [CRASHED, stop, CRASHED]);
    assertEquals(passage.asked, [true, true, false, false]);
    assertEquals(told.map(([, startsHub]) => startsHub), [true, false, false]);
  }
});

Deno.test("comeBack() tries again longer and longer, and a failing start less often", async () => {
  const silent = new HubSilentError(PATHS, 7);
  const { passage } = await backPast(CRASHED, Array.from({ length: 9 }, () => silent));
  assertEquals(passage.pauses, [50, 100, 200, 400, 800, 1600, 2000, 2000, 2000, 2000]);
  const failed = new HubStartError("no room");
  const starting = await backPast(CRASHED, Array.from({ length: 9 }, () => failed));
  assertEquals(starting.passage.pauses, [50, 100, 200, 400, 800, 1600, 3200, 6400, 10000, 10000]);
});

Deno.test("comeBack() tells why it is not back yet, each reason once, and not that there is no hub", async () => {
  const [silent, unsafe] = [new HubSilentError(PATHS, 7), new BusError("unsafe_path", "open")];
  const none = new NoHubError(PATHS);
  const failures = [none, silent, silent, none, unsafe, none, rejected("cleanup"), silent];
  const { told, passage } = await backPast(STOPPED, failures);
  assertEquals(passage.asked.length, failures.length + 1);
  assertEquals(told.map(([{ code }]) => code), [
    "hub_gone",
    "hub_silent",
    "unsafe_path",
    "cleanup",
    "hub_silent",
  ]);
});

Deno.test("comeBack() gives up where a hub does not want this consumer, and on a defect", async () => {
  const refused = new RefusedError({ code: "limit", message: "no room" });
  const last = [rejected("bad_hello"), rejected("limit"), rejected("single"), rejected("new")];
  for (const failure of [...last, refused, new TypeError("ours")]) {
    const passage = new Failing([CRASHED, failure]);
    const back = () => comeBack(passage, CRASHED, true, () => {}, NEVER);
    assertStrictEquals(await assertRejects(back), failure);
    assertEquals(passage.asked.length, 2);
  }
});

Deno.test("comeBack() ends when its signal fires: before, in a pause, in an attempt", async () => {
  const cases: [at: "before" | "pause" | "attempt", asked: number][] = [
    ["before", 0],
    ["pause", 0],
    ["attempt", 1],
  ];
  for (const [at, asked] of cases) {
    const controller = new AbortController();
    const passage = new Failing([rejected("bad_hello")]);
    if (at === "before") controller.abort();
    passage.before = () => controller.abort();
    const told: AwayState[] = [];
    const tell = (state: AwayState) => {
      told.push(state);
      if (at === "pause") controller.abort();
    };
    assertEquals(await comeBack(passage, CRASHED, true, tell, controller.signal), undefined);
    assertEquals([passage.asked.length, told.length], [asked, at === "before" ? 0 : 1]);
  }
});

Deno.test("comeBack() throws what its listener throws", async () => {
  const passage = new Failing([]);
  const tell = () => {
    throw new RangeError("own");
  };
  await assertRejects(() => comeBack(passage, CRASHED, true, tell, NEVER), RangeError, "own");
});

Deno.test("subscribeFirst() says a hello again that has waited in vain, with pauses", async () => {
  const failures = [rejected("cleanup"), rejected("cleanup"), rejected("cleanup")];
  const passage = new Failing(failures);
  assert(await subscribeFirst(passage, true, true, NEVER));
  assertEquals(passage.asked, [true, true, true, true]);
  assertEquals(passage.pauses, [50, 100, 200]);
});

Deno.test("subscribeFirst() insists neither on another failure nor where it is not to", async () => {
  const others = [rejected("bad_hello"), rejected("stopped"), new NoHubError(PATHS), STOPPED];
  for (const failure of others) {
    const passage = new Failing([failure]);
    const first = () => subscribeFirst(passage, false, true, NEVER);
    assertStrictEquals(await assertRejects(first), failure);
  }
  const passage = new Failing([rejected("cleanup")]);
  await assertRejects(() => subscribeFirst(passage, true, false, NEVER), RejectedError);
});

Deno.test("subscribeFirst() ends when its signal fires in a pause, with the signal's reason", async () => {
  const controller = new AbortController();
  const passage = new Failing([rejected("cleanup")]);
  const reason = new Error("enough");
  passage.before = () => controller.abort(reason);
  const first = () => subscribeFirst(passage, true, true, controller.signal);
  assertStrictEquals(await assertRejects(first), reason);
  assertEquals(passage.asked.length, 1);
});
