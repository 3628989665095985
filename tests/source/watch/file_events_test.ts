import { assert, assertEquals, assertRejects } from "@std/assert";
import { orAborted } from "../../../lib/platform/aborted.ts";
import { BusError } from "../../../lib/protocol/errors.ts";
import {
  type Errand,
  FileEvents,
  type Hearsay,
  type ListenedFolders,
} from "../../../lib/source/watch/file_events.ts";
import { settle } from "../../server/peer.ts";
import { WatchedClocks } from "../watched_clocks.ts";
import { placeWith } from "./place.ts";

/** Milliseconds that the system has to begin. */
const BEGIN_MS = 30_000;

/** Milliseconds that a thread has to end. */
const END_MS = 2_000;

/** Milliseconds, of the real clock, after which what is waited for does not come. */
const PATIENCE_MS = 20_000;

const FOLDERS: ListenedFolders = { deep: ["/a"], flat: ["/b", "/c"] };

/** One who listens, and all that it heard: the paths, and the reasons for lapses. */
class Ear {
  readonly clocks = new WatchedClocks();
  readonly over = new AbortController();
  readonly paths: string[] = [];
  readonly lapses: (string | undefined)[] = [];
  #heard = Promise.withResolvers<void>();

  open(folders = FOLDERS): Promise<FileEvents> {
    const listener = {
      onPaths: (paths: readonly string[]) => {
        this.paths.push(...paths);
        this.#tell();
      },
      onLapse: (reason?: string) => {
        this.lapses.push(reason);
        this.#tell();
      },
    };
    return FileEvents.open(folders, { listener, clocks: this.clocks, signal: this.over.signal });
  }

  async until(condition: () => boolean): Promise<void> {
    const late = AbortSignal.timeout(PATIENCE_MS);
    while (!condition()) {
      await orAborted(this.#heard.promise, late);
      if (late.aborted) throw new Error(`it was not heard: ${condition}; ${this.paths}`);
    }
  }

  #tell(): void {
    this.#heard.resolve();
    this.#heard = Promise.withResolvers();
  }
}

const SystemWorker = Worker;

/** A thread that says what a test says, in the place of every one that is begun until it is disposed of. */
class SaidWorker extends EventTarget implements Disposable {
  readonly asked: Errand[] = [];
  isTerminated = false;

  /** @param isStuck whether it does not end when it is told to */
  constructor(readonly isStuck = false) {
    super();
    Object.assign(globalThis, { Worker: new Proxy(SystemWorker, { construct: () => this }) });
  }

  /** Whether it was told to end, which is the last that it was told. */
  get isToEnd(): boolean {
    return "end" in (this.asked.at(-1) ?? {});
  }

  postMessage(errand: Errand): void {
    this.asked.push(errand);
    if (this.isToEnd && !this.isStuck) this.say({ ended: true });
  }

  terminate(): void {
    this.isTerminated = true;
  }

  say(data: Hearsay): void {
    this.dispatchEvent(new MessageEvent("message", { data }));
  }

  [Symbol.dispose](): void {
    Object.assign(globalThis, { Worker: SystemWorker });
  }
}

/** How it fails where the system says no in these words. */
async function refused(refusal: string, folders?: ListenedFolders): Promise<BusError> {
  using worker = new SaidWorker();
  const ear = new Ear();
  const opening = assertRejects(() => ear.open(folders), BusError);
  worker.say({ refusal, reason: "it said no" });
  const error = await opening;
  assertEquals([worker.isToEnd, worker.isTerminated], [true, false]);
  assertEquals([ear.clocks.pending, ear.lapses], [0, []]);
  return error;
}

Deno.test("file events: what happens in the folders is heard, and below them where that is asked for", async () => {
  await using place = await placeWith("deep/a/b", "flat/a/b");
  const ear = new Ear();
  const folders = { deep: [place.at("deep")], flat: [place.at("flat")] };
  const events = await ear.open(folders);
  await Deno.writeTextFile(place.at("flat/a/b"), "2");
  await Deno.writeTextFile(place.at("deep/a/b"), "2");
  await Deno.rename(place.at("deep/a/b"), place.at("deep/c"));
  await Deno.writeTextFile(place.at("flat/last"), "");
  const expected = ["deep/a/b", "deep/c", "flat/last"].map((name) => place.at(name));
  await ear.until(() => expected.every((path) => ear.paths.includes(path)));
  assertEquals(ear.paths.includes(place.at("flat/a/b")), false);
  assert(ear.paths.every((path) => path.startsWith(place.at())));
  await events.close();
  assertEquals(ear.clocks.pending, 0);
});

