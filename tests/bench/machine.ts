/**
 * Where it was measured, and what.
 *
 * @module
 */

import { type PeerName, PEERS } from "../peers/peers.ts";

/** Processor, how many of it, and the system. */
export async function machine(): Promise<string> {
  const info = await Deno.readTextFile("/proc/cpuinfo").catch(() => "");
  const model = /^model name\s*:\s*(.*)$/m.exec(info)?.[1] ?? "unknown processor";
  const memory = Math.round(Deno.systemMemoryInfo().total / 2 ** 30);
  return `${model}, ${navigator.hardwareConcurrency} cores, ${memory} GiB, Linux ${Deno.osRelease()}`;
}

/** What a program says of its version. */
export async function version(peer: PeerName): Promise<string> {
  if (peer === "source") return `Deno ${Deno.version.deno}`;
  const flag = peer === "mosquitto" ? "-h" : "--version";
  const { stdout } = await new Deno.Command(PEERS[peer].program, {
    args: [flag],
    stderr: "null",
  }).output();
  const text = new TextDecoder().decode(stdout);
  const number = /\d+\.\d+[\w.]*/.exec(text)?.[0] ?? "unknown version";
  const runtime = /Deno \d[\w.]*/i.exec(text)?.[0];
  return runtime ? `${number} on ${runtime}` : number;
}
