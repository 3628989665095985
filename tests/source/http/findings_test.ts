import { assertEquals, assertThrows } from "@std/assert";
import { Refusal } from "../../../lib/source/http/answers.ts";
import { bodyForm, findingsOf, type RequestFacts } from "../../../lib/source/http/findings.ts";

const encoder = new TextEncoder();

function headersOf(headers: Readonly<Record<string, string>>): Map<string, string> {
  return new Map(Object.entries(headers));
}

function refusal(make: () => unknown): string {
  const { status, message } = assertThrows(make, Refusal);
  return `${status} ${message}`;
}

/** What is found in a request. */
function find(
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
  { format = "json", id }: { format?: "json" | "text"; id?: string } = {},
) {
  const map = headersOf(headers);
  const query = new URLSearchParams("a=1");
  const facts: RequestFacts = { headers: map, path: "/p", query, id };
  const bytes = typeof body === "string" ? encoder.encode(body) : body;
  return findingsOf(bodyForm(map, format), bytes, facts);
}

/** The only payload in a request. */
function payload(...request: Parameters<typeof find>): string | undefined {
  const found = find(...request);
  assertEquals(found.length, 1);
  return found[0]?.payload;
}

function form(body: string): string | undefined {
  return payload(body, { "content-type": "application/x-www-form-urlencoded" });
}

Deno.test("http findings: JSON stays the text that it is, but for the ends of its lines", () => {
  const text =
    '{"a" : 1.50,\t"a": 12345678901234567890, "é\\u00e9": "\ufeff\\n", "__proto__": 1e400 }';
  for (
    const type of [
      "application/json",
      "application/JSON; charset=UTF-8",
      'application/problem+json; charset="utf-8"',
      "text/json;charset=us-ascii",
      "text/plain",
      "application/octet-stream",
      "",
    ]
  ) {
    assertEquals(payload(text, { "content-type": type }), text, type);
  }
  assertEquals(payload(text), text);
  assertEquals(payload("\ufeff[1,\r\n2]\n"), "[1,  2]");
});

Deno.test("http findings: what is no JSON is refused with the reason", () => {
  assertEquals(refusal(() => find("")), "400 the body is not JSON: it ends too early");
  assertEquals(refusal(() => find('{"a":1,}')), "400 the body is not JSON from character 8 on");
  assertEquals(refusal(() => find("1 2")), "400 the body is not JSON from character 3 on");
  assertEquals(refusal(() => find("NaN")), "400 the body is not JSON from character 1 on");
  const deep = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  assertEquals(payload(deep(511)), deep(511));
  assertEquals(
    refusal(() => find(deep(512))),
    "400 the body is more than 512 arrays and objects open at once",
  );
  for (
    const bytes of [[0x22, 0xff, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22], [0x22, 0xc0, 0xaf, 0x22]]
  ) {
    assertEquals(refusal(() => find(Uint8Array.from(bytes))), "400 the body is not UTF-8");
  }
});

Deno.test("http findings: any text is one where the settings say so", () => {
  const text = (body: string | Uint8Array, type: string) =>
    payload(body, { "content-type": type, "ce-specversion": "1.0" }, { format: "text" });
  assertEquals(text('a "b"\n\0é\ufeff', "text/csv"), '"a \\"b\\"\\n\\u0000é\ufeff"');
  assertEquals(text("{}", "application/cloudevents+json"), '"{}"');
  assertEquals(text("a=1", "application/x-www-form-urlencoded"), '"a=1"');
  assertEquals(text("", "multipart/form-data; boundary=x"), '""');
  assertEquals(refusal(() => text(Uint8Array.of(0xff), "")), "400 the body is not UTF-8");
});

Deno.test("http findings: the fields of a form make an object", () => {
  assertEquals(form("a=1&b=two+words&c=%C3%A9%0A"), '{"a":"1","b":"two words","c":"é\\n"}');
  assertEquals(form("a=1&b=&a=2&c"), '{"a":["1","2"],"b":"","c":""}');
  assertEquals(form("__proto__=1&constructor=2"), '{"__proto__":"1","constructor":"2"}');
  assertEquals(form(""), "{}");
  assertEquals(form("a=%"), '{"a":"%"}');
  assertEquals(form("a=%EF%BF%BD"), '{"a":"\ufffd"}');
  assertEquals(refusal(() => form("a=%FF")), "400 the form is not UTF-8");
  assertEquals(JSON.parse(form(Array(1_024).fill("a=1").join("&")) ?? "").a.length, 1_024);
  assertEquals(
    refusal(() => form("&".repeat(1_024))),
    "413 the form has more than 1024 fields",
  );
});

