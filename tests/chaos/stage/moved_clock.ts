/**
 * A wall clock that can be moved under one process, by libfaketime.
 *
 * @module
 */

/** Where distributions put the library. */
const DIRECTORIES = [
  "/usr/lib/x86_64-linux-gnu/faketime",
  "/usr/lib/aarch64-linux-gnu/faketime",
  "/usr/lib64/faketime",
  "/usr/lib/faketime",
];

/** The library's path; nothing where it is not installed. */
export function fakeTimeLibrary(): string | undefined {
  return DIRECTORIES.map((directory) => `${directory}/libfaketime.so.1`).find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

/** The clock of the processes that are started with its {@linkcode env}. */
export class MovedClock {
  /** Milliseconds that it is ahead of the real one. */
  ahead = 0;
  readonly #file: string;

  /**
   * @param directory where its file lies, which those processes read
   * @param library what {@linkcode fakeTimeLibrary} found
   */
  constructor(directory: string, private readonly library: string) {
    this.#file = `${directory}/clock`;
    this.move(0);
  }

  /** For the environment of a process whose wall clock this is to be; its monotonic one is real. */
  get env(): Record<string, string> {
    return {
      LD_PRELOAD: this.library,
      FAKETIME_NO_CACHE: "1",
      DONT_FAKE_MONOTONIC: "1",
      FAKETIME_TIMESTAMP_FILE: this.#file,
    };
  }

  /** Moves it, so that it is so many seconds ahead of the real one from now on. */
  move(seconds: number): void {
    this.ahead = seconds * 1000;
    // In one step: it is read at every look at the clock.
    Deno.writeTextFileSync(`${this.#file}-next`, `${seconds < 0 ? "" : "+"}${seconds}\n`);
    Deno.renameSync(`${this.#file}-next`, this.#file);
  }
}
