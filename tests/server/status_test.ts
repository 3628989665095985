import { assertEquals, assertLess } from "@std/assert";
import { encode } from "../../lib/protocol/codec.ts";
import { MAX_FRAME_BYTES } from "../../lib/protocol/limits.ts";
import {
  type ConsumerInfo,
  type StatusResponse,
  statusResponse,
} from "../../lib/protocol/messages.ts";
import { fitStatus } from "../../lib/server/status.ts";

function consumer(pid: number): ConsumerInfo {
  return {
    pid,
    event_key: "schlüssel",
    received: 0,
    dropped: 0,
    event_types: ["github.>", "p".repeat(500)],
    delivered: 0,
  };
}

function status(consumers: number): StatusResponse {
  return statusResponse({
    pid: 1,
    uptime_sec: 2,
    active_conns: consumers,
    consumers: Array.from({ length: consumers }, (_, index) => consumer(index)),
    sources: [{ source: "github", state: "connected" }],
    warnings: ["the log cannot be written"],
    types: [{ event_type: "t", published: 1, last_at: 1, consumers: 1 }],
    closed: [{ ...consumer(0), closed_at: 1, reason: "bye" }],
    buffered_bytes: 3,
  });
}

function bytesOf(status: StatusResponse): number {
  return new TextEncoder().encode(encode(status)).length;
}

Deno.test("fitStatus() leaves a state as it is that fits to the byte", () => {
  const whole = status(3);
  assertEquals(fitStatus(whole), whole);
  assertEquals(fitStatus(whole, bytesOf(whole)), whole);
  assertEquals(fitStatus(whole, bytesOf(whole) - 1).truncated, true);
});

Deno.test("fitStatus() leaves out what is long before it leaves out a consumer", () => {
  const { types: _types, closed: _closed, sources: _sources, consumers, ...rest } = status(3);
  assertEquals(fitStatus(status(3), 1_000), {
    ...rest,
    consumers: consumers.map(({ event_types: _, ...consumer }) => consumer),
    truncated: true,
  });
});

Deno.test("fitStatus() leaves out consumers from the end, as few as it can; their number stays", () => {
  for (const consumers of [1, 2, 3, 10, 4_096, 20_000]) {
    for (const maxBytes of [200, 350, 1_000, 5_000, MAX_FRAME_BYTES]) {
      const whole = status(consumers);
      const fitted = fitStatus(whole, maxBytes);
      assertEquals(fitted.active_conns, consumers);
      assertEquals(bytesOf(fitted) <= maxBytes, true);
      const kept = fitted.consumers.length;
      assertEquals(
        fitted.consumers.map(({ pid }) => pid),
        whole.consumers.slice(0, kept).map(({ pid }) => pid),
      );
      if (kept === consumers) continue;
      assertEquals(fitted.truncated, true);
      const { event_types: _, ...next } = consumer(kept);
      const longer = { ...fitted, consumers: [...fitted.consumers, next] };
      assertEquals(bytesOf(longer) > maxBytes, true, "one more would have fitted");
    }
  }
});

Deno.test("fitStatus() does not even encode what cannot fit", () => {
  const types = Array.from({ length: 1_000 }, (_, index) => `${index}`.padStart(1_000, "x"));
  const whole = status(1_000);
  for (const consumer of whole.consumers) consumer.event_types = types;
  const start = performance.now();
  const fitted = fitStatus(whole);
  // It would be a gigabyte.
  assertLess(performance.now() - start, 1_000);
  assertEquals([fitted.truncated, fitted.consumers.length], [true, 1_000]);
});
