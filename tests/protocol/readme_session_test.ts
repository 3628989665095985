/** What the README records and recommends, done with a real hub over a socket. */

import { assert, assertEquals } from "@std/assert";
import { TextLineStream } from "@std/streams/text-line-stream";
import { Log } from "../../lib/server/log.ts";
import { Server } from "../../lib/server/server.ts";
import { blocksOf, sectionOf } from "./readme.ts";

const PATIENCE_MS = 10_000;

/** A hub on a socket of its own, for the time of a test. */
async function withHub(run: (socket: string, stop: () => Promise<void>) => Promise<void>) {
  const directory = await Deno.makeTempDir();
  const socket = `${directory}/x.sock`;
  const server = new Server({
    socket,
    channel: { events: 1024, bytes: 8 << 20 },
    memoryBytes: 256 << 20,
    maxConnections: 16,
    capabilities: [],
    log: new Log(() => {}),
  });
  const listener = Deno.listen({ transport: "unix", path: socket });
  const serving = server.serve({
    // Once it is closed there is no next connection.
    accept: () => listener.accept().catch(() => undefined),
    close: () => listener.close(),
  });
  try {
    await run(socket, () => server.stop());
  } finally {
    await server.stop();
    await serving;
    await Deno.remove(directory, { recursive: true });
  }
}

/** Waits, but not for ever: a test that hangs says nothing. */
async function soon<T>(promise: Promise<T>, what: string): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`${what}: nothing came`)), PATIENCE_MS);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** One connection of a session, line by line. */
class Line implements Disposable {
  readonly #conn: Deno.UnixConn;
  readonly #reader: ReadableStreamDefaultReader<string>;

  private constructor(conn: Deno.UnixConn) {
    this.#conn = conn;
    this.#reader = conn.readable
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream())
      .getReader();
  }

  static async open(path: string): Promise<Line> {
    return new Line(await Deno.connect({ transport: "unix", path }));
  }

  async send(line: string): Promise<void> {
    const bytes = new TextEncoder().encode(`${line}\n`);
    for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
  }

  async next(what: string): Promise<string> {
    const { value = "(closed)" } = await soon(this.#reader.read(), what);
    return value;
  }

  [Symbol.dispose](): void {
    this.#reader.cancel().catch(() => {});
  }
}

/** What differs from one run to the next: a hub's own pid and name, versions, places and times. */
function masked(line: string): string {
  return line
    .replace(/^(\{"type":"status_response","pid":)\d+/, "$1…")
    .replaceAll(/("(?:uptime_sec|connected_at|last_event_at|last_at|buffered_bytes)":)\d+/g, "$1…")
    .replaceAll(/("(?:hub_id|hub_version|socket)":)"[^"]+"/g, "$1…");
}

Deno.test("the README's session runs so, line by line, with a real hub", async () => {
  const [block = ""] = blocksOf(sectionOf("## A session"), "text");
  const steps = Array.from(block.matchAll(/^(\w+) +([→←]) (.+)$/gm));
  assertEquals(steps.length, block.split("\n").length - 1);
  await withHub(async (socket) => {
    const lines = new Map<string, Line>();
    try {
      for (const [step, name = "", direction, text = ""] of steps) {
        const line = lines.get(name) ?? await Line.open(socket);
        lines.set(name, line);
        if (direction === "→") await line.send(text);
        else assertEquals(masked(await line.next(step)), masked(text));
      }
    } finally {
      for (const line of lines.values()) line[Symbol.dispose]();
    }
  });
});

/** Whether there is a Python on this machine to run the README's program. */
async function hasPython(): Promise<boolean> {
  try {
    const command = new Deno.Command("python3", { args: ["-V"], stdout: "null", stderr: "null" });
    return (await command.output()).success;
  } catch {
    return false;
  }
}

Deno.test({
  name: "the README's consumer in Python prints the events it asked for",
  ignore: !await hasPython(),
  async fn() {
    const [program = ""] = blocksOf(sectionOf("## A consumer in Python"), "python");
    await withHub(async (socket, stop) => {
      const python = new Deno.Command("python3", {
        args: ["-c", program, socket, "demo", "github.>"],
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      const printed = python.stdout.pipeThrough(new TextDecoderStream());
      const output = printed.pipeThrough(new TextLineStream()).getReader();
      using publisher = await Line.open(socket);
      // It is subscribed once an event has somebody to go to.
      const event =
        '{"type":"event","event_type":"github.push","payload":{"n":12345678901234567890}}';
      let matched = 0;
      const deadline = performance.now() + PATIENCE_MS;
      for (let id = 1; matched === 0; id++) {
        assert(performance.now() < deadline, "nobody subscribed");
        await publisher.send(event);
        await publisher.send(`{"type":"flush","id":${id}}`);
        matched = JSON.parse(await publisher.next("flush_ack")).matched;
      }
      await publisher.send('{"type":"event","event_type":"other","payload":1}');
      // A carriage return between tokens is a blank, and no end of a line.
      await publisher.send('{"type":"event",\r"event_type":"github.a.b","payload":\r"\u20ac"}');
      const lines = [await soon(output.read(), "line"), await soon(output.read(), "line")];
      assertEquals(lines.map(({ value }) => value), [
        'github.push {"n": 12345678901234567890}',
        'github.a.b "\\u20ac"',
      ]);
      await stop();
      const [{ code }, said] = await soon(
        Promise.all([python.status, new Response(python.stderr).text()]),
        "its end",
      );
      assertEquals({ code, said }, { code: 1, said: "the hub closed: stopped\n" });
      assertEquals((await output.read()).done, true);
    });
  },
});
