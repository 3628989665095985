/**
 * Commands that set a key up and clean it up, and note in a file when; and what such a file shows.
 *
 * @module
 */

import { assertEquals, AssertionError } from "@std/assert";
import { eventually } from "./waiting.ts";

/**
 * Notes that it begins, takes its time, and notes that it ends; at a SIGTERM it notes that, and fails.
 * Its parent is the consumer that runs it.
 */
const SCRIPT = `#!/bin/sh
note() { echo "$1 $2 $PPID $(date +%s%N)" >> "$(dirname "$0")/commands.log"; }
trap 'note "$1" terminated; exit 1' TERM
sleep "$2" & work=$!
note "$1" begins
wait $work
note "$1" ends
`;

/** The parent of a command whose consumer was killed before it could look. */
const ADOPTED = "1";

/** A whole life of a key, as it is noted. */
export const WHOLE: readonly string[] = [
  "setup begins",
  "setup ends",
  "cleanup begins",
  "cleanup ends",
];

/** A command's kind. */
export type Task = "setup" | "cleanup";

/** What the commands of a key have done. */
export interface KeyStory {
  /** Setups that have ended well, by consumers that were not killed meanwhile. */
  readonly setups: number;
  /** Cleanups that have begun. */
  readonly cleanups: number;
  /** Setups that a signal broke off. */
  readonly brokenOff: number;
  /** Consumers that were killed. */
  readonly kills: number;
  /** Those of them that were running a command. */
  readonly killedAtWork: number;
  /** Those of them whose command something else overlapped. */
  readonly overlaps: number;
  /** What may not be, in words. */
  readonly faults: readonly string[];
  /** Commands that have begun and not ended. */
  readonly running: number;
}

/** A file in a directory in which the commands of one key are noted. */
export class KeyLog {
  readonly #directory: string;
  readonly #path: string;

  constructor(directory: string) {
    this.#directory = directory;
    this.#path = `${directory}/commands.log`;
    Deno.writeTextFileSync(`${directory}/command.sh`, SCRIPT);
    Deno.writeTextFileSync(this.#path, "");
  }

  /** The shell command that does a task in that many milliseconds. */
  command(task: Task, milliseconds: number): string {
    return `exec /bin/sh ${this.#directory}/command.sh ${task} ${milliseconds / 1000}`;
  }

  /** The flags of a consumer that does both. */
  flags(milliseconds: number): string[] {
    const [setup, cleanup] = [
      this.command("setup", milliseconds),
      this.command("cleanup", milliseconds),
    ];
    return ["--setup", setup, "--cleanup", cleanup];
  }

  /** To be noted before a consumer is killed. */
  noteKill(pid: number): void {
    Deno.writeTextFileSync(this.#path, `kill - ${pid} 0\n`, { append: true });
  }

  /** The notes so far, each as a task and an edge. */
  get notes(): string[] {
    return Deno.readTextFileSync(this.#path).split("\n").slice(0, -1)
      .map((line) => line.split(" ").slice(0, 2).join(" "));
  }

  /** What the file shows so far. */
  get story(): KeyStory {
    return storyOf(Deno.readTextFileSync(this.#path));
  }

  /** What it shows once no command runs; throws where it shows a fault. */
  async whole(): Promise<KeyStory> {
    await eventually("all commands have ended", () => this.story.running === 0);
    const { story } = this;
    if (story.faults.length > 0) {
      throw new AssertionError(`${story.faults.join("; ")}\n${Deno.readTextFileSync(this.#path)}`);
    }
    return story;
  }
}

/** Waits until as much is noted, which must then be that. */
export async function noted(log: KeyLog, notes: readonly string[]): Promise<void> {
  await eventually(`noted: ${notes}`, () => log.notes.length >= notes.length);
  assertEquals(log.notes, notes);
}

/**
 * Reads a file of notes. Setups and cleanups must alternate, and none overlap another, but where a
 * consumer was killed: what it ran goes on, and the next one sets up.
 */
export function storyOf(text: string): KeyStory {
  const reader = new NotesReader();
  for (const line of text.split("\n").slice(0, -1)) reader.read(line);
  return reader.story;
}

class NotesReader {
  readonly #running = new Map<string, Task>();
  /** Whose parent has died before they could ask for it has the first process of all as theirs. */
  readonly #killed = new Set<string>([ADOPTED]);
  readonly #overlapped = new Set<string>();
  /** Who has set the key up. */
  readonly #setUp = new Set<string>();
  readonly #faults: string[] = [];
  #line = 0;
  #cleanups = 0;
  #brokenOff = 0;
  #killedAtWork = 0;
  #isUp = false;
  /** Whether a kill may have made somebody first of a key that is up. */
  #hasEmptied = false;

  get story(): KeyStory {
    return {
      setups: this.#setUp.size,
      cleanups: this.#cleanups,
      brokenOff: this.#brokenOff,
      kills: this.#killed.size - 1,
      killedAtWork: this.#killedAtWork,
      overlaps: this.#overlapped.size,
      faults: this.#faults,
      running: this.#running.size,
    };
  }

  read(line: string): void {
    this.#line++;
    const [task = "", edge, pid = ""] = line.split(" ");
    if (task === "kill") {
      this.#killed.add(pid);
      this.#hasEmptied = true;
      if (this.#running.has(pid)) this.#killedAtWork++;
    } else if (task !== "setup" && task !== "cleanup") {
      this.#fault(`what is ${JSON.stringify(line)}`);
    } else if (edge === "begins") {
      this.#begins(task, pid);
    } else {
      this.#ends(task, pid, edge === "ends");
    }
  }

  #begins(task: Task, pid: string): void {
    const others = [...this.#running.keys()];
    this.#running.set(pid, task);
    if (this.#killed.has(pid)) {
      // It was killed when it had just started the command.
      this.#killedAtWork++;
      if (others.length > 0) this.#overlapped.add(pid);
      return;
    }
    for (const other of others) {
      if (this.#killed.has(other)) this.#overlapped.add(other);
      else this.#fault(`a ${task} overlaps`);
    }
    if (task === "setup") {
      if (this.#isUp && !this.#hasEmptied) this.#fault("it was set up already");
    } else {
      if (!this.#isUp) this.#fault("it was not set up");
      this.#cleanups++;
      this.#isUp = false;
    }
    this.#hasEmptied = false;
  }

  #ends(task: Task, pid: string, isWell: boolean): void {
    const wasRunning = this.#running.delete(pid);
    if (!wasRunning && isWell) this.#fault(`a ${task} ends that had not begun`);
    if (task === "cleanup" || this.#killed.has(pid)) return;
    if (isWell) {
      this.#setUp.add(pid);
    } else {
      // The signal may have come before it had noted that it begins, or after that it ends.
      this.#setUp.delete(pid);
      this.#brokenOff++;
    }
    this.#isUp = isWell;
  }

  #fault(what: string): void {
    this.#faults.push(`line ${this.#line}: ${what}`);
  }
}
