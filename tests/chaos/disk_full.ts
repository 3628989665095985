/**
 * The disk is full: of the log, of the runtime directory, and at the end of a command's stdout.
 *
 * @module
 */

import type { Part, Trial } from "../campaign/campaign.ts";
import { Watcher } from "../campaign/watcher.ts";
import { isBoundByModes, Place, PROGRAM } from "../e2e/kit.ts";
import { eventually } from "../e2e/waiting.ts";
import { Wire } from "../e2e/wire.ts";
import { askStatus, event, insist } from "../campaign/questions.ts";
import { canMount, type Shortage, SmallDisk } from "./stage/small_disk.ts";

/** Milliseconds in which a hub says that its log cannot be written, and goes on in it. */
const NOTICED_MS = 5_000;

/** Milliseconds that a round takes at the least. */
const ROUND_MS = 3_000;

/** What a file system gives to a file at once. */
const PAGE_BYTES = 4096;

/** Bytes of a log after which the next file is begun. */
const LOG_FILE_BYTES = 1024 * 1024;

export const diskFull: Part = {
  name: "disk full",
  rows: [14],
  weight: 5,
  floors: {
    "logs filled up": 4,
    "logs full from the start": 1,
    "runtime directories filled up": 2,
    "commands with a full stdout": 10,
    "events while the disk was full": 100,
  },
  async run(trial) {
    if (!canMount) return trial.skip("no file system can be mounted here (unshare -Urm)");
    if (!isBoundByModes) return trial.skip("the program cannot be run as another user than root");
    do {
      // They mostly wait, so they do it side by side.
      const scenes = [
        fullLog(trial, "bytes"),
        fullLog(trial, "bytes", true),
        fullLog(trial, "files"),
        fullRuntimeDirectory(trial),
        fullStdout(trial),
      ];
      for (const scene of await Promise.allSettled(scenes)) {
        if (scene.status === "rejected") throw scene.reason;
      }
    } while (trial.left > ROUND_MS);
  },
};

