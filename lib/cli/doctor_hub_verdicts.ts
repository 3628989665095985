/**
 * What to think of a hub itself.
 *
 * @module
 */

import { hubCommand } from "../platform/hub_command.ts";
import { printable } from "../platform/printable.ts";
import type { ProcessInfo } from "../platform/process_info.ts";
import { VERSION } from "../platform/version.ts";
import { CAPABILITIES } from "../protocol/messages.ts";
import { connectionLimit, FEW_CONNECTIONS } from "../server/limits.ts";
import { duration } from "./amounts.ts";
import { counted } from "../platform/counted.ts";
import { type Judgement, ok, problem, warning } from "./doctor_check.ts";
import type { DoctorFacts } from "./doctor_facts.ts";

/** Connections below which a hub is of little use. */
const HARDLY_ANY_CONNECTIONS = 64;

/** Whether there is one, and answers. */
export function hub({ paths, hub, lock: { holder } }: DoctorFacts): Judgement | undefined {
  const force = hubCommand("stop --force", paths);
  const restart = `stop it, and start another: ${hubCommand("stop", paths)}; ` +
    hubCommand("serve", paths);
  switch (hub.kind) {
    case "not asked":
      return undefined;
    case "failure":
      return problem(hub.reason, restart);
    case "none":
      if (holder === undefined) {
        return ok(`none is running (start one with: ${hubCommand("serve", paths)})`);
      }
      return orphan(holder, "does not listen", force);
    case "silent":
      return orphan(holder, "does not answer", force);
    case "answer": {
      const { pid, uptime_sec: uptime, active_conns: consumers } = hub.status;
      if (holder === undefined) {
        return problem(`pid ${pid} has lost its lock: another hub could start beside it`, restart);
      }
      return ok(
        `pid ${pid} answers within ${Math.ceil(hub.milliseconds)} ms, ` +
          `up ${duration(uptime * 1000)}, ${counted(consumers, "consumer")}`,
      );
    }
  }
}

/** A process that keeps a hub from starting, and is none to anybody. */
function orphan(
  holder: DoctorFacts["lock"]["holder"],
  fault: string,
  force: string,
): Judgement {
  if (holder === undefined) {
    return problem(`somebody listens, holds no lock, and ${fault}`, "see who: ss -lxp");
  }
  if (holder === "unseen") {
    const reason = `a process that cannot be seen from here holds the lock and ${fault}`;
    return problem(reason, "end it where it runs: in another container, or as another user");
  }
  const reason = `${named(holder)} holds the lock and ${fault}`;
  if (!holder.isStopped) return problem(`${reason}: an orphan`, `end it: ${force}`);
  const remedy = `let it go on: kill -CONT ${holder.pid}; or end it: ${force}`;
  return problem(`${reason}: it was stopped`, remedy);
}

/** Whether it is of the version of this program. */
export function version({ paths, hub }: DoctorFacts): Judgement | undefined {
  if (hub.kind !== "answer") return undefined;
  const { hub_version: its, capabilities } = hub.status;
  const restart = `restart it: ${hubCommand("stop", paths)}; ${hubCommand("serve", paths)}`;
  if (its === undefined) return warning("the hub does not say its version", restart);
  const lacks = CAPABILITIES.filter((capability) => !capabilities?.includes(capability));
  const without = lacks.length === 0 ? "" : `, and the hub lacks ${lacks.join(", ")}`;
  if (its === VERSION && without === "") return ok(`hub and program are both ${VERSION}`);
  const reason = `the hub is version ${printable(its, 40)}, this program ${VERSION}${without}`;
  return problem(reason, restart);
}

/** Whether it may have enough connections. */
export function descriptors({ hub, descriptors }: DoctorFacts): Judgement | undefined {
  if (descriptors === undefined) return undefined;
  const { limit, hardLimit } = descriptors;
  const connections = connectionLimit(descriptors);
  const whose = hub.kind === "answer" ? "the hub" : "a hub started here";
  const reason = `${whose} may have ${counted(limit, "descriptor")} open, ` +
    `enough for ${counted(connections, "connection")}`;
  if (connections >= FEW_CONNECTIONS) return ok(reason);
  const raise = hardLimit > limit
    ? "before the hub starts: ulimit -n $(ulimit -Hn)"
    : "raise the hard limit: nofile in /etc/security/limits.conf, LimitNOFILE= in a unit";
  return connections < HARDLY_ANY_CONNECTIONS ? problem(reason, raise) : warning(reason, raise);
}

/** A process, as it is spoken of. */
export function named({ pid, program }: ProcessInfo): string {
  return program === undefined ? `process ${pid}` : `process ${pid} (${program})`;
}
