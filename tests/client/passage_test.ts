import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { SetupFailure } from "../../lib/client/connected_consumer.ts";
import { consume } from "../../lib/client/consumer.ts";
import type { AwayState } from "../../lib/client/consumer_state.ts";
import { LEAVING_MS } from "../../lib/client/deadline.ts";
import { HubGoneError } from "../../lib/client/errors.ts";
import { firstConnection, passageTo } from "../../lib/client/passage.ts";
import { DrivenTime } from "../server/driven_time.ts";
import { accept, SocketPlace } from "./socket_hub.ts";
import { ACK, numbered } from "./subscribed.ts";

const NEVER = new AbortController().signal;

/** A setup that goes on until its signal fires, for the first times, and then is done. */
function brokenOff(
  times: number,
  begun: () => void = () => {},
): (signal: AbortSignal) => Promise<void> {
  return async (signal) => {
    if (times-- <= 0) return;
    begun();
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    throw new Error("broken off");
  };
}

Deno.test("passageTo() has led there once the key is set up, and says before that a hub is there", async () => {
  await using place = await SocketPlace.make();
  using listener = place.listen();
  const order: string[] = [];
  const passage = passageTo(place.paths, {
    key: "gh",
    types: ["x"],
    setup: () => Promise.resolve(void order.push("setup")),
  }, () => order.push("accepted"));
  assertEquals(passage.hadHub, false);
  const subscribing = passage.subscribe(false, NEVER);
  const hub = await accept(listener);
  await hub.expect({ type: "hello", sets_up: true });
  await hub.say({ ...ACK, capabilities: ["sets_up"] });
  const connected = await subscribing;
  assertEquals(order, ["accepted", "setup"]);
  assertEquals(passage.hadHub, true);
  await hub.expect({ type: "setup_done" });
  hub.close();
  await connected.leave();
});

Deno.test("firstConnection() comes back where the hub goes away during the setup, and tells so", async () => {
  await using place = await SocketPlace.make();
  using _lock = await place.lock();
  using listener = place.listen();
  const begun = Promise.withResolvers<void>();
  const subscription = { key: "gh", types: ["x"], setup: brokenOff(1, begun.resolve) };
  const told: (string | undefined)[] = [];
  const connecting = firstConnection(passageTo(place.paths, subscription), {
    startsHub: false,
    insists: true,
    tell: ({ hubReason }) => told.push(hubReason),
    signal: NEVER,
  });
  const first = await accept(listener);
  await first.expect({ type: "hello" });
  await first.say(ACK);
  await begun.promise;
  await first.say({ type: "bye", reason: "stopped" });
  first.close();
  const second = await accept(listener);
  await second.expect({ type: "hello", sets_up: true });
  await second.say(ACK, numbered(1));
  const connected = await connecting;
  assertEquals(told, ["stopped"]);
  second.close();
  await connected.leave();
});

Deno.test("firstConnection() waits for a hub where one was stopped while the hello waited, and starts none", async () => {
  await using place = await SocketPlace.make();
  using _lock = await place.lock();
  using listener = place.listen();
  using time = new DrivenTime();
  const told: AwayState[] = [];
  const passage = passageTo(place.paths, { key: "gh", types: ["x"] });
  const asked: boolean[] = [];
  const connecting = firstConnection({
    ...passage,
    get hadHub() {
      return passage.hadHub;
    },
    subscribe(startsHub, signal) {
      asked.push(startsHub);
      return passage.subscribe(startsHub, signal);
    },
  }, { startsHub: true, insists: true, tell: (state) => told.push(state), signal: NEVER });
  const first = await accept(listener);
  await first.expect({ type: "hello" });
  // One that was about to leave when the hello came says it before that.
  time.setTo(LEAVING_MS);
  const reason = { rejected: true, reject_code: "stopped", reject_reason: "the hub stops" };
  await first.say({ ...ACK, ...reason });
  first.close();
  await time.ringNext();
  const second = await accept(listener);
  await second.expect({ type: "hello" });
  await second.say(ACK);
  const connected = await connecting;
  assertEquals(told.map(({ hubReason, startsHub }) => [hubReason, startsHub]), [[
    "stopped",
    false,
  ]]);
  assertEquals(asked, [true, false]);
  second.close();
  await connected.leave();
});

Deno.test("firstConnection() ends with a hub that goes away during the setup where it is not to insist", async () => {
  await using place = await SocketPlace.make();
  using listener = place.listen();
  const begun = Promise.withResolvers<void>();
  const subscription = { key: "gh", types: ["x"], setup: brokenOff(1, begun.resolve) };
  const outcome = assertRejects(
    () =>
      firstConnection(passageTo(place.paths, subscription), {
        startsHub: false,
        insists: false,
        tell: () => {},
        signal: NEVER,
      }),
    HubGoneError,
  );
  const hub = await accept(listener);
  await hub.expect({ type: "hello" });
  await hub.say(ACK);
  await begun.promise;
  hub.close();
  await outcome;
});

Deno.test("firstConnection() makes no other try where the setup fails, or all is over", async () => {
  for (const way of ["fails", "is over"] as const) {
    await using place = await SocketPlace.make();
    using listener = place.listen();
    const controller = new AbortController();
    const own = new HubGoneError(place.paths);
    const setup = () => {
      if (way === "is over") controller.abort(own);
      return Promise.reject(own);
    };
    const outcome = assertRejects(() =>
      firstConnection(passageTo(place.paths, { key: "gh", types: ["x"], setup }), {
        startsHub: false,
        insists: true,
        tell: () => {},
        signal: controller.signal,
      })
    );
    const hub = await accept(listener);
    await hub.expect({ type: "hello" });
    await hub.say(ACK);
    const error: unknown = await outcome;
    assertStrictEquals(error instanceof SetupFailure ? error.error : error, own);
    assertEquals(await hub.line(), undefined);
    hub.close();
  }
});

Deno.test("consume() throws the setup's own error, and does not say that it waits for a hub", async () => {
  await using place = await SocketPlace.make();
  using listener = place.listen();
  let waits = 0;
  const own = new RangeError("own");
  const outcome = assertRejects(() =>
    consume({
      socket: place.paths.socket,
      key: "gh",
      types: ["x"],
      start: false,
      onWaiting: () => waits++,
      async setup() {
        await new Promise((resolve) => setTimeout(resolve, 1_100));
        throw own;
      },
    })
  );
  const hub = await accept(listener);
  await hub.expect({ type: "hello" });
  await hub.say(ACK);
  assertStrictEquals(await outcome, own);
  assertEquals(waits, 0);
  hub.close();
});
