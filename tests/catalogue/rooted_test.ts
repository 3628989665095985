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
  const data = { kind: "timer", every: "1s", payload: { file: "x", in: [{ file: "y" }] } } as const;
  for (const settings of [data, { ...data, payload: { file: "x" } }]) {
    assertEquals(rooted(settings, "/etc"), settings);
  }
  const plain = { kind: "exec", command: "true", environment: { file: "plain" } } as const;
  assertEquals(rooted(plain, "/etc"), plain);
  const socket = { kind: "websocket", url: "ws://x", send: [{ file: "x" }] } as const;
  assertEquals(rooted({ ...socket, headers: { file: "x" } }, "/etc"), {
    ...socket,
    headers: { file: "x" },
  });
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
