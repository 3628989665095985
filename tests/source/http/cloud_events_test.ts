import { assertEquals, assertThrows } from "@std/assert";
import {
  batchedEvents,
  binaryContext,
  isBinary,
  payloadOfData,
  structuredEvent,
} from "../../../lib/source/http/cloud_events.ts";
import { Refusal } from "../../../lib/source/http/answers.ts";

/** Members of an event that has all that it needs. */
const NEEDED =
  '"specversion" : "1.0", "type" : "com.example.someevent", "source" : "/mycontext", ' +
  '"id" : "A234-1234-1234"';

const HEADERS = new Map([
  ["ce-specversion", "1.0"],
  ["ce-type", "com.example.someevent"],
  ["ce-source", "/mycontext"],
  ["ce-id", "A234-1234-1234"],
]);

const CONTEXT = {
  type: "com.example.someevent",
  id: "/mycontext A234-1234-1234",
  time: undefined,
};

function event(members: string): string {
  return `{${NEEDED}${members === "" ? "" : `, ${members}`}}`;
}

function refusal(make: () => unknown): string {
  const { status, message } = assertThrows(make, Refusal);
  return `${status} ${message}`;
}

function header(name: string, value: string): Map<string, string> {
  return new Map([...HEADERS, [name, value]]);
}

const encoder = new TextEncoder();

Deno.test("cloud events: the attributes are the same from headers and from JSON", () => {
  const time = "2018-04-05T17:31:00.123456Z";
  const expected = { ...CONTEXT, time: Date.UTC(2018, 3, 5, 17, 31, 0, 123) };
  assertEquals(binaryContext(header("ce-time", time)), expected);
  assertEquals(structuredEvent(event(`"time": "${time}"`)).context, expected);
  assertEquals(binaryContext(HEADERS), CONTEXT);
  assertEquals(structuredEvent(event("")).context, CONTEXT);
  assertEquals(isBinary(HEADERS), true);
  assertEquals(isBinary(new Map([["ce-id", "1"]])), false);
});

Deno.test("cloud events: data stays the text that it is", () => {
  for (
    const data of [
      '{"a" : 1.50,\t"a": 12345678901234567890, "é\\u00e9": [ ], "__proto__": 1}',
      "1e400",
      '"\\ud800 😀\ufeff"',
      "null",
      "[ 1 , 2 ]",
      "false",
    ]
  ) {
    for (const text of [event(`"data":  ${data} `), `{"data":${data},${NEEDED}}`]) {
      assertEquals(structuredEvent(text).payload, data);
    }
  }
  assertEquals(structuredEvent(event("")).payload, "null");
  assertEquals(structuredEvent(event('"data": 1, "d\\u0061ta": 2')).payload, "2");
});

Deno.test("cloud events: data that came as bytes is the same as it is in a body", () => {
  const cases: [mediaType: string | undefined, data: string, payload: string][] = [
    [undefined, '{"a" : 1.50}', '{"a" : 1.50}'],
    ["application/json; charset=utf-8", "[1,\n2]", "[1, 2]"],
    ["application/vnd.example+json", " 1 ", "1"],
    ["TEXT/plain", '"é"\n', '"\\"é\\"\\n"'],
    ["application/xml", '<much wow="xml"/>', '"<much wow=\\"xml\\"/>"'],
    ["image/svg+xml", "<svg/>", '"<svg/>"'],
    ["application/octet-stream", "hi", '"aGk="'],
  ];
  for (const [mediaType, data, payload] of cases) {
    const bytes = encoder.encode(data);
    const base64 = btoa(String.fromCharCode(...bytes));
    const type = mediaType === undefined ? "" : `"datacontenttype": "${mediaType}", `;
    assertEquals(structuredEvent(event(`${type}"data_base64": "${base64}"`)).payload, payload);
    const essence = mediaType?.split(";")[0]?.toLowerCase() ?? "application/json";
    assertEquals(payloadOfData(essence, bytes), payload);
  }
  const bytes = Uint8Array.of(0xff, 0x00);
  assertEquals(payloadOfData("image/png", bytes), '"/wA="');
  assertEquals(refusal(() => payloadOfData("text/plain", bytes)), "400 the data is not UTF-8");
  assertEquals(
    refusal(() => payloadOfData("application/json", bytes)),
    "400 the data is not UTF-8",
  );
  assertEquals(
    refusal(() => payloadOfData("application/json", encoder.encode("{"))),
    "400 the data is not JSON: it ends too early",
  );
});

Deno.test("cloud events: a header's value may be quoted, and has its bytes in percents", () => {
  const type = (value: string) => binaryContext(header("ce-type", value)).type;
  assertEquals(type("Euro%20%E2%82%AC%20%f0%9f%98%80"), "Euro € 😀");
  assertEquals(type('"two words"'), "two words");
  assertEquals(type('"a \\"b\\" \\\\ %25"'), 'a "b" \\ %');
  assertEquals(type("100%25"), "100%");
  assertEquals(type("%2541"), "%41");
  for (const value of ["%C0%A0", "100%", "%zz", "%E2%82"]) {
    assertEquals(
      refusal(() => type(value)),
      "400 the header ce-type has a % that stands for nothing",
      value,
    );
  }
});

