/**
 * Whatever a hub or a peer says, what people see of it is printable, and is one line where it is one
 * thing.
 */

import { assert, assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import {
  AnsweringHub,
  harmIn,
  HOSTILE_TEXT,
  hostileAnswers,
  hostileRejection,
} from "./hostile_text.ts";
import { Place } from "./kit.ts";
import { eventually } from "./waiting.ts";

/** Each command that shows what a hub says, and the exit code that it ends with. */
const COMMANDS: [string, number][] = [
  ["status", 0],
  ["status --json", 0],
  ["stop", 1],
  ["doctor", 1],
  ["publish t 1", 1],
  ["consume k --types t --no-reconnect --timeout 5s", 4],
];

/** What a terminal shows: its line ends have a carriage return that the program did not write. */
function fromTerminal(text: string): string {
  return text.replaceAll("\r\n", "\n");
}

for (
  const [what, text] of [["every control character", HOSTILE_TEXT], ["40 KB", "x".repeat(40_000)]]
) {
  Deno.test(`hostile text: ${what} in every field that a hub sends leaves a terminal as it was`, async (t) => {
    await using place = await Place.empty();
    await using _hub = new AnsweringHub(place.socket, hostileAnswers(text));
    for (const [command, code] of COMMANDS) {
      await t.step(command, async () => {
        const env = { NO_COLOR: "1" };
        const outcome = await place.terminal(`exec bus ${command}`, { env });
        assertEquals(outcome.code, code, outcome.stdout);
        const shown = fromTerminal(outcome.stdout);
        assertEquals(harmIn(shown), []);
        assert(!shown.split("\n").includes("error: all is well"), shown);
        if (command.endsWith("json")) JSON.parse(shown);
        else if (!command.startsWith("consume")) assertLess(shown.length, 8_000);
      });
    }
  });
}

Deno.test("hostile text: why a hub rejects, whatever it says, is one line", async () => {
  await using place = await Place.empty();
  await using _hub = new AnsweringHub(place.socket, hostileRejection());
  const { code, stdout, stderr } = await place.run(["consume", "k", "--types", "t"]);
  assertEquals([code, stdout, stderr.trimEnd().split("\n").length], [1, "", 1], stderr);
  assertEquals(harmIn(stderr), []);
  assertStringIncludes(stderr, "error: the hub rejects this consumer: \\x00");
});

Deno.test("hostile text: a pipe gets the frame as it is, and JSON stays JSON", async () => {
  await using place = await Place.empty();
  const answers = hostileAnswers();
  await using _hub = new AnsweringHub(place.socket, answers);
  const consumed = await place.run(["consume", "k", "--types", "t", "--max-events", "1"]);
  assertEquals(consumed.stdout, `${JSON.stringify(answers.hello?.[2])}\n`);
  assertEquals(harmIn(consumed.stderr), []);
  const { stdout } = await place.run(["status", "--json"]);
  assertEquals(JSON.parse(stdout), answers.status_query?.[0]);
});

Deno.test("hostile text: types, keys and ids of peers leave log, status and listing printable", async () => {
  await using place = await Place.empty();
  const log = `${place.directory}/hub.log`;
  await place.serve(["--log", log]);
  const text = HOSTILE_TEXT.repeat(3).slice(0, 400);
  const consumer = await place.wire();
  const hello = { type: "hello", event_key: text, event_types: [text], subscription_id: text };
  await consumer.send(JSON.stringify(hello));
  assertEquals((await consumer.frame()).type, "hello_ack");
  await place.publish({ event_type: text, payload: text });
  assertEquals((await consumer.frame()).payload, text);
  // Whatever the hub says of a wrong frame, it stands in its log too.
  for (const type of [text, "hello", "event"]) {
    const wire = await place.wire();
    await wire.send(JSON.stringify({ type, event_key: text, event_type: 7, event_id: text }));
    const [answer = ""] = await wire.rest();
    assertEquals(harmIn(answer), []);
  }
  const { stdout } = await place.run(["status"]);
  assertEquals(harmIn(stdout), []);
  // A line that is too long costs its consumer the connection, which the log tells with its key.
  await consumer.write("x".repeat(1 << 20));
  await consumer.rest();
  await eventually("the log tells of it", async () => {
    return (await Deno.readTextFile(log)).includes("consumer closed");
  });
  const logged = await Deno.readTextFile(log);
  assertEquals(harmIn(logged), []);
  for (const line of logged.trimEnd().split("\n")) {
    assert(/^\d{4}-\d\d-\d\dT[\d:.]+Z /.test(line), line);
    assertLess(line.length, 1_100);
  }
  const after = await place.run(["status"]);
  assertEquals(harmIn(after.stdout), []);
});