Deno.test("file events: after its close nothing is heard any more", async () => {
  await using place = await placeWith("a");
  const [ear, other] = [new Ear(), new Ear()];
  const folders = { deep: [], flat: [place.at()] };
  const events = await ear.open(folders);
  const others = await other.open(folders);
  await events.close();
  await Deno.writeTextFile(place.at("a"), "2");
  await other.until(() => other.paths.length > 0);
  assertEquals([ear.paths, ear.lapses], [[], []]);
  await others.close();
});

Deno.test("file events: a folder that is not there is refused, with the system's reason", async () => {
  await using place = await placeWith("a");
  const ear = new Ear();
  const folders = { deep: [place.at()], flat: [place.at("no\nsuch")] };
  const error = await assertRejects(() => ear.open(folders), BusError);
  assertEquals(error.code, "failed");
  const what = `${place.at()}, ${place.at("no\\nsuch")} cannot be watched: `;
  assertEquals(error.message.slice(0, what.length), what);
  assert(/no path was found|no such file/i.test(error.message), error.message);
});

Deno.test("file events: where the system watches no more it is said what to raise", async () => {
  const what = "/a, /b, /c cannot be watched";
  for (const words of ["No space left on device (os error 28)", "OS file watch limit reached."]) {
    const { message, hint } = await refused(words);
    assertEquals(message, `${what}: there are more folders than the system watches for one user`);
    assertEquals(hint, "raise fs.inotify.max_user_watches, with sysctl");
  }
  const { message, hint } = await refused("Too many open files (os error 24)");
  const many = "too many files are open, or too many programs of this user watch files";
  assertEquals(message, `${what}: ${many}`);
  assertEquals(hint, "raise fs.inotify.max_user_instances, with sysctl, or ulimit -n");
  assertEquals((await refused("(os error 280)")).message, `${what}: it said no`);
});

Deno.test("file events: of many folders that are refused as many are said as a line holds", async () => {
  const deep = Array.from({ length: 100 }, (_, n) => `/folder ${n}`);
  const { message } = await refused("no", { deep, flat: [] });
  assert(message.startsWith("/folder 0, /folder 1, "), message);
  assert(message.length < 400, message);
});

Deno.test("file events: a system that is slow to begin is a lapse, and what it tells later is heard", async () => {
  using worker = new SaidWorker();
  const ear = new Ear();
  const opening = ear.open();
  assertEquals(worker.asked, [FOLDERS]);
  ear.clocks.goTo(BEGIN_MS - 1);
  await settle();
  assertEquals(ear.lapses, []);
  ear.clocks.goTo(BEGIN_MS);
  const events = await opening;
  assertEquals(ear.lapses, ["the system has not begun to tell of them in 30 s"]);
  worker.say({ listens: true });
  worker.say({ paths: ["/a/b"] });
  worker.say({ lapse: undefined });
  worker.say({ lapse: "a name was odd" });
  assertEquals([ear.paths, ear.lapses.slice(1)], [["/a/b"], [undefined, "a name was odd"]]);
  await events.close();
  assertEquals([worker.isToEnd, worker.isTerminated], [true, false]);
});

Deno.test("file events: what comes before the beginning is heard, and a beginning in time is no lapse", async () => {
  using worker = new SaidWorker();
  const ear = new Ear();
  const opening = ear.open();
  worker.say({ paths: ["/b/c"] });
  worker.say({ listens: true });
  await opening;
  assertEquals([ear.paths, ear.lapses, ear.clocks.pending], [["/b/c"], [], 0]);
});

Deno.test("file events: nobody waits for the beginning when it is to end, and that is no lapse", async () => {
  using worker = new SaidWorker();
  const ear = new Ear();
  const opening = ear.open();
  ear.over.abort();
  const events = await opening;
  assertEquals([ear.lapses, worker.isToEnd], [[], false]);
  await events.close();
  assertEquals([worker.isToEnd, worker.isTerminated], [true, false]);
});

Deno.test("file events: a thread that breaks is a lapse, and breaks nothing else", async () => {
  using worker = new SaidWorker();
  const ear = new Ear();
  const opening = ear.open();
  worker.say({ listens: true });
  await opening;
  const broken = new ErrorEvent("error", { message: "it broke", cancelable: true });
  worker.dispatchEvent(broken);
  assertEquals([ear.lapses, broken.defaultPrevented], [["it broke"], true]);
});

Deno.test("file events: only a thread that does not end when it is told to is ended, after 2 s", async () => {
  using worker = new SaidWorker(true);
  const ear = new Ear();
  const opening = ear.open();
  worker.say({ listens: true });
  const events = await opening;
  const closing = events.close();
  // Whoever closes it wants to hear nothing more of what it still has to say.
  worker.say({ paths: ["/a/b"] });
  worker.say({ lapse: "late" });
  ear.clocks.goTo(END_MS - 1);
  await settle();
  assertEquals(worker.isTerminated, false);
  ear.clocks.goTo(END_MS);
  await closing;
  assertEquals([worker.isTerminated, ear.paths, ear.lapses], [true, [], []]);
});