Deno.test("cloud events: what an event must have it must have", () => {
  for (const name of ["specversion", "type", "source", "id"]) {
    const reason = `400 the event has no ${name}`;
    const without = new Map(HEADERS);
    without.delete(`ce-${name}`);
    assertEquals(refusal(() => binaryContext(without)), reason);
    assertEquals(refusal(() => binaryContext(header(`ce-${name}`, ""))), reason);
    for (const value of ["null", '""', "[]", "{}", '["a"]']) {
      assertEquals(refusal(() => structuredEvent(event(`"${name}": ${value}`))), reason, value);
    }
  }
  const version = "400 the event's specversion is not 1.0";
  assertEquals(refusal(() => binaryContext(header("ce-specversion", "0.3"))), version);
  assertEquals(refusal(() => structuredEvent(event('"specversion": 1'))), version);
  assertEquals(refusal(() => structuredEvent("[1]")), "400 an event is an object");
  assertEquals(refusal(() => structuredEvent('"{}"')), "400 an event is an object");
  assertEquals(
    refusal(() => structuredEvent(event('"data": 1, "data_base64": "aGk="'))),
    "400 an event has data or data_base64, not both",
  );
  for (const base64 of ["1", '"a b"', '"a%"', "{}"]) {
    const make = () => structuredEvent(event(`"data_base64": ${base64}`));
    assertEquals(refusal(make), "400 data_base64 is no base64", base64);
  }
});

Deno.test("cloud events: the id is that of its source, and no two pairs make the same", () => {
  const id = (source: string, id: string) => {
    return binaryContext(new Map([...HEADERS, ["ce-source", source], ["ce-id", id]])).id;
  };
  assertEquals(id("/a", "b%20c"), "/a b c");
  assertEquals(
    refusal(() => id("/a%20b", "c")),
    "400 the event's source has a blank",
  );
  assertEquals(id("/a", "x".repeat(1_021)), `/a ${"x".repeat(1_021)}`);
  // No event can have a longer one.
  assertEquals(id("/a", "x".repeat(1_022)), undefined);
});

Deno.test("cloud events: times are those of RFC 3339", () => {
  const time = (text: string) =>
    structuredEvent(event(`"time": ${JSON.stringify(text)}`)).context.time;
  const noon = Date.UTC(2026, 0, 2, 12, 0, 0);
  assertEquals(time("2026-01-02T12:00:00Z"), noon);
  assertEquals(time("2026-01-02t13:30:00+01:30"), noon);
  assertEquals(time("2026-01-02 10:00:00-02:00"), noon);
  assertEquals(time("2026-01-02T12:00:00.1z"), noon + 100);
  assertEquals(time("2026-01-02T12:00:00.999999999Z"), noon + 999);
  assertEquals(time("1969-12-31T23:59:59.5Z"), -500);
  assertEquals(time("2028-02-29T23:00:00-11:00"), Date.UTC(2028, 2, 1, 10));
  for (
    const text of [
      "",
      "1",
      "2026-01-02",
      "2026-01-02T12:00Z",
      "2026-01-02T12:00:00",
      "2026-13-02T12:00:00Z",
      "2026-01-02T12:00:00.Z",
      "2026-01-02T25:00:00Z",
      "2026-02-30T12:00:00Z",
      "2026-02-29T12:00:00Z",
      "2026-04-31T00:00:00+02:00",
      "2026-01-02T24:00:00Z",
      "Fri, 02 Jan 2026 12:00:00 GMT",
    ]
  ) {
    assertEquals(refusal(() => time(text)), "400 the event's time is none of RFC 3339", text);
  }
});

Deno.test("cloud events: attributes of JSON can be asked for as headers, data not", () => {
  const { header } = structuredEvent(
    event('"subject": "s", "partition": 5, "sampled": true, "none": null, "odd": [1], "data": "d"'),
  );
  const names = [
    "ce-subject",
    "CE-Partition",
    "ce-sampled",
    "ce-none",
    "ce-odd",
    "ce-data",
    "subject",
  ];
  assertEquals(names.map(header), ["s", "5", "true", ...Array(4).fill(undefined)]);
  assertEquals(header("ce-__proto__"), undefined);
});

Deno.test("cloud events: a batch is read in its order, each event by itself", () => {
  const first = event('"id": "1", "data": [1, {"a": "]"}]');
  const second = event('"id": "2", "data": "},{"');
  const events = batchedEvents(` [ ${first} ,\t${second}, ${event('"data_base64": "e30="')} ] `);
  assertEquals(events.map(({ payload }) => payload), ['[1, {"a": "]"}]', '"},{"', "{}"]);
  assertEquals(
    events.map(({ context }) => context.id),
    ["/mycontext 1", "/mycontext 2", "/mycontext A234-1234-1234"],
  );
  assertEquals(batchedEvents("[ ]"), []);
  assertEquals(refusal(() => batchedEvents(first)), "400 a batch is an array of events");
  assertEquals(refusal(() => batchedEvents(`[${first}, 1]`)), "400 an event is an object");
  assertEquals(refusal(() => batchedEvents(`[${first}, {}]`)), "400 the event has no specversion");
});

Deno.test("cloud events: a batch has a bound", () => {
  const batch = (count: number) => `[${Array(count).fill(event("")).join(",")}]`;
  assertEquals(batchedEvents(batch(1_024)).length, 1_024);
  assertEquals(
    refusal(() => batchedEvents(batch(1_025))),
    "413 the batch has more than 1024 events",
  );
});
