import { assert, assertEquals } from "@std/assert";
import { payloadSchemaFault } from "../../lib/catalogue/payload_schema.ts";

Deno.test("payload schema: a payload's schema is one, or it is said where it is not", () => {
  for (const schema of [true, {}, { type: "object", properties: { n: { minimum: 1 } } }]) {
    assertEquals(payloadSchemaFault(schema), undefined);
  }
  for (const value of [null, 5, "object"]) {
    assertEquals(payloadSchemaFault(value), "is no JSON Schema");
  }
  const fault = payloadSchemaFault({ properties: { n: { minimum: "1" } } });
  assertEquals(fault, "is no JSON Schema: /properties/n/minimum must be number");
});

Deno.test("payload schema: a payload's schema of another draft is left to its reader", () => {
  const schema = { type: "nothing" };
  const draft = (name: string) => payloadSchemaFault({ $schema: name, ...schema });
  assertEquals(draft("http://json-schema.org/draft-07/schema#"), undefined);
  assert(draft("https://json-schema.org/draft/2020-12/schema")?.startsWith("is no JSON Schema: "));
});
