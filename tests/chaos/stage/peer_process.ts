/**
 * A peer that is a process of its own, so that it can be killed like one.
 *
 * @module
 */

import { TextLineStream } from "@std/streams/text-line-stream";
import { eventually, within } from "../../e2e/waiting.ts";
import type { Wire } from "../../e2e/wire.ts";

/** One end of a connection to a hub, that can die: as a connection, or as a process. */
export type Mortal = Pick<Wire, "write" | "send" | "line" | "frame" | "close">;

/** In the language that every Debian has, and that starts in no time: what is said goes on. */
const SCRIPT = `
use Socket;
socket(my $hub, AF_UNIX, SOCK_STREAM, 0) or die $!;
connect($hub, pack_sockaddr_un($ENV{BUS_SOCKET})) or die $!;
for (;;) {
  my $ready = "";
  vec($ready, fileno($_), 1) = 1 for *STDIN, $hub;
  select($ready, undef, undef, undef);
  for my $way ([*STDIN, $hub], [$hub, *STDOUT]) {
    my ($from, $to) = @$way;
    next unless vec($ready, fileno($from), 1);
    my $length = sysread($from, my $bytes, 65536) or exit;
    for (my $at = 0; $at < $length; ) {
      my $written = syswrite($to, $bytes, $length - $at, $at) or exit;
      $at += $written;
    }
    print STDERR "$length\\n" if $to == $hub;
  }
}
`;

/** A process that says to a hub what it is told, and tells what the hub says. */
export class PeerProcess implements Mortal {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #heard: ReadableStreamDefaultReader<string>;
  readonly #ended: Promise<unknown>;
  #told = 0;
  /** Bytes that the system has taken for the hub. */
  #passedOn = 0;
  #isKilled = false;

  /** @param socket the hub's */
  constructor(socket: string) {
    this.#child = new Deno.Command("perl", {
      args: ["-e", SCRIPT],
      env: { BUS_SOCKET: socket },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#heard = lines(this.#child.stdout).getReader();
    this.#ended = Promise.all([this.#count(), this.#child.status]);
  }

  /** Resolves when all of it is on its way to the hub. */
  async write(...pieces: (string | Uint8Array)[]): Promise<boolean> {
    for (const piece of pieces) {
      const bytes = typeof piece === "string" ? new TextEncoder().encode(piece) : piece;
      this.#told += bytes.length;
      await this.#input.write(new Uint8Array(bytes));
    }
    await eventually("a peer's words are passed on", () => this.#passedOn >= this.#told);
    return true;
  }

  async send(...lines: string[]): Promise<boolean> {
    return await this.write(lines.map((line) => `${line}\n`).join(""));
  }

  async line(patience?: number): Promise<string> {
    const { value } = await within("the hub's next line", this.#heard.read(), patience);
    if (value === undefined) throw new Error("the hub closed the connection of a process");
    return value;
  }

  async frame(patience?: number): Promise<Record<string, unknown>> {
    return JSON.parse(await this.line(patience));
  }

  /** Is killed by SIGKILL. */
  close(): void {
    if (this.#isKilled) return;
    this.#isKilled = true;
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // The hub has closed its connection, and so it has ended.
    }
  }

  /** Sees to it that nothing of it is left. */
  async end(): Promise<void> {
    this.close();
    await this.#input.abort().catch(() => {});
    await this.#heard.cancel();
    await this.#ended;
  }

  async #count(): Promise<void> {
    for await (const line of lines(this.#child.stderr)) this.#passedOn += Number(line);
  }
}

function lines(stream: ReadableStream<Uint8Array<ArrayBuffer>>): ReadableStream<string> {
  return stream.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
}
