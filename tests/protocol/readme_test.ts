import { assert, assertEquals } from "@std/assert";
import { decode, encode } from "../../lib/protocol/codec.ts";
import { BadFrameError, ERROR_CODES } from "../../lib/protocol/errors.ts";
import { FIELD_RULES } from "../../lib/protocol/fields.ts";
import * as limits from "../../lib/protocol/limits.ts";
import { blocksOf, messageHeadings, rowsOf, sectionOf } from "./readme.ts";

Deno.test("the README has every message, and no other", () => {
  assertEquals(messageHeadings().sort(), [...Object.keys(FIELD_RULES), "event"].sort());
});

Deno.test("the README's table of each message names its fields, and which are needed", () => {
  for (const [type, rules] of Object.entries(FIELD_RULES)) {
    const [table = ""] = sectionOf(`### \`${type}\``).split("An entry of");
    assertEquals(
      rowsOf(table).map(([name, , needed]) => [name, needed]),
      Object.entries<{ optional: boolean }>(rules).map(([name, { optional }]) => [
        `\`${name}\``,
        optional ? "" : "yes",
      ]).sort(byOrderOf(rowsOf(table))),
      type,
    );
  }
  assertEquals(
    rowsOf(sectionOf("### `event`")).map(([name, , needed]) => `${name} ${needed}`.trim()),
    ["`event_type` yes", "`event_id`", "`source_time`", "`seq`", "`payload` yes"],
  );
});

/** The order of a table's own rows, unknown ones last: a table may put first what matters most. */
function byOrderOf(rows: readonly string[][]) {
  const order = rows.map(([name]) => name);
  const place = (name: string | undefined) => (order.indexOf(name) + 1) || order.length + 1;
  return ([a]: (string | undefined)[], [b]: (string | undefined)[]) => place(a) - place(b);
}

Deno.test("the README's examples are frames of the message that they stand under", () => {
  for (const type of messageHeadings()) {
    const [block = ""] = blocksOf(sectionOf(`### \`${type}\``), "jsonl");
    const lines = block.split("\n").slice(0, -1);
    assert(lines.length > 0 || type === "status_response", `${type} has no example`);
    for (const line of lines) {
      const message = decode(line);
      assert(!(message instanceof BadFrameError), line);
      assertEquals(message.type, type);
      assertEquals(encode(message), `${line}\n`);
    }
  }
});

Deno.test("the README's frames are taken or refused as it says", () => {
  const lines = blocksOf(sectionOf("## A session"), "text").join("").split("\n").slice(0, -1);
  const refused = lines
    .map((line) => line.replace(/^\w+ +[→←] /, ""))
    .filter((line) => line !== "(closed)" && decode(line) instanceof BadFrameError);
  assertEquals(refused, ['{"type":"event","event_type":"github.push"}']);
});

Deno.test("the README has every code of the wire", () => {
  const codes = rowsOf(sectionOf("## Errors")).map(([code = ""]) => code.replaceAll("`", ""));
  for (const [code, { wire }] of Object.entries(ERROR_CODES)) {
    assertEquals(codes.includes(code), wire, code);
  }
  for (const reason of ["stopped", "slow", "protocol", "limit"]) assert(codes.includes(reason));
});

Deno.test("the README has the limits of the code", () => {
  const values = rowsOf(sectionOf("## Limits")).map(([, value]) => value);
  const expected = [
    `${limits.MAX_FRAME_BYTES.toLocaleString("en")} bytes`,
    `${limits.MAX_EVENT_FRAME_BYTES.toLocaleString("en")} bytes`,
    `${limits.MAX_DEPTH}`,
    `${limits.MAX_NAME_BYTES.toLocaleString("en")} bytes`,
    `${limits.FIRST_FRAME_TIMEOUT_MS / 1000} s`,
    `${limits.WRITE_TIMEOUT_MS / 1000} s`,
  ];
  assertEquals(values.slice(0, expected.length), expected);
});
