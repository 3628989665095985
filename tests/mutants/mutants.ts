/**
 * Defects to plant: what could go wrong in a hub, each as a small edit of its code.
 *
 * @module
 */

/** A defect. The text must stand in the file exactly once, or the defect cannot be planted any more. */
export interface Mutant {
  /** What is wrong with it, in a few words. */
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly replacement: string;
  /** What must find it: test files, or a part of a campaign against the compiled program. */
  readonly found: { readonly tests: readonly string[] } | {
    readonly campaign: "fuzz" | "chaos" | "soak";
    readonly part: string;
    /** Seconds that it takes at most. */
    readonly seconds: number;
  };
}

/** All of them. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: "with the oldest event goes the next one",
    file: "lib/hub/channel.ts",
    text: "    this.dropped++;\n    this.#advance(1);",
    replacement: "    this.dropped++;\n    this.#advance(Math.min(2, this.#length));",
    found: { tests: ["tests/hub/channel_test.ts"] },
  },
  {
    name: "a feed keeps the room that a follower had while it was behind",
    file: "lib/hub/channel.ts",
    text: "    if (wasBehind && !this.pace.behind) this.#feed?.forgetRoom();\n",
    replacement: "",
    found: { tests: ["tests/hub/feed_test.ts"] },
  },
  {
    name: "seq is given after eviction",
    file: "lib/hub/channel.ts",
    text: "return this.received - this.#length + 1;",
    replacement: "return this.received - this.dropped - this.#length + 1;",
    found: { tests: ["tests/hub/channel_model_test.ts"] },
  },
  {
    name: "one channel's bytes are counted twice",
    file: "lib/hub/channel.ts",
    text: "    event.retain();\n",
    replacement: "    event.retain();\n    event.retain();\n",
    found: { tests: ["tests/hub/channel_model_test.ts"] },
  },
  {
    name: "the ledger is not given back what was evicted",
    file: "lib/hub/feed.ts",
    text: "      event?.release();\n",
    replacement: "",
    found: { tests: ["tests/hub/hub_memory_test.ts"] },
  },
  {
    name: "a batch that is out is not charged",
    file: "lib/hub/channel.ts",
    text: "    this.ledger.chargeWrite(batch.capacity);\n",
    replacement: "",
    found: { tests: ["tests/hub/channel_test.ts"] },
  },
  {
    name: "a long event is laid out whole, and so pinned by who takes nothing of it",
    file: "lib/hub/channel.ts",
    text: "    const mostBytes = Math.max(1, Math",
    replacement: "    const mostBytes = Math.max(this.#length > 0 ? this.#at(0).size : 1, Math",
    found: { tests: ["tests/hub/channel_test.ts"] },
  },
  {
    name: "a part of an event is held for ever for one that is gone",
    file: "lib/hub/channel.ts",
    text: "    this.#strandedBytes += long.rest;\n    long.event.release();",
    replacement: "    this.#strandedBytes += long.rest;",
    found: { tests: ["tests/server/writer_test.ts"] },
  },
  {
    name: "a lock is missed where the list of them is long",
    file: "lib/client/hub_lock.ts",
    text: "const LOOKS = 10;",
    replacement: "const LOOKS = 1;",
    found: { tests: ["tests/client/hub_lock_test.ts"] },
  },
  {
    name: "a reservation is not freed by a crash",
    file: "lib/hub/hub.ts",
    text: "    this.#keys.leave(consumer);\n",
    replacement: '    if (reason === "bye") this.#keys.leave(consumer);\n',
    found: { tests: ["tests/server/consuming_keys_test.ts"] },
  },
  {
    name: "two are told that they are last",
    file: "lib/hub/keys.ts",
    text: "    if (group.unasked > 0 || !group.isSetUp) return false;\n" +
      '    group.reservation = { holder: member, purpose: "cleanup" };\n',
    replacement: "    if (group.unasked > 0 || !group.isSetUp) return false;\n",
    found: { tests: ["tests/hub/keys_interleavings_test.ts"] },
  },
  {
    name: "nobody is last where two ask before either leaves",
    file: "lib/hub/keys.ts",
    text: "    if (group.unasked > 0 || !group.isSetUp) return false;",
    replacement: "    if (group.members.size > 1 || !group.isSetUp) return false;",
    found: { tests: ["tests/hub/keys_interleavings_test.ts"] },
  },
  {
    name: "an event id is forgotten at once",
    file: "lib/hub/recent.ts",
    text: "    this.#ids.add(id);\n",
    replacement: "",
    found: { tests: ["tests/hub/recent_test.ts"] },
  },
  {
    name: "one that takes nothing holds its publisher for ever",
    file: "lib/hub/pace.ts",
    text: '    if (this.#suspected) this.#become("given up");\n    else this.#suspected = true;',
    replacement: "    this.#suspected = true;",
    found: { tests: ["tests/hub/pace_test.ts"] },
  },
  {
    name: "U+FEFF is eaten at the start of a chunk",
    file: "lib/protocol/framing.ts",
    text: "ignoreBOM: true",
    replacement: "ignoreBOM: false",
    found: { tests: ["tests/protocol/framing_test.ts"] },
  },
  {
    name: "one more may be open at once than the contract allows",
    file: "lib/protocol/limits.ts",
    text: "export const MAX_DEPTH = 512;",
    replacement: "export const MAX_DEPTH = 513;",
    found: { tests: ["tests/protocol/limits_test.ts", "tests/protocol/codec_test.ts"] },
  },
  {
    name: "a wake-up of the writer is lost",
    file: "lib/server/writer.ts",
    text: "        else break;\n      }",
    replacement: "        else break;\n      }\n      await Promise.resolve();",
    found: { tests: ["tests/server/writer_test.ts"] },
  },
  {
    name: "a write has no deadline",
    file: "lib/server/session.ts",
    text: 'now - stalledSince >= WRITE_TIMEOUT_MS) return "stalled";',
    replacement: 'now - stalledSince >= Infinity) return "stalled";',
    found: { tests: ["tests/server/writer_test.ts"] },
  },
  {
    name: "a hub that slept holds that against its peers",
    file: "lib/server/waking_clock.ts",
    text: "    if (gap > ASLEEP_MS) this.#slept += gap;\n",
    replacement: "",
    found: { tests: ["tests/server/waking_clock_test.ts", "tests/server/newcomer_test.ts"] },
  },
  {
    name: "a flood of short lines has the loop to itself",
    file: "lib/server/line_budget.ts",
    text: "    while (this.#left <= 0 && !this.#isLifted) await nextTurn();\n",
    replacement: "",
    found: { tests: ["tests/server/line_budget_test.ts"] },
  },
  {
    name: "more are served than there is room for",
    file: "lib/server/server.ts",
    text: "new Newcomer(session, surplus >= 0)",
    replacement: "new Newcomer(session, false)",
    found: { tests: ["tests/server/server_connections_test.ts"] },
  },
  {
    name: "who finds no place at all is not heard",
    file: "lib/server/server.ts",
    text: "if (surplus > RESERVE_CONNECTIONS) return",
    replacement: "if (isFull) return",
    found: { campaign: "chaos", part: "descriptors gone", seconds: 20 },
  },
  {
    name: "who stands in the doorway stays there",
    file: "lib/server/doorway.ts",
    text: "    caller?.cut();\n",
    replacement: "",
    found: { tests: ["tests/server/doorway_test.ts"] },
  },
  {
    name: "all of few places may be silent",
    file: "lib/server/limits.ts",
    text: "Math.floor(connections * SILENT_SHARE)",
    replacement: "connections",
    found: { tests: ["tests/server/server_connections_test.ts"] },
  },
  {
    name: "lines that the log could not take are not counted",
    file: "lib/server/line_writer.ts",
    text: "      this.#lost += lineEnds(",
    replacement: "      lineEnds(",
    found: { tests: ["tests/server/line_writer_test.ts"] },
  },
  {
    name: "a socket is made before its mode is set",
    file: "lib/server/listener.ts",
    text: "underMask(0o177, () => ",
    replacement: "underMask(0o022, () => ",
    found: { tests: ["tests/server/listener_test.ts"] },
  },
  {
    name: "a hub removes a socket that it did not bind",
    file: "lib/server/listener.ts",
    text: "      if (this.isInPlace()) Deno.removeSync(this.#path);",
    replacement: "      Deno.removeSync(this.#path);",
    found: { tests: ["tests/server/listener_test.ts"] },
  },
  {
    name: "a socket that was exchanged is spoken to",
    file: "lib/client/attempt.ts",
    text: "  return now?.uid === Deno.uid() && isSameMark(mark, now);",
    replacement: "  return now?.uid === Deno.uid() || isSameMark(mark, now);",
    found: { tests: ["tests/client/attempt_test.ts"] },
  },
  {
    name: "C1 reaches a terminal",
    file: "lib/platform/printable.ts",
    text: "  /[\\x00-\\x1f\\x7f-\\x9f\\u061c",
    replacement: "  /[\\x00-\\x1f\\x7f\\u061c",
    found: { tests: ["tests/platform/printable_test.ts"] },
  },
  {
    name: "what waits for a stuck consumer is lost and not counted",
    file: "lib/hub/channel.ts",
    text: "    this.dropped++;\n    this.#advance(1);",
    replacement: "    this.#advance(1);",
    found: { campaign: "chaos", part: "stuck consumer", seconds: 30 },
  },
  {
    name: "frames are numbered from 0",
    file: "lib/server/publishing.ts",
    text: "  #number = 0;",
    replacement: "  #number = -1;",
    found: { campaign: "fuzz", part: "grammar", seconds: 20 },
  },
  {
    name: "the last words of a peer are lost when a write to it fails",
    file: "lib/server/writer.ts",
    text:
      "      // The peer is gone, or the connection was closed under the write. Why, its reader will learn.\n",
    replacement: "      this.ends.close();\n",
    found: { campaign: "fuzz", part: "grammar", seconds: 20 },
  },
  {
    name: "who waits for a key is forgotten when its holder dies",
    file: "lib/hub/keys.ts",
    text: "      group.isSetUp = false;\n      this.#serve(group);",
    replacement: "      group.isSetUp = false;",
    found: { campaign: "chaos", part: "peers killed", seconds: 20 },
  },
];
