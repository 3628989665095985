/**
 * The lines of a file that others append to.
 *
 * @module
 */

import { basename } from "@std/path/posix/basename";
import { resolve } from "@std/path/posix/resolve";
import { SYSTEM_CLOCKS, type SystemClocks } from "../platform/clocks.ts";
import { printable } from "../platform/printable.ts";
import { systemReason } from "../platform/system_reason.ts";
import { BusError } from "../protocol/errors.ts";
import { readLines } from "../protocol/input_lines.ts";
import { identityOf, statOf } from "./file_identity.ts";
import { firstBetween, whereabouts } from "./tail/rotation.ts";
import type { CommonSettings } from "./settings.ts";
import { Sleeper } from "./sleeper.ts";
import type { Run, Source, SourceContext } from "./source.ts";
import { JsonTexts } from "./tail/json_texts.ts";
import { TailedFile } from "./tail/tailed_file.ts";
import { findingOf, type TextFormat } from "./text_findings.ts";

/** Settings of a `tail`. Templates may ask for `{path}` and `{name}`, the last part of the path. */
export interface TailSettings extends CommonSettings {
  /** Always `tail`. */
  readonly kind: "tail";
  /** The file; it need not be there yet. */
  readonly path: string;
  /** What a line is: one JSON text, or a part of one, any text, or a whole event; JSON if absent. */
  readonly format?: TextFormat;
  /** Where it begins in a file that is there at the start; at its `end` if absent. */
  readonly from?: "start" | "end";
}

/**
 * Milliseconds between two looks at a file to which nothing was appended. To look costs a few calls of
 * the system; to be told of changes in its folder would mean to hear of all other files there, too.
 */
const LOOK_MS = 200;

/** Looks at which nothing is new before a file that was removed is left: who writes to it may go on. */
const LOOKS_AT_REMOVED = 10;

/** A file is not moved away more often while it is opened. */
const MOST_TRIES = 10;

/** Files that are known to be read: those that may have been made in one millisecond. */
const MOST_REMEMBERED = 100;

/** Characters of the longest path that is said. */
const LONGEST_SAID = 300;

/** What was read. */
interface Place {
  /** Of which file. */
  readonly identity: string;
  /** Behind the last line that was routed, or before the first one of a text that is not whole. */
  offset: number;
  /** When the file was last seen at the path, in unix milliseconds; else when it was made. */
  seenAt: number;
}

type Chunks = AsyncGenerator<Uint8Array, void, void>;

/** Opens a file as a source; the next run goes on where the last one was. */
export function openTail(
  settings: TailSettings,
  context: SourceContext,
  clocks: SystemClocks = SYSTEM_CLOCKS,
): Source {
  return new TailSource(settings, context, clocks);
}

class TailSource implements Source {
  readonly #path: string;
  readonly #said: string;
  readonly #sleeper: Sleeper;
  #place: Place | undefined;
  /** The files that were read to their end. */
  readonly #read: string[] = [];
  /** Where it begins in a file that it knows nothing of. */
  #from: 0 | "end";

  constructor(
    private readonly settings: TailSettings,
    private readonly context: SourceContext,
    private readonly clocks: SystemClocks,
  ) {
    this.#path = resolve(settings.path);
    this.#said = printable(this.#path, LONGEST_SAID);
    this.#from = settings.from === "start" ? 0 : "end";
    this.#sleeper = new Sleeper(clocks);
  }

  async *run(signal: AbortSignal): Run {
    for (let isUp: boolean | undefined; !signal.aborted;) {
      const file = await this.#open();
      if (!file) {
        const detail = `${this.#said} is not there: it is waited for`;
        if (isUp !== false) yield { state: isUp ? "disconnected" : "connecting", detail };
        isUp = false;
        await this.#sleeper.sleep(LOOK_MS, signal);
        continue;
      }
      try {
        if (!isUp) yield { state: "connected" };
        isUp = true;
        yield* this.#lines(file, signal);
      } finally {
        file.close();
      }
    }
  }

