import { Output, type OutputEnd, type OutputOptions } from "../../lib/cli/output.ts";

/** A standard stream that keeps what is written. */
class Recorded implements OutputEnd {
  readonly #decoder = new TextDecoder();
  text = "";

  constructor(readonly isATerminal: boolean) {}

  isTerminal(): boolean {
    return this.isATerminal;
  }

  write(bytes: Uint8Array): Promise<number> {
    this.text += this.#decoder.decode(bytes, { stream: true });
    return Promise.resolve(bytes.length);
  }
}

/** An output of which a test reads what a command wrote. */
export class Recorder {
  readonly #stdout: Recorded;
  readonly #stderr: Recorded;
  readonly output: Output;

  constructor(
    options:
      & { stdout?: OutputEnd; terminal?: boolean; talkTerminal?: boolean }
      & Pick<
        OutputOptions,
        "colours"
      > = {},
  ) {
    const { terminal = false, talkTerminal = terminal, colours = false } = options;
    this.#stdout = new Recorded(terminal);
    this.#stderr = new Recorded(talkTerminal);
    this.output = new Output({
      stdout: options.stdout ?? this.#stdout,
      stderr: this.#stderr,
      colours,
      columns: () => 80,
    });
  }

  /** What stands on stdout. */
  get data(): string {
    return this.#stdout.text;
  }

  /** What stands on stderr, once all is out. */
  async talk(): Promise<string> {
    await this.output.end();
    return this.#stderr.text;
  }
}