/** Events go on, the status says what is lost, and the log goes on as soon as it can. */
async function fullLog(trial: Trial, shortage: Shortage, isFullAtStart = false): Promise<void> {
  const more = trial.random.int(0, 5);
  await using place = await Place.ofUser();
  const disk = await SmallDisk.of(place);
  await disk.serve(["--log", `${disk.path}/hub.log`], {
    // The next file is begun where the first is as long as a log may be.
    size: shortage === "files" ? "4m" : "1m",
    filled: isFullAtStart ? shortage : undefined,
  });
  if (!isFullAtStart) await padLog(disk, place, shortage);
  using watcher = await Watcher.on(place.socket);
  const endLooking = watcher.keepLooking();
  const gotBefore = watcher.got;
  if (!isFullAtStart) await disk.fill(shortage);

  await eventually("the status says that the log cannot be written", async () => {
    await logALine(place);
    return await warningOf(place) !== undefined;
  }, NOTICED_MS);
  const warning = await warningOf(place) ?? "";
  const { code, stdout, stderr } = await place.run(["status"]);
  // How many lines are lost may have changed since.
  const words = warning.replace(/ \(.*/, "");
  insist(code === 0 && stdout.includes(words), `bus status does not say it: ${stdout}${stderr}`);
  for (let line = 0; line < more; line++) await logALine(place);

  const before = await sizeOf(disk.outside("hub.log"));
  await disk.free();
  await eventually("the log goes on, without a restart", async () => {
    await logALine(place);
    return await sizeOf(disk.outside("hub.log")) > before;
  }, NOTICED_MS);
  await eventually(
    "the status no longer says that the log cannot be written",
    async () => await warningOf(place) === undefined,
    NOTICED_MS,
  );
  await endLooking();
  const events = watcher.got - gotBefore;
  insist(place.hub.stderr.split("\n").length <= 2, `on stderr: ${place.hub.stderr}`);
  trial.tally.add("events while the disk was full", events);
  trial.tally.add(isFullAtStart ? "logs full from the start" : "logs filled up");
}

/** What the hub's status says of its log, if it does. */
async function warningOf({ socket }: Place): Promise<string | undefined> {
  const { warnings = [] } = await askStatus(socket);
  return warnings.find((warning) => /\blog\b/.test(warning));
}

/** Makes the log so long that the next lines need what will be short: another page, another file. */
async function padLog(disk: SmallDisk, { hub }: Place, shortage: Shortage): Promise<void> {
  const length = shortage === "bytes" ? PAGE_BYTES - 10 : LOG_FILE_BYTES - 200;
  const log = `"${disk.path}/hub.log"`;
  const { code, stderr } = await disk.shell(
    `size=$(stat -c %s ${log}) && yes xxxxxxx | head -c $((${length} - size)) ` +
      `>>${log} && echo >>${log}`,
  );
  insist(code === 0, stderr);
  // It counts what it has written itself, and looks at the length when it opens the file.
  if (shortage === "files") hub.signal("SIGHUP");
}

/** Gives the hub something to log. */
async function logALine({ socket }: Place): Promise<void> {
  const wire = await Wire.connect(socket);
  try {
    await wire.send("nonsense");
    insist((await wire.frame()).type === "error", "nonsense is no error");
  } finally {
    wire.close();
  }
}

/** The length of a file; 0 where there is none. */
async function sizeOf(path: string): Promise<number> {
  return await Deno.stat(path).then(({ size }) => size, () => 0);
}

/** The hub that is there goes on; none can be started beside it, which says why; and then one can. */
async function fullRuntimeDirectory(trial: Trial): Promise<void> {
  await using place = await Place.ofUser();
  const disk = await SmallDisk.of(place);
  const socket = `${disk.path}/bus.sock`;
  await disk.serve(["--socket", socket]);
  using watcher = await Watcher.on(disk.outside("bus.sock"));
  const endLooking = watcher.keepLooking();
  await disk.fill("bytes");
  await disk.fill("files");
  const other = `${disk.path}/other.sock`;
  for (const command of [["serve"], ["publish", "t", "1"]]) {
    const { code, stderr } = await disk.run(PROGRAM, ...command, "--socket", other);
    insist(
      code === 1 && /^error: [^\n]*No space left on device[^\n]*\n$/.test(stderr),
      `bus ${command[0]} where no file can be made: ${code}, ${stderr}`,
    );
  }
  const { code, stdout } = await disk.run(PROGRAM, "status", "--socket", socket);
  insist(code === 0 && stdout.includes(`pid ${place.hub.pid}`), `no status: ${stdout}`);
  await endLooking();
  trial.tally.add("events while the disk was full", watcher.got);

  await disk.free();
  const published = await disk.run(PROGRAM, "publish", "t", "1", "--socket", other);
  insist(published.code === 0, `no hub can be started once there is room: ${published.stderr}`);
  await disk.run(PROGRAM, "stop", "--socket", other);
  const stopped = await disk.run(PROGRAM, "stop", "--socket", socket);
  insist(stopped.code === 0, `the hub does not stop: ${stopped.stderr}`);
  insist((await place.hub.end()).code === 0, "the hub has not ended as it should");
  trial.tally.add("runtime directories filled up");
}

/** One line says what is wrong, and the exit code is 1. */
async function fullStdout(trial: Trial): Promise<void> {
  await using place = await Place.ofUser();
  await place.serve();
  const commands = ["status", "status --json", "doctor", "--help", "--version", "status --all"];
  for (const command of [...commands, "consume k --types t"]) {
    const running = place.start(["-c", `exec bus ${command} >/dev/full`], { command: "/bin/sh" });
    const isConsumer = command.startsWith("consume");
    if (isConsumer) {
      await running.says(/^ready /);
      await (await place.wire()).send(event("t", 1));
    }
    const { code, stderr } = await running.end();
    const errors = stderr.split("\n").filter((line) => line.startsWith("error: "));
    insist(
      code === 1 && errors.length === 1 && (isConsumer || stderr.split("\n").length === 2),
      `bus ${command} >/dev/full: ${code}, ${stderr}`,
    );
    trial.tally.add("commands with a full stdout");
  }
}