  /** The lines of one file, until it is to be opened anew or another one follows on it. */
  async *#lines(file: TailedFile, signal: AbortSignal): Run {
    const { format = "json" } = this.settings;
    const values = { path: () => this.#path, name: () => basename(this.#path) };
    const skip = ({ message }: BusError) => {
      // What is read of a line when it is to end comes again.
      if (signal.aborted) return;
      this.context.log("line", `${message}, counted from where it was opened: it is left out`);
    };
    const json = format === "json" ? new JsonTexts() : undefined;
    const found = (text: string) => findingOf(text, format, { values });
    for await (const lines of readLines(this.#chunks(file, signal, json), skip)) {
      // What has no end yet is no line.
      if (signal.aborted) return;
      const texts = json ? json.take(lines) : lines.map(({ text }) => text);
      if (texts.length > 0) yield { findings: texts.map(found) };
    }
    // A text that the file ends within is none any more.
    const left = signal.aborted ? [] : json?.end() ?? [];
    if (left.length > 0) yield { findings: left.map(found) };
  }

  /** What is appended. When the next piece is asked for, the lines of the last one are routed. */
  async *#chunks(file: TailedFile, signal: AbortSignal, json?: JsonTexts): Chunks {
    const place = this.#place;
    let next: Place | undefined;
    for (let silentLooks = 0; place && !signal.aborted;) {
      const chunk = await file.read();
      if (chunk) {
        silentLooks = 0;
        json?.expect(file.lineStarts);
        yield chunk;
        place.offset = json?.heldFrom ?? file.lineEnd;
        continue;
      }
      if (next) {
        this.#place = next;
        this.#read.push(file.identity);
        this.#read.splice(0, this.#read.length - MOST_REMEMBERED);
        return;
      }
      if (await file.isCut()) {
        place.offset = 0;
        return;
      }
      // Once another one has its place it is read to its end, which is to be looked for only then.
      next = await this.#successor(file, place);
      if (next) continue;
      if (++silentLooks > LOOKS_AT_REMOVED && await this.#isRemoved(file)) {
        this.#place = undefined;
        return;
      }
      await this.#sleeper.sleep(LOOK_MS, signal);
    }
  }

  /** The file that is to be read after this one: as long as nothing is in it, more may come to this. */
  async #successor(file: TailedFile, place: Place): Promise<Place | undefined> {
    const now = this.clocks.wall();
    const named = await this.#looked(statOf(this.#path));
    if (!named) return undefined;
    if (identityOf(named) === file.identity) {
      place.seenAt = now;
      return undefined;
    }
    const isRead = (identity: string) => this.#read.includes(identity);
    const info = await file.stat();
    const between = await firstBetween(this.#path, info, place.seenAt, named, isRead);
    if (between) {
      const seenAt = between.birthtime?.getTime() ?? now;
      return { identity: identityOf(between), offset: 0, seenAt };
    }
    return named.size === 0 ? undefined : { identity: identityOf(named), offset: 0, seenAt: now };
  }

  async #isRemoved(file: TailedFile): Promise<boolean> {
    return (await file.stat()).nlink === 0 && !await this.#looked(statOf(this.#path));
  }

  /** The file in which to go on; nothing where none is there. */
  async #open(): Promise<TailedFile | undefined> {
    const place = this.#place;
    const former = place && await this.#find(place);
    if (former) return former;
    if (place) {
      this.context.log("gone", `what was not yet read of the former ${this.#said} is lost`);
      this.#place = undefined;
    }
    const file = await this.#opened(this.#path, this.#from);
    this.#from = 0;
    if (!file) return undefined;
    const { identity, lineEnd: offset } = file;
    this.#place = { identity, offset, seenAt: this.clocks.wall() };
    return file;
  }

  async #find(place: Place): Promise<TailedFile | undefined> {
    const { identity, offset } = place;
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const now = this.clocks.wall();
      const path = await this.#looked(whereabouts(this.#path, identity));
      if (path === undefined) return undefined;
      const file = await this.#opened(path, offset);
      if (file?.identity === identity) {
        if (path === this.#path) place.seenAt = now;
        return file;
      }
      // It was moved away in between.
      file?.close();
    }
    return undefined;
  }

  async #opened(path: string, from: number | "end"): Promise<TailedFile | undefined> {
    try {
      return await TailedFile.open(path, from);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw this.#unreadable(error);
    }
  }

  async #looked<T>(look: Promise<T>): Promise<T> {
    try {
      return await look;
    } catch (error) {
      throw this.#unreadable(error);
    }
  }

  #unreadable(error: unknown): BusError {
    return new BusError("failed", `${this.#said} cannot be read: ${systemReason(error)}`);
  }
}
