import { assertEquals, assertStringIncludes } from "@std/assert";
import { SYSTEM_CLOCKS } from "../../../lib/platform/clocks.ts";
import { type Place, placeWith, started, told } from "./place.ts";

Deno.test("watch: of many files that come at once each is told once", async () => {
  await using place = await placeWith();
  await using play = await started(place.watch());
  writeMany(place, 3_000);
  await play.until(({ found }) => found.length >= 3_000);
  const lines = await told(place, play, 3_000);
  assertEquals(new Set(lines).size, 3_000);
  assertEquals(place.context.lines, []);
});

Deno.test("watch: more changes than are held are found by looking at everything", async () => {
  await using place = await placeWith("a", "b");
  await using play = await started(place.watch({}, SYSTEM_CLOCKS, { files: 1_000, touched: 5 }));
  for (let file = 0; file < 30; file++) await place.write(`f${file}`);
  await place.remove("a");
  const lines = await told(place, play, 31);
  assertEquals(lines.filter((line) => !line.startsWith("created f")), ["removed a"]);
  assertEquals(new Set(lines).size, 31);
});

Deno.test("watch: files that are too many are counted in the log", async () => {
  await using place = await placeWith("a", "b", "c");
  await using play = await started(place.watch({}, SYSTEM_CLOCKS, { files: 2, touched: 100 }));
  assertEquals(place.context.lines, [
    "lost: no more than 2 files are watched: nothing is told of 1 others",
  ]);
  for (const name of ["a", "b", "c"]) await place.write(name, "12");
  await play.until(({ found }) => found.length === 2);
  assertEquals(play.findings.map(({ type }) => type), ["file.modified", "file.modified"]);
});

for (
  const [limit, most, hint] of [
    ["max_inotify_watches", 2, "raise fs.inotify.max_user_watches, with sysctl"],
    ["max_inotify_instances", 0, "raise fs.inotify.max_user_instances, with sysctl, or ulimit -n"],
  ] as const
) {
  Deno.test({
    name: `watch: what the system allows too little of is said with what to do (${limit})`,
    // Limits of the system are set in a space of its own, which not every system grants.
    ignore: !await canLimit(),
    async fn() {
      await using place = await placeWith("a/b", "c/d", "e/f");
      const code = `
        import { Play, testContext } from "${import.meta.resolve("../kit.ts")}";
        import { openWatch } from "${import.meta.resolve("../../../lib/source/watch.ts")}";
        const settings = { kind: "watch", paths: [${JSON.stringify(place.at())}] };
        const { message, hint } = await new Play(openWatch(settings, testContext())).ended;
        console.log(JSON.stringify([message, hint]));
      `;
      const deno = [Deno.execPath(), "run", "-A", "--quiet", "--no-check"];
      const config = ["--config", new URL(import.meta.resolve("../../../deno.json")).pathname];
      await Deno.writeTextFile(`${place.folder}/main.ts`, code);
      const words = [...deno, ...config, `${place.folder}/main.ts`];
      const { stdout } = await limited(
        `echo ${most} > /proc/sys/user/${limit} && exec "$@"`,
        words,
      );
      const [message, said] = JSON.parse(new TextDecoder().decode(stdout));
      assertStringIncludes(message, `${place.at()} cannot be watched: `);
      assertEquals(said, hint);
    },
  });
}

async function limited(script: string, words: readonly string[]): Promise<Deno.CommandOutput> {
  return await new Deno.Command("unshare", { args: ["-Ur", "sh", "-c", script, "sh", ...words] })
    .output();
}

async function canLimit(): Promise<boolean> {
  const script = "echo 9 > /proc/sys/user/max_inotify_watches";
  return await limited(script, []).then(({ success }) => success, () => false);
}

/** Makes files in one go: nobody gets to hear of them meanwhile. */
function writeMany(place: Place, count: number): void {
  for (let file = 0; file < count; file++) Deno.writeTextFileSync(place.at(`f${file}`), "x");
}
