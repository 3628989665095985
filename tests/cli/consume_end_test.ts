import { assertEquals } from "@std/assert";
import { type ConsumeEnd, endExit, endLine, type EndReason } from "../../lib/cli/consume_end.ts";

const END: ConsumeEnd = {
  reason: { kind: "limit" },
  events: 329,
  lost: 0,
  maxEvents: 329,
  last: true,
  absences: 0,
  away: false,
  inSetup: false,
  uncleaned: false,
};

Deno.test("endLine() has the count, what was lost, the reason and whether it was the last", () => {
  const cases: [Partial<ConsumeEnd>, string][] = [
    [{}, "ended: 329 events, 0 lost, reason=limit, last=true"],
    [
      { reason: { kind: "timeout" }, events: 3, lost: 12, last: false },
      "ended: 3 of 329 events, 12 lost, reason=timeout, last=false",
    ],
    [
      { reason: { kind: "signal", signal: "SIGTERM" }, events: 1, maxEvents: undefined },
      "ended: 1 event, 0 lost, reason=signal, last=true",
    ],
    [
      { reason: { kind: "hub gone" }, events: 0, maxEvents: 1, last: false },
      "ended: 0 of 1 event, 0 lost, reason=hub gone, last=false",
    ],
    [
      { reason: { kind: "reader gone" }, maxEvents: undefined },
      "ended: 329 events, 0 lost, reason=reader gone, last=true",
    ],
    [
      { absences: 2 },
      "ended: 329 events, 0 lost, reason=limit, last=true, absences=2, away=false",
    ],
    [
      { reason: { kind: "timeout" }, events: 3, last: false, absences: 1, away: true },
      "ended: 3 of 329 events, 0 lost, reason=timeout, last=false, absences=1, away=true",
    ],
  ];
  for (const [change, line] of cases) assertEquals(endLine({ ...END, ...change }), line);
});

Deno.test("endExit() tells every end that scripts must tell apart", () => {
  const cases: [EndReason, number | undefined, number][] = [
    [{ kind: "limit" }, 329, 0],
    [{ kind: "timeout" }, undefined, 0],
    [{ kind: "timeout" }, 400, 5],
    [{ kind: "signal", signal: "SIGINT" }, undefined, 0],
    [{ kind: "signal", signal: "SIGTERM" }, undefined, 0],
    [{ kind: "signal", signal: "SIGHUP" }, undefined, 0],
    [{ kind: "signal", signal: "SIGINT" }, 400, 130],
    [{ kind: "signal", signal: "SIGTERM" }, 400, 143],
    [{ kind: "signal", signal: "SIGHUP" }, 400, 129],
    [{ kind: "hub gone" }, undefined, 4],
    [{ kind: "hub gone" }, 400, 4],
    [{ kind: "reader gone" }, undefined, 0],
    [{ kind: "reader gone" }, 400, 0],
    [{ kind: "failed" }, undefined, 1],
  ];
  for (const [reason, maxEvents, exit] of cases) {
    assertEquals(endExit({ ...END, reason, maxEvents }), exit, JSON.stringify(reason));
  }
});

Deno.test("endExit() of one that is away is that of a hub that has gone, whatever else it waited for", () => {
  const cases: [EndReason, number | undefined, number][] = [
    [{ kind: "timeout" }, undefined, 4],
    [{ kind: "timeout" }, 400, 4],
    [{ kind: "signal", signal: "SIGINT" }, undefined, 4],
    [{ kind: "signal", signal: "SIGTERM" }, 400, 4],
    [{ kind: "limit" }, 329, 0],
    [{ kind: "reader gone" }, undefined, 0],
    [{ kind: "failed" }, undefined, 1],
  ];
  for (const [reason, maxEvents, exit] of cases) {
    const end = { ...END, reason, maxEvents, absences: 1, away: true };
    assertEquals(endExit(end), exit, JSON.stringify(reason));
    if (exit === 4) assertEquals(endExit({ ...end, away: false }) === 4, false);
  }
});

Deno.test("endExit() tells that a signal broke the setup off, with or without a limit", () => {
  for (const maxEvents of [undefined, 329]) {
    for (const [signal, exit] of [["SIGHUP", 129], ["SIGINT", 130], ["SIGTERM", 143]] as const) {
      const end = { ...END, events: 0, maxEvents, reason: { kind: "signal", signal } as const };
      assertEquals(endExit({ ...end, inSetup: true }), exit);
      assertEquals(endExit({ ...end, inSetup: true, away: true }), 4);
    }
    const end = { ...END, maxEvents, reason: { kind: "reader gone" } as const, inSetup: true };
    assertEquals(endExit(end), 0);
  }
});

Deno.test("endExit() of a cleanup that could not be asked for is that of a hub that is away", () => {
  const reasons: EndReason[] = [
    { kind: "limit" },
    { kind: "reader gone" },
    { kind: "timeout" },
    { kind: "signal", signal: "SIGINT" },
  ];
  const codes = reasons.map((reason) => endExit({ ...END, reason, uncleaned: true }));
  assertEquals(codes, [4, 4, 4, 4]);
});

Deno.test("endExit() of a timeout in the setup is none of an end that is well", () => {
  const reason = { kind: "timeout" } as const;
  assertEquals(endExit({ ...END, reason, maxEvents: undefined, inSetup: true }), 5);
});
