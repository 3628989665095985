import { assertEquals } from "@std/assert";
import { JsonTexts } from "../../../lib/source/tail/json_texts.ts";
import { Play } from "../kit.ts";
import { WatchedClocks } from "../watched_clocks.ts";
import { payloads, Place, started, until } from "./place.ts";

/** A text of three lines. */
const OBJECT = '{\n "a": 1\n}';

Deno.test("tail: JSON over several lines is one event, as it was written", async () => {
  await using place = await Place.make();
  await place.append("0\n");
  await using play = await started(place.tail());
  await place.append(`${OBJECT}\n{"b":2}\n`);
  assertEquals(await until(play, 2), [OBJECT, '{"b":2}']);
  await place.append("[\r\n1\r\n\r\n]\r\n3\n");
  assertEquals((await until(play, 4)).slice(2), ["[\n1\n]", "3"]);
});

Deno.test("tail: any text and whole events stay line by line", async () => {
  await using place = await Place.make();
  await place.append(`${OBJECT}\n`);
  const lines = OBJECT.split("\n");
  await using text = new Play(place.tail({ from: "start", format: "text" }));
  assertEquals(await until(text, 3), lines.map((line) => JSON.stringify(line)));
  await using events = new Play(place.tail({ from: "start", format: "events" }));
  await events.until(({ found }) => found.length === 3);
  assertEquals(events.found, lines.map((frame) => ({ frame })));
});

Deno.test("tail: wherever a run ends among JSON over several lines, each text comes once", async () => {
  const texts = ["1", OBJECT, '{"b":2}', '[\n{\n"é": "]"}\n\n]', OBJECT, '"last"'];
  const whole = new TextEncoder().encode(texts.map((text) => `${text}\n`).join(""));
  for (let cut = 0; cut <= whole.length; cut++) {
    await using place = await Place.make();
    const clocks = new WatchedClocks();
    const source = place.tail({ from: "start" }, clocks);
    await place.append(whole.slice(0, cut));
    await using first = await started(source);
    // It has read all that there is.
    await clocks.untilDue(200);
    await first.stop();
    await place.append(whole.slice(cut));
    await using second = await started(source);
    const left = texts.length - first.found.length;
    const rest = left === 0 ? [] : await until(second, left);
    const expected = texts.map((text) => text.replace("\n\n", "\n"));
    assertEquals([...payloads(first), ...rest], expected, `cut at ${cut}`);
    assertEquals(place.context.lines, []);
  }
});

Deno.test("tail: JSON over very many lines is whole, and read again from its start", async () => {
  await using place = await Place.make();
  const long = `[\n${Array(60_000).fill("1").join(",\n")}\n]`;
  await place.append(`"first"\n${long.slice(0, 150_000)}`);
  const clocks = new WatchedClocks();
  const source = place.tail({ from: "start" }, clocks);
  await using first = await started(source);
  await clocks.untilDue(200);
  await first.stop();
  assertEquals(payloads(first), ['"first"']);
  await place.append(`${long.slice(150_000)}\n"last"\n`);
  await using second = await started(source);
  assertEquals(await until(second, 2), [long, '"last"']);
});

Deno.test("tail: a text that does not end is held up to a bound, and those behind it arrive", async () => {
  await using place = await Place.make();
  const lines = ["[", ...Array(12).fill(`"${"x".repeat(99_996)}",`)];
  await place.append(lines.map((line) => `${line}\n`).join(""));
  await using play = await started(place.tail({ from: "start" }));
  assertEquals(await until(play, 13), lines);
  await place.append(`${OBJECT}\n`);
  assertEquals((await until(play, 14)).at(-1), OBJECT);
});

Deno.test("tail: what a line between cannot be costs no text around it", async () => {
  await using place = await Place.make();
  await place.append(`${OBJECT}\nno {\n${OBJECT}\n`);
  await place.append(new Uint8Array([0xff, 0x0a]));
  await place.append(`${OBJECT}\n`);
  await using play = await started(place.tail({ from: "start" }));
  assertEquals(await until(play, 4), [OBJECT, "no {", OBJECT, OBJECT]);
});

Deno.test("tail: of a file that ends within a text its lines are said, and the next one is read", async () => {
  await using place = await Place.make();
  await place.append(`${OBJECT}\n[\n1,\n2`);
  await using play = await started(place.tail({ from: "start" }));
  await until(play, 1);
  await place.move("app.log", "app.log.1");
  await place.append(`${OBJECT}\n`);
  assertEquals(await until(play, 5), [OBJECT, "[", "1,", "2", OBJECT]);
});

Deno.test("JsonTexts knows where the first line begins that it holds", () => {
  const texts = new JsonTexts();
  const take = (starts: number[], lines: [number: number, text: string][]) => {
    texts.expect(starts);
    return texts.take(lines.map(([number, text]) => ({ number, text })));
  };
  assertEquals(take([100, 102], [[1, "1"], [2, "{"]]), ["1"]);
  assertEquals(texts.heldFrom, 102);
  // A piece without any line's end, and one with a line of blanks and one that was left out.
  texts.expect([]);
  assertEquals(take([104, 105, 200], [[5, '"a":']]), []);
  assertEquals(texts.heldFrom, 102);
  assertEquals(take([210, 213], [[6, "1}"], [7, "["]]), ['{\n"a":\n1}']);
  assertEquals(texts.heldFrom, 213);
  assertEquals([texts.end(), texts.heldFrom, texts.end()], [["["], undefined, []]);
});
