import { assertEquals, assertRejects } from "@std/assert";
import type { Unit } from "../../lib/cli/service_units.ts";
import { removeUnits, unitFile, writeUnits } from "../../lib/cli/unit_files.ts";
import { BusError } from "../../lib/protocol/errors.ts";

const SOCKET: Unit = { name: "bus-work.socket", text: "[Socket]\nListenStream=/x\n" };
const SERVICE: Unit = { name: "bus-work.service", text: "[Service]\nExecStart=/bus\n" };

/** Runs with a directory for units, which is not there yet. */
function test(name: string, run: (directory: string) => Promise<void>) {
  Deno.test(name, async () => {
    const base = await Deno.makeTempDir();
    try {
      await run(`${base}/systemd/user`);
    } finally {
      await Deno.remove(base, { recursive: true });
    }
  });
}

async function files(directory: string, ...units: Unit[]) {
  return await Promise.all(units.map((unit) => unitFile(unit, directory)));
}

async function states(directory: string, ...units: Unit[]): Promise<string[]> {
  return (await files(directory, ...units)).map(({ state }) => state);
}

/** The names of all that lies in a directory. */
async function names(directory: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(directory))).map(({ name }) => name).sort();
}

test("writeUnits() writes what is absent, under a mark, and nothing beside it", async (directory) => {
  assertEquals(await states(directory, SOCKET, SERVICE), ["absent", "absent"]);
  const [socket, service] = [`${directory}/bus-work.socket`, `${directory}/bus-work.service`];
  assertEquals(await writeUnits(await files(directory, SOCKET, SERVICE)), [socket, service]);
  const [mark, ...rest] = (await Deno.readTextFile(socket)).split("\n");
  assertEquals(
    mark?.replace(/[0-9a-f]{16}/, "…"),
    "# Written by bus service install, sum …. To change it: systemctl --user edit bus-work.socket",
  );
  assertEquals(rest.join("\n"), SOCKET.text);
  assertEquals(await names(directory), ["bus-work.service", "bus-work.socket"]);
});

test("writeUnits() leaves what is so already, and replaces what an older bus wrote", async (directory) => {
  await writeUnits(await files(directory, SOCKET, SERVICE));
  assertEquals(await states(directory, SOCKET, SERVICE), ["same", "same"]);
  assertEquals(await writeUnits(await files(directory, SOCKET, SERVICE)), []);
  const newer = { ...SERVICE, text: "[Service]\nExecStart=/new/bus\n" };
  assertEquals(await states(directory, SOCKET, newer), ["same", "outdated"]);
  const service = `${directory}/bus-work.service`;
  assertEquals(await writeUnits(await files(directory, SOCKET, newer)), [service]);
  assertEquals((await Deno.readTextFile(service)).endsWith(newer.text), true);
});

test("writeUnits() leaves a unit that somebody changed alone, and the other one too", async (directory) => {
  await writeUnits(await files(directory, SERVICE));
  const service = `${directory}/bus-work.service`;
  await Deno.writeTextFile(service, "Nice=5\n", { append: true });
  const changed = await Deno.readTextFile(service);
  const { code, message, hint } = await assertRejects(
    async () => await writeUnits(await files(directory, SOCKET, SERVICE)),
    BusError,
  );
  assertEquals([code, message, hint], [
    "failed",
    `${service} is not as bus wrote it; it was left alone`,
    `see what bus would write with: bus service show; to have that: rm ${service}`,
  ]);
  assertEquals(await Deno.readTextFile(service), changed);
  assertEquals(await names(directory), ["bus-work.service"]);
});

test("a link, a directory, and a file without a mark are not the work of bus", async (directory) => {
  await Deno.mkdir(directory, { recursive: true });
  const path = `${directory}/bus-work.service`;
  await Deno.writeTextFile(path, SERVICE.text);
  assertEquals(await states(directory, SERVICE), ["foreign"]);
  await Deno.remove(path);
  // So systemctl mask has it.
  await Deno.symlink("/dev/null", path);
  assertEquals(await states(directory, SERVICE), ["foreign"]);
  await Deno.remove(path);
  await Deno.mkdir(path);
  assertEquals(await states(directory, SERVICE), ["foreign"]);
});

test("removeUnits() removes what bus wrote, older or not, and only that", async (directory) => {
  await writeUnits(await files(directory, SOCKET, { ...SERVICE, text: "[Service]\n" }));
  await Deno.writeTextFile(`${directory}/other.service`, "");
  const [socket, service] = [`${directory}/bus-work.socket`, `${directory}/bus-work.service`];
  assertEquals(await removeUnits(await files(directory, SOCKET, SERVICE)), {
    removed: [socket, service],
    left: [],
  });
  assertEquals(await names(directory), ["other.service"]);
  assertEquals(await removeUnits(await files(directory, SOCKET, SERVICE)), {
    removed: [],
    left: [],
  });
});

test("removeUnits() leaves what somebody changed, and says so", async (directory) => {
  await writeUnits(await files(directory, SOCKET, SERVICE));
  const [socket, service] = [`${directory}/bus-work.socket`, `${directory}/bus-work.service`];
  await Deno.writeTextFile(service, "#", { append: true });
  assertEquals(await removeUnits(await files(directory, SOCKET, SERVICE)), {
    removed: [socket],
    left: [service],
  });
  assertEquals(await names(directory), ["bus-work.service"]);
});

test("removeUnits() removes nothing while a unit is enabled, or a dangling link would stay", async (directory) => {
  await writeUnits(await files(directory, SOCKET, SERVICE));
  const wants = `${directory}/sockets.target.wants`;
  await Deno.mkdir(wants);
  await Deno.symlink(`${directory}/bus-work.socket`, `${wants}/bus-work.socket`);
  const { message, hint } = await assertRejects(
    async () => await removeUnits(await files(directory, SOCKET, SERVICE)),
    BusError,
  );
  assertEquals([message, hint], [
    "bus-work.socket is enabled",
    "first: systemctl --user disable --now bus-work.socket bus-work.service",
  ]);
  assertEquals(await names(directory), [
    "bus-work.service",
    "bus-work.socket",
    "sockets.target.wants",
  ]);
});
