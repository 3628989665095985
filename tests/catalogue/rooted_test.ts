import { assertEquals } from "@std/assert";
import { rooted } from "../../lib/catalogue/rooted.ts";

Deno.test("rooted() makes whole paths of those in settings, and leaves all else", () => {
  assertEquals(
    rooted(
      {
        kind: "exec",
        command: ["./run", "a"],
        directory: "work",
        environment: { KEY: { file: "../key" }, HOME: { env: "HOME" }, file: "plain" },
      },
      "/etc/bus",
    ),
    {
      kind: "exec",
      command: ["./run", "a"],
      directory: "/etc/bus/work",
      environment: { KEY: { file: "/etc/key" }, HOME: { env: "HOME" }, file: "plain" },
    },
  );
  assertEquals(rooted({ kind: "watch", paths: ["a", "/b", "."] }, "/etc"), {
    kind: "watch",
    paths: ["/etc/a", "/b", "/etc"],
  });
  assertEquals(rooted({ kind: "timer", every: "1s", payload: { path: "x" } }, "/etc"), {
    kind: "timer",
    every: "1s",
    payload: { path: "x" },
  });
});