Deno.test("http findings: the one field payload of a form is the payload, if it is JSON", () => {
  const text = '{"a" : 1.50, "b": "+ é"}';
  assertEquals(form(`payload=${encodeURIComponent(text)}`), text);
  assertEquals(form("payload=5"), "5");
  assertEquals(form("payload=hi"), '{"payload":"hi"}');
  assertEquals(form("payload=1&payload=2"), '{"payload":["1","2"]}');
  assertEquals(form("payload=1&a=2"), '{"payload":"1","a":"2"}');
});

Deno.test("http findings: JSON that is called a form, as curl does, is JSON", () => {
  assertEquals(form('{"a": "b=c&d"}'), '{"a": "b=c&d"}');
  assertEquals(form(" [1]"), "[1]");
  assertEquals(form('"a"'), '"a"');
  assertEquals(refusal(() => form("{a=1")), "400 the body is not JSON from character 2 on");
});

Deno.test("http findings: what a body cannot be is refused by its headers alone", () => {
  const reason = (headers: Readonly<Record<string, string>>) =>
    refusal(() => bodyForm(headersOf(headers), "json"));
  for (const type of ["multipart/form-data; boundary=x", "text/html", "application/xml", "json"]) {
    assertEquals(
      reason({ "content-type": type }),
      "415 the content type is neither JSON nor a form",
    );
  }
  for (const encoding of ["gzip", "br", "gzip, identity", "x"]) {
    assertEquals(
      reason({ "content-encoding": encoding }),
      "415 a body with a content encoding is not taken",
    );
  }
  assertEquals(bodyForm(headersOf({ "content-encoding": "Identity" }), "json"), "json");
  for (const charset of ["iso-8859-1", '"utf-16"', "UTF-7"]) {
    const type = `application/json; charset=${charset}`;
    assertEquals(reason({ "content-type": type }), "415 the charset is not UTF-8");
  }
});

Deno.test("http findings: a cloud event has its own type, id and time, however it comes", () => {
  const data = '{"n" : 1.50}';
  const context = {
    type: "com.example.someevent",
    id: "/mycontext 1",
    time: Date.UTC(2018, 3, 5, 17, 31),
  };
  const attributes = {
    specversion: "1.0",
    type: context.type,
    source: "/mycontext",
    id: "1",
    time: "2018-04-05T17:31:00Z",
    subject: "s",
  };
  const whole = `${JSON.stringify(attributes).slice(0, -1)}, "data" : ${data}}`;
  const binary = Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [`ce-${name}`, value]),
  );
  const type = (type: string) => ({ "content-type": type, "x-other": "o" });
  const requests = [
    find(data, { ...binary, ...type("application/json") }, { id: "delivery" }),
    find(whole, type("application/cloudevents+json; charset=utf-8"), { id: "delivery" }),
    find(`[${whole}]`, type("application/cloudevents-batch+json"), { id: "delivery" }),
  ];
  for (const found of requests) {
    assertEquals(found.length, 1);
    const [{ values, ...event } = { payload: "", values: {} }] = found;
    assertEquals(event, { ...context, payload: data });
    assertEquals(values?.header?.("CE-Subject"), "s");
    assertEquals(values?.header?.("X-Other"), "o");
    assertEquals([values?.path?.(""), values?.query?.("a")], ["/p", "1"]);
  }
  assertEquals(payload("", binary), "null");
  assertEquals(payload("<x/>", { ...binary, ...type("text/xml") }), '"<x/>"');
  assertEquals(payload(Uint8Array.of(0xff), { ...binary, ...type("image/png") }), '"/w=="');
  assertEquals(
    refusal(() => find("{", { ...binary, ...type("application/json") })),
    "400 the data is not JSON: it ends too early",
  );
  assertEquals(find("[]", type("application/cloudevents-batch+json")), []);
  const longId = find("1", { ...binary, "ce-id": "x".repeat(2_000) }, { id: "delivery" });
  assertEquals(longId[0]?.id, "delivery");
});
