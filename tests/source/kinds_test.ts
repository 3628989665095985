import { assertEquals } from "@std/assert";
import schema from "../../lib/catalogue/catalogue.schema.json" with { type: "json" };
import { briefSource, KINDS } from "../../lib/source/kinds.ts";

Deno.test("kinds: each is in the schema of the catalogue, but for stdin", () => {
  const inSchema = schema.$defs.source.oneOf.map(({ $ref }) => $ref.replace("#/$defs/", ""));
  assertEquals(inSchema.sort(), Object.keys(KINDS).filter((kind) => kind !== "stdin").sort());
});

Deno.test("briefSource() reads a kind and what it needs most", () => {
  const read = Object.fromEntries(
    [
      "exec:docker events --format json",
      "http:8787",
      "http:[::1]:80",
      "http:0.0.0.0:80",
      "websocket:wss://a/b?c:d",
      "sse:https://a/b",
      "watch:/a:b",
      "tail:log",
      "timer:30s",
      "nats:localhost:4222/a.>",
      "nats:nats://h:1/s",
    ].map((text) => [text, briefSource(text)]),
  );
  assertEquals(read, {
    "exec:docker events --format json": { kind: "exec", command: "docker events --format json" },
    "http:8787": { kind: "http", port: 8787 },
    "http:[::1]:80": { kind: "http", port: 80, host: "::1" },
    "http:0.0.0.0:80": { kind: "http", port: 80, host: "0.0.0.0" },
    "websocket:wss://a/b?c:d": { kind: "websocket", url: "wss://a/b?c:d" },
    "sse:https://a/b": { kind: "sse", url: "https://a/b" },
    "watch:/a:b": { kind: "watch", paths: ["/a:b"] },
    "tail:log": { kind: "tail", path: "log", format: "text" },
    "timer:30s": { kind: "timer", every: "30s" },
    "nats:localhost:4222/a.>": { kind: "nats", servers: ["localhost:4222"], subjects: ["a.>"] },
    "nats:nats://h:1/s": { kind: "nats", servers: ["h:1"], subjects: ["s"] },
  });
});

Deno.test("briefSource() reads nothing else", () => {
  for (
    const text of [
      "",
      "exec",
      "exec:",
      "http:x",
      "http:65536",
      "sse:ftp://a",
      "websocket:http://a",
      "timer:5",
      "nats:a",
      "stdin:",
      "toString:x",
      "EXEC:x",
    ]
  ) assertEquals(briefSource(text), undefined, text);
});
