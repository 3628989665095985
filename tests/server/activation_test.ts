import { assertEquals, assertThrows } from "@std/assert";
import { BusError } from "../../lib/protocol/errors.ts";
import { hasInheritedSocket } from "../../lib/server/activation.ts";

const PID = 4711;

/** Whether a process of that pid, with these variables, has a socket handed to it. */
function has(variables: Record<string, string>): boolean {
  return hasInheritedSocket({ get: (name) => variables[name] }, PID);
}

Deno.test("a socket is handed on where both variables say so", () => {
  assertEquals(has({ LISTEN_FDS: "1", LISTEN_PID: "4711" }), true);
});

const NOT: [string, Record<string, string>][] = [
  ["where neither variable is set", {}],
  ["to another process", { LISTEN_FDS: "1", LISTEN_PID: "4712" }],
  ["several to another process", { LISTEN_FDS: "3", LISTEN_PID: "1" }],
  ["where it is not said to whom", { LISTEN_FDS: "1" }],
  ["where it is said to nobody", { LISTEN_FDS: "1", LISTEN_PID: "" }],
  ["where there is none", { LISTEN_FDS: "0", LISTEN_PID: "4711" }],
  ["where nothing is said of how many", { LISTEN_PID: "4711" }],
  ["where how many is empty", { LISTEN_FDS: "", LISTEN_PID: "4711" }],
];

for (const [what, variables] of NOT) {
  Deno.test(`no socket is handed on ${what}`, () => assertEquals(has(variables), false));
}

for (const count of ["2", "17", "-1", "two", "1.5"]) {
  Deno.test(`that ${count} sockets are handed on is refused: a hub serves one`, () => {
    const error = assertThrows(() => has({ LISTEN_FDS: count, LISTEN_PID: "4711" }), BusError);
    const expected = ["failed", `${count} sockets are handed to this hub, it serves one`];
    assertEquals([error.code, error.message], expected);
  });
}
