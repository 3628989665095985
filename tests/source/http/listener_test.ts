import { assertEquals, assertRejects } from "@std/assert";
import { orAborted } from "../../../lib/platform/aborted.ts";
import { SYSTEM_CLOCKS, type SystemClocks } from "../../../lib/platform/clocks.ts";
import { BusError } from "../../../lib/protocol/errors.ts";
import {
  FAIR_MS,
  HttpListener,
  LIFE_MS,
  MOST_CONNECTIONS,
} from "../../../lib/source/http/listener.ts";
import { DrivenClocks } from "../../server/driven_clocks.ts";
import { AlarmWatch } from "./kit.ts";
import { RawHttp, request } from "./raw_http.ts";

/** A listener that closes at the end of its test. */
class Opened implements AsyncDisposable {
  private constructor(readonly listener: HttpListener) {}

  static async open(
    clocks: SystemClocks = SYSTEM_CLOCKS,
    answer: (request: Request) => Promise<Response> = echo,
    onCrowd = () => {},
  ): Promise<Opened> {
    const options = { host: "127.0.0.1", port: 0, answer, clocks, onCrowd };
    return new Opened(await HttpListener.open(options));
  }

  connect(): Promise<RawHttp> {
    return RawHttp.connect(this.listener.origin);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.listener.close();
  }
}

async function echo(request: Request): Promise<Response> {
  return new Response(await request.text(), { headers: { connection: "close" } });
}

/** What comes within some milliseconds; nothing where it does not. */
async function soon<T>(promise: Promise<T>): Promise<T | undefined> {
  return await orAborted(promise, AbortSignal.timeout(200));
}

Deno.test("http listener: requests and answers pass through it as they are", async () => {
  await using opened = await Opened.open();
  const body = `${"é".repeat(300_000)}\r\n\r\n`;
  const response = await fetch(opened.listener.origin, { method: "POST", body });
  assertEquals(await response.text(), body);
});

Deno.test("http listener: so many connections are open at once, and others wait for their turn", async () => {
  await using opened = await Opened.open(new DrivenClocks());
  const silent: RawHttp[] = [];
  for (let count = 0; count < MOST_CONNECTIONS; count++) silent.push(await opened.connect());
  using client = await opened.connect();
  await client.send(request("hello"));
  const answered = client.status();
  assertEquals(await soon(answered), undefined);
  silent.pop()?.[Symbol.dispose]();
  assertEquals(await answered, 200);
  for (const connection of silent) connection[Symbol.dispose]();
});

Deno.test("http listener: where others wait, who has no answer after a while makes room", async () => {
  const driven = new DrivenClocks();
  const clocks = new AlarmWatch(driven);
  let crowded = 0;
  await using opened = await Opened.open(clocks, echo, () => crowded++);
  const idle: RawHttp[] = [];
  for (let count = 0; count < 2 * MOST_CONNECTIONS; count++) idle.push(await opened.connect());
  await clocks.untilSet(LIFE_MS, MOST_CONNECTIONS);
  using client = await opened.connect();
  await client.send(request("hello"));
  const answered = client.status();
  // The first generation makes room for the second, and that one's first for the client.
  await clocks.untilSet(FAIR_MS, 1);
  driven.setTo(FAIR_MS);
  while (crowded < MOST_CONNECTIONS) {
    driven.ring();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  assertEquals(await idle[0]?.heard(), "");
  assertEquals(await soon(answered), undefined);
  await clocks.untilSet(FAIR_MS, 1);
  driven.setTo(2 * FAIR_MS);
  driven.ring();
  assertEquals(await answered, 200);
  assertEquals(crowded, MOST_CONNECTIONS + 1);
  for (const connection of idle) connection[Symbol.dispose]();
});

Deno.test("http listener: when it closes it lets go of who still waits for a place, too", async () => {
  const driven = new DrivenClocks();
  const clocks = new AlarmWatch(driven);
  const { listener } = await Opened.open(clocks);
  const idle: RawHttp[] = [];
  for (let count = 0; count <= MOST_CONNECTIONS; count++) {
    idle.push(await RawHttp.connect(listener.origin));
  }
  await clocks.untilSet(FAIR_MS, 1);
  const closed = listener.close();
  driven.setTo(1_000);
  driven.ring();
  await closed;
  for (const connection of idle) {
    assertEquals(await connection.heard(), "");
    connection[Symbol.dispose]();
  }
});

Deno.test("http listener: a connection has so much time, whether it is silent or slow", async () => {
  const driven = new DrivenClocks();
  const clocks = new AlarmWatch(driven);
  await using opened = await Opened.open(clocks);
  using silent = await opened.connect();
  using halfHead = await opened.connect();
  using halfBody = await opened.connect();
  await halfHead.send("POST / HTTP/1.1\r\nhost: x\r\n");
  await halfBody.send(request("", { "content-length": "10" }) + "1");
  await clocks.untilSet(LIFE_MS, 3);
  driven.setTo(LIFE_MS);
  driven.ring();
  for (const client of [silent, halfHead, halfBody]) {
    assertEquals(await client.heard(), "");
  }
  await clocks.untilSet(LIFE_MS, 0);
});

Deno.test("http listener: when it closes answers still go out, and nothing is left of it", async () => {
  using made = new MadeDirectories();
  const asked = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const { listener } = await Opened.open(SYSTEM_CLOCKS, async () => {
    asked.resolve();
    await release.promise;
    return new Response("late", { headers: { connection: "close" } });
  });
  using silent = await RawHttp.connect(listener.origin);
  const answer = fetch(listener.origin);
  await asked.promise;
  const closed = listener.close();
  release.resolve();
  assertEquals(await (await answer).text(), "late");
  await closed;
  await listener.ended;
  assertEquals(await silent.heard(), "");
  assertEquals(made.paths.length, 1);
  for (const path of made.paths) await assertRejects(() => Deno.lstat(path), Deno.errors.NotFound);
});

Deno.test("http listener: nobody else can come to the server behind it", async () => {
  using made = new MadeDirectories();
  await using _ = await Opened.open();
  assertEquals(made.paths.length, 1);
  for (const path of made.paths) assertEquals(((await Deno.lstat(path)).mode ?? 0) & 0o777, 0o700);
});

Deno.test("http listener: it fails when what it needs is swept away", async () => {
  using made = new MadeDirectories();
  await using opened = await Opened.open();
  for (const path of made.paths) await Deno.remove(path, { recursive: true });
  using client = await opened.connect();
  assertEquals(await client.heard(), "");
  const error = await assertRejects(() => opened.listener.ended, BusError);
  assertEquals(
    [error.code, error.message],
    ["failed", "no connections are taken any more: No such file or directory"],
  );
});

/** The directories that are made meanwhile. */
class MadeDirectories implements Disposable {
  readonly paths: string[] = [];
  readonly #make = Deno.makeTempDir;

  constructor() {
    Deno.makeTempDir = async (options) => {
      const path = await this.#make(options);
      this.paths.push(path);
      return path;
    };
  }

  [Symbol.dispose](): void {
    Deno.makeTempDir = this.#make;
  }
}
