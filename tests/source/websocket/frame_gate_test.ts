import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { FrameGate, TOO_LONG } from "../../../lib/source/websocket/frame_gate.ts";
import { frame, OPCODES } from "./raw_websocket.ts";

const LIMIT = 300;

/** What passes of some pieces, which all come in the same buffer; `|` where a message was too long. */
function passed(pieces: readonly Uint8Array[]): string {
  const gate = new FrameGate(LIMIT);
  const buffer = new Uint8Array(Math.max(0, ...pieces.map(({ length }) => length)));
  let text = "";
  for (const piece of pieces) {
    buffer.set(piece);
    for (const part of gate.pass(buffer.subarray(0, piece.length))) {
      text += part === TOO_LONG ? "|" : Buffer.from(part).toString("hex");
    }
  }
  return text;
}

function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length];
  at.sort((a, b) => a - b);
  return at.map((from, index) => bytes.subarray(from, at[index + 1] ?? from));
}

/** A frame with its length in as few bytes as it can have. */
function dataFrame(opcode: number, length: number, isLast: boolean): Uint8Array {
  const data = new Uint8Array(length).fill(0xab);
  if (length < 126 || length > 0xffff) return frame(opcode, data, isLast);
  const head = Buffer.from([opcode | (isLast ? 0x80 : 0), 126, length >> 8, length & 0xff]);
  return Buffer.concat([head, data]);
}

/** Lengths around those at which a head or the limit changes. */
const length = fc.constantFrom(0, 1, 5, 125, 126, 150, LIMIT - 1, LIMIT, LIMIT + 1, 1_000, 66_000);

/** A frame that may stand anywhere. */
const control = fc.constantFrom(frame(OPCODES.ping, "?"), frame(OPCODES.pong, ""));

/** The parts of a message, each with the control frames before it. */
const message = fc.array(
  fc.record({ length, before: fc.array(control, { maxLength: 2 }) }),
  { minLength: 1, maxLength: 4 },
);

Deno.test("frame gate: of any messages in any pieces those pass that are not too long", () => {
  const places = fc.array(fc.nat(), { maxLength: 8 });
  fc.assert(
    fc.property(fc.array(message, { maxLength: 4 }), places, (messages, places) => {
      const sent: Uint8Array[] = [];
      let expected = "";
      const pass = (bytes: Uint8Array) => expected += Buffer.from(bytes).toString("hex");
      for (const parts of messages) {
        let sum = 0;
        for (const [index, { length, before }] of parts.entries()) {
          const opcode = index === 0 ? OPCODES.binary : OPCODES.continuation;
          const data = dataFrame(opcode, length, index === parts.length - 1);
          sent.push(...before, data);
          before.forEach(pass);
          if (sum <= LIMIT && sum + length > LIMIT) expected += "|";
          sum += length;
          if (sum <= LIMIT) pass(data);
        }
      }
      assertEquals(passed(cut(Buffer.concat(sent), places)), expected);
    }),
    { numRuns: 500 },
  );
});

Deno.test("frame gate: what a receiver refuses by its head alone reaches it, however long it says to be", () => {
  const long = frame(OPCODES.text, new Uint8Array(LIMIT + 1));
  const uncountable = frame(OPCODES.text, new Uint8Array(LIMIT + 1)).fill(0xff, 2, 10);
  const heads = [long.with(0, 0xc1), long.with(0, 0x91), long.with(1, 0xff), long.with(0, 0x83)];
  for (const bytes of [...heads, uncountable]) {
    assertEquals(passed([bytes]), Buffer.from(bytes).toString("hex"));
  }
});

Deno.test("frame gate: a part of no message reaches the receiver, behind one that was too long too", () => {
  const part = frame(OPCODES.continuation, "1");
  const long = frame(OPCODES.text, new Uint8Array(LIMIT + 1));
  assertEquals(passed([long, part]), `|${Buffer.from(part).toString("hex")}`);
});

Deno.test("frame gate: of what is too long nothing is held", () => {
  const gate = new FrameGate(LIMIT);
  const head = frame(OPCODES.binary, new Uint8Array(LIMIT)).subarray(0, 10);
  new DataView(head.buffer, head.byteOffset).setBigUint64(2, 1n << 40n);
  assertEquals([...gate.pass(head)], [TOO_LONG]);
  const piece = new Uint8Array(65_536);
  for (let taken = 0; taken < 1_000; taken++) assertEquals([...gate.pass(piece)], []);
});
