import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { payloadSchema } from "../../lib/catalogue/payload_schema.ts";
import { CatalogueError, readCatalogue, readKeys } from "../../lib/catalogue/read_catalogue.ts";
import { BusError } from "../../lib/protocol/errors.ts";

/** A catalogue's file in a directory of its own. */
async function withFile<T>(text: string, use: (path: string) => Promise<T>): Promise<T> {
  const directory = await Deno.makeTempDir();
  try {
    const path = `${directory}/bus.json`;
    await Deno.writeTextFile(path, text);
    return await use(path);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function mistakes(text: string): Promise<string[]> {
  return await withFile(text, async (path) => {
    const error = await assertRejects(() => readCatalogue(path), CatalogueError);
    return error.lines.map((line) => line.replace(path, "FILE"));
  });
}

/** Members of an object, each with a name of its own. */
function members(count: number, value: string): string {
  return Array.from({ length: count }, (_, at) => `"n${at}":${value}`).join(",");
}

const WHOLE = `{
  // What is known.
  "$schema": "./catalogue.schema.json",
  "keys": {
    "deploys": {
      "types": ["github.push", "ci.>"],
      "description": "What goes out",
      "schema": { "type": "object" },
      "single": true,
      "setup": "make up",
      "cleanup": ["make", "down"],
    },
  },
  "sources": {
    "github": {
      "kind": "http",
      "port": 8787,
      "signature": { "scheme": "github", "secret": { "env": "GITHUB_SECRET" } },
      "type": "github.{header:x-github-event}.{body:action}",
      "id": "{header:x-github-delivery}",
      "only": ".sender.type != \\"Bot\\"",
      "rate": "100/s",
      "max_payload": "64KiB",
      "backoff": ["500ms", "1m"],
      "restarts": 3
    },
    "log": { "kind": "exec", "command": "journalctl -f -o json" }
  }
}`;

Deno.test("catalogue: one that is right is read whole", async () => {
  await withFile(WHOLE, async (path) => {
    const { keys, sources, path: read } = await readCatalogue(path);
    assertEquals([...keys.keys()], ["deploys"]);
    assertEquals(keys.get("deploys")?.cleanup, ["make", "down"]);
    assertEquals(Array.from(sources, ([name, { kind }]) => [name, kind]), [
      ["github", "http"],
      ["log", "exec"],
    ]);
    assertEquals(read, path);
  });
  await withFile("{}", async (path) => {
    const { keys, sources } = await readCatalogue(path);
    assertEquals([keys.size, sources.size], [0, 0]);
  });
});

const MISTAKES: readonly [what: string, text: string, ...lines: string[]][] = [
  ["an end too early", `{\n"keys": {`, "FILE:2: a } is missing"],
  ["no value", `{\n"keys": }`, "FILE:2: a value is missing"],
  ["no text at all", "", "FILE:1: a value is missing"],
  ["a comma too few", `{"keys": {}\n"sources": {}}`, "FILE:2: a comma is missing"],
  ["a comment without end", `{} /* `, "FILE:1: a comment does not end"],
  [
    "a name twice",
    `{"keys": {\n"a": {"types": ["t"]},\n"a": {"types": ["u"]}}}`,
    "FILE:3: keys.a stands here twice",
  ],
  ["no object", `[]`, "FILE:1: must be an object with keys and sources"],
  ["an unknown part", `{\n"source": {}}`, "FILE:2: source is unknown here (did you mean sources?)"],
  ["no types", `{"keys": {\n"a": {}}}`, "FILE:2: keys.a has no types"],
  [
    "types that are none",
    `{"keys": {"a": {\n"types": "t"}}}`,
    'FILE:2: keys.a.types must be a list of event types or patterns, such as ["github.push", "ci.>"]',
  ],
  [
    "an empty type",
    `{"keys": {"a": {"types": [\n"t",\n""]}}}`,
    "FILE:3: keys.a.types.1 must be an event type or a pattern",
  ],
  [
    "a name of a key",
    `{"keys": {\n"a b": {"types": ["t"]}}}`,
    "FILE:2: keys.a b its name must be a name of at most 200 letters, digits and . _ : / -",
  ],
  [
    "a wrong flag",
    `{"keys": {"a": {"types": ["t"],\n"single": 1}}}`,
    "FILE:2: keys.a.single must be true or false",
  ],
  [
    "a schema that is none",
    `{"keys": {"a": {"types": ["t"],\n"schema": {"type": "objekt"}}}}`,
    "FILE:2: keys.a.schema is no JSON Schema: /type must be equal to one of the allowed values",
  ],
  [
    "a schema's file that is not there",
    `{"keys": {"a": {"types": ["t"],\n"schema": "no.json"}}}`,
    "FILE:2: keys.a.schema cannot be read: DIRECTORY/no.json: No such file or directory",
  ],
  [
    "a command that is none",
    `{"keys": {"a": {"types": ["t"],\n"setup": []}}}`,
    "FILE:2: keys.a.setup must be a command for the shell, or a list of its words",
  ],
  [
    "no kind",
    `{"sources": {\n"a": {"port": 1}}}`,
    "FILE:2: sources.a has no kind (allowed: exec, http, websocket, sse, watch, tail, timer, nats)",
  ],
  [
    "an unknown kind",
    `{"sources": {"a": {\n"kind": "htpp"}}}`,
    "FILE:2: sources.a.kind is no kind of source (did you mean http?)",
  ],
  ["a setting too few", `{"sources": {\n"a": {"kind": "http"}}}`, "FILE:2: sources.a has no port"],
  [
    "an unknown setting",
    `{"sources": {"a": {"kind": "exec", "command": "x",\n"comand": 1}}}`,
    "FILE:2: sources.a.comand is unknown here (did you mean command?)",
  ],
  [
    "a setting of another kind",
    `{"sources": {"a": {"kind": "timer", "every": "1s",\n"port": 1}}}`,
    "FILE:2: sources.a.port is unknown here (allowed: kind, every, cron, zone, payload, type, id, only, rate, max_payload, backoff, restarts)",
  ],
  [
    "a port that is none",
    `{"sources": {"a": {"kind": "http",\n"port": 70000}}}`,
    "FILE:2: sources.a.port must be a port from 0 to 65535",
  ],
  [
    "a time without unit",
    `{"sources": {"a": {"kind": "timer",\n"every": "5"}}}`,
    "FILE:2: sources.a.every must be a time of at least 1ms with its unit, such as 500ms, 30s, 5m or 1h",
  ],
  [
    "a time of nothing",
    `{"sources": {"a": {"kind": "watch", "paths": ["/etc"],\n"debounce": "0s"}}}`,
    "FILE:2: sources.a.debounce must be a time of at least 1ms with its unit, such as 500ms, 30s, 5m or 1h",
  ],
  [
    "pauses of nothing",
    `{"sources": {"a": {"kind": "http", "port": 1, "backoff": [\n"0s",\n"0.0ms"]}}}`,
    "FILE:2: sources.a.backoff.0 must be a time of at least 1ms with its unit, such as 500ms, 30s, 5m or 1h",
    "FILE:3: sources.a.backoff.1 must be a time of at least 1ms with its unit, such as 500ms, 30s, 5m or 1h",
  ],
  [
    "a tolerance of nothing",
    `{"sources": {"a": {"kind": "http", "port": 1,
      "signature": {"scheme": "slack", "secret": "x",\n"tolerance": "0s"}}}}`,
    "FILE:3: sources.a.signature.tolerance must be a time of at least 1ms with its unit, such as 500ms, 30s, 5m or 1h",
  ],
  [
    "a secret that cannot be one of its scheme",
    `{"sources": {\n"a": {"kind": "http", "port": 1,
      "signature": {"scheme": "standard", "secret": "no base64!"}}}}`,
    "FILE:2: sources.a cannot be: the secret is none of standard webhooks (it is base64, mostly with whsec_ before it)",
  ],
  [
    "a command with a NUL",
    `{"sources": {"a": {"kind": "exec",\n"command": "echo \\u0000"}}}`,
    "FILE:2: sources.a.command must be a command without NUL characters",
  ],
  [
    "a word of a command with a NUL",
    `{"keys": {"a": {"types": ["t"],\n"setup": ["echo",\n"\\u0000"]}}}`,
    "FILE:3: keys.a.setup.1 must be a word of a command, without NUL characters",
  ],
  [
    "subjects that are none",
    `{"sources": {"a": {"kind": "nats", "servers": "h:1",
      "subjects": [\n"a.>.b",\n"a.b*",\n"a..b",\n">.a",\n"a.*.b.>"]}}}`,
    ...[3, 4, 5, 6].map((line, at) =>
      `FILE:${line}: sources.a.subjects.${at} must be a subject such as bus.> or orders.*.new: ` +
      "* is one whole word between dots, > all that follow"
    ),
  ],
  [
    "a rate that is none",
    `{"sources": {"a": {"kind": "http", "port": 1,\n"rate": "5"}}}`,
    "FILE:2: sources.a.rate must be a number of events in a time, such as 100/s, 30/m or 5/h",
  ],
  [
    "a template with a brace",
    `{"sources": {"a": {"kind": "http", "port": 1,\n"type": "a.{"}}}`,
    'FILE:2: sources.a.type is no template: "a.{" has a brace that is no place for a value (a place is {SCOPE} or {SCOPE:NAME})',
  ],
  [
    "a template that asks for what there is not",
    `{"sources": {"a": {"kind": "http", "port": 1,\n"id": "{subject}"}}}`,
    "FILE:2: sources.a.id has nothing to put for {subject} (allowed: body, header, query, path)",
  ],
  [
    "no program of jq",
    `{"sources": {"a": {"kind": "http", "port": 1,\n"only": ".a ==="}}}`,
    "FILE:2: sources.a.only is not a program of jq: syntax error, unexpected '='",
  ],
  [
    "no line of cron",
    `{"sources": {\n"a": {"kind": "timer", "cron": "61 * * * *"}}}`,
    'FILE:2: sources.a cannot be: "61 * * * *" is no cron line: Invalid value for minute: 61 (one has five fields, such as */5 * * * *)',
  ],
  [
    "settings that leave nothing to do",
    `{"sources": {\n"a": {"kind": "nats", "servers": "127.0.0.1:4222"}}}`,
    "FILE:2: sources.a cannot be: nothing comes in and nothing goes out (subjects says what comes in, publish what goes out)",
  ],
  [
    "a tolerance where there is no time",
    `{"sources": {\n"a": {"kind": "http", "port": 1,
      "signature": {"scheme": "github", "secret": {"env": "NOT_SET"}, "tolerance": "5m"}}}}`,
    "FILE:2: sources.a cannot be: signatures of github have no time, so there is no tolerance",
  ],
  [
    "settings that do not fit each other",
    `{"sources": {\n"a": {"kind": "websocket", "url": "ws://localhost", "resume": "id", "format": "text"}}}`,
    "FILE:2: sources.a cannot be: resume needs messages that are JSON, and the format is text",
  ],
  [
    "a secret in two places",
    `{"sources": {"a": {"kind": "sse",\n"url": {"env": "A", "file": "b"}}}}`,
    'FILE:2: sources.a.url must be a text, or {"env": NAME} or {"file": PATH} that has it',
  ],
  [
    "several",
    `{"keys": {\n"a": {},\n"b": {"types": ["t"], "x": 1}}}`,
    "FILE:2: keys.a has no types",
    "FILE:3: keys.b.x is unknown here (allowed: types, description, schema, single, setup, cleanup)",
  ],
];

for (const [what, text, ...lines] of MISTAKES) {
  Deno.test(`catalogue: ${what} is said with its place`, async () => {
    const said = await mistakes(text);
    assertEquals(said.map((line) => line.replace(/\/[^ ]*(?=\/no\.json)/, "DIRECTORY")), lines);
  });
}

Deno.test("catalogue: an error has the first mistake and how many there are", () => {
  assertEquals(new CatalogueError(["a", "b", "c"]).message, "a (and 2 more)");
  assertEquals(new CatalogueError(["a"]).message, "a");
});

const MANY: readonly [what: string, text: (count: number) => string, line: string][] = [
  [
    "sources of no kind, all on one line",
    (count) => `{"sources":{${members(count, '{"kind":"htpp"}')}}}`,
    "FILE:1: sources.n0.kind is no kind of source (did you mean http?)",
  ],
  [
    "types that are none, each on a line",
    (count) => `{"keys":{${members(count, '{"types":[""]}\n')}}}`,
    "FILE:1: keys.n0.types.0 must be an event type or a pattern",
  ],
  [
    "schemas that are none",
    (count) => `{"keys":{${members(count, '{"types":["t"],"schema":{"type":"x"}}')}}}`,
    "FILE:1: keys.n0.schema is no JSON Schema: /type must be equal to one of the allowed values",
  ],
  ["commas", (count) => `[${",\n".repeat(count)}1]`, "FILE:1: a value is missing"],
];

for (const [what, text, line] of MANY) {
  Deno.test(`catalogue: of very many mistakes the first are said, and soon: ${what}`, async () => {
    const begun = performance.now();
    const lines = await mistakes(text(20_000));
    assert(performance.now() - begun < 5_000, `${performance.now() - begun} ms`);
    assertEquals(lines[0], line);
    assert(lines.length <= 101, `${lines.length}`);
    assertMatch(lines.at(-1) ?? "", /^and \d+ more$/);
  });
}

Deno.test("catalogue: how many mistakes there are is said, also of those that are not", async () => {
  const text = `{"keys":{${members(150, "{}\n")}}}`;
  const lines = await mistakes(text);
  assertEquals([lines.length, lines[99], lines[100]], [
    101,
    "FILE:100: keys.n99 has no types",
    "and 50 more",
  ]);
  await withFile(text, async (path) => {
    const { message } = await assertRejects(() => readCatalogue(path), CatalogueError);
    assertEquals(message, `${path}:1: keys.n0 has no types (and 149 more)`);
  });
});

Deno.test("catalogue: the line of a mistake is right, wherever lines end", async () => {
  const text = '{\n\n"keys":\r\n{"a":{"types":["t"],"x":1},\n\n\n"0":{"types":\n["t",\n""]}}\n}\n';
  assertEquals((await mistakes(text)).map((line) => line.slice(0, 20)), [
    "FILE:4: keys.a.x is ",
    "FILE:9: keys.0.types",
  ]);
});

Deno.test("catalogue: one that is not there, or no file, is said to be so", async () => {
  const gone = await assertRejects(() => readCatalogue("/no/such/bus.json"), BusError);
  assertEquals([gone.code, gone.message], [
    "no_catalogue",
    "there is no catalogue /no/such/bus.json",
  ]);
  const directory = await assertRejects(() => readCatalogue("/"), BusError);
  assertEquals(directory.code, "bad_catalogue");
});

Deno.test("catalogue: what is no file, too long or not UTF-8 is refused, and never waited for", async () => {
  const reason = async (path: string) => {
    const error = await assertRejects(() => readCatalogue(path), BusError);
    assertEquals(error.code, "bad_catalogue");
    return error.message.replace(path, "FILE");
  };
  assertEquals(await reason("/dev/zero"), "FILE cannot be read: it is no file");
  await withFile(" ".repeat(4_194_305), async (path) => {
    assertEquals(await reason(path), "FILE cannot be read: longer than 4194304 bytes");
    await Deno.writeFile(path, Uint8Array.of(0x7b, 0xff, 0x7d));
    assertEquals(await reason(path), "FILE cannot be read: not UTF-8");
    await Deno.remove(path);
    await new Deno.Command("mkfifo", { args: [path] }).output();
    assertEquals(await reason(path), "FILE cannot be read: it is no file");
  });
});

Deno.test("catalogue: a pipe as a key's schema is refused, and never waited for", async () => {
  await withFile('{"keys":{"a":{"types":["t"],"schema":"a.json"}}}', async (path) => {
    const schema = path.replace("bus.json", "a.json");
    await new Deno.Command("mkfifo", { args: [schema] }).output();
    const { lines } = await assertRejects(() => readKeys(path), CatalogueError);
    assertEquals(lines, [`${path}:1: keys.a.schema cannot be read: ${schema}: it is no file`]);
  });
});

Deno.test("catalogue: a byte order mark may stand at its start", async () => {
  await withFile('\ufeff{"keys":{"a":{"types":["t"]}}}', async (path) => {
    assertEquals([...(await readCatalogue(path)).keys.keys()], ["a"]);
  });
});

Deno.test("catalogue: its keys can be read where a source is wrong, not where a key is", async () => {
  const source = '"sources":{"a":{"kind":"timer","cron":"never"}}';
  await withFile(`{"keys":{"a":{"types":["t"]}},${source}}`, async (path) => {
    assertEquals((await readKeys(path)).keys.get("a")?.types, ["t"]);
    await assertRejects(() => readCatalogue(path), CatalogueError);
  });
  await withFile(
    `{"keys":{"a":{"types":["t"],"schema":{"type":"objekt"}}},${source}}`,
    async (path) => {
      const { lines } = await assertRejects(() => readKeys(path), CatalogueError);
      assertEquals(lines.length, 1);
      assertStringIncludes(lines[0] ?? "", "keys.a.schema is no JSON Schema");
    },
  );
});

Deno.test("catalogue: a key's schema may stand in a file beside it", async () => {
  await withFile('{"keys":{"a":{"types":["t"],"schema":"a.json"}}}', async (path) => {
    const schema = { type: "string" };
    await Deno.writeTextFile(path.replace("bus.json", "a.json"), JSON.stringify(schema));
    const { keys } = await readCatalogue(path);
    const [key] = keys.values();
    assertEquals(key && await payloadSchema(key, path), schema);
  });
});

Deno.test("catalogue: a hostile one costs neither time nor order", async () => {
  await mistakes("[".repeat(100_000));
  // What has read many catalogues gets further down than what has read none.
  for (let depth = 1_000; depth < 20_000; depth += 3_000) {
    await mistakes(`{"keys":${'{"a":'.repeat(depth)}`);
    const schema = `${'{"not":'.repeat(depth)}1${"}".repeat(depth)}`;
    await mistakes(`{"keys":{"a":{"types":["t"],"schema":${schema}}}}`);
  }
  const [line] = await mistakes('{"\\u001b[31m": 1}');
  assertEquals(line, "FILE:1: \\x1b[31m is unknown here (allowed: keys, sources)");
});
