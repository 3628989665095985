import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import {
  BadFrameError,
  BusError,
  ERROR_CODES,
  FrameTooLargeError,
  isErrorCode,
} from "../../lib/protocol/errors.ts";

Deno.test("ERROR_CODES marks the codes of the contract as those of the wire", () => {
  const errors = ["bad_frame", "frame_too_large", "limit", "timeout", "stopped"];
  const rejections = ["bad_hello", "cleanup", "limit", "single", "stopped"];
  const wire = Object.entries(ERROR_CODES).filter(([, { wire }]) => wire).map(([code]) => code);
  assertEquals(wire.sort(), [...new Set([...errors, ...rejections])].sort());
});

Deno.test("ERROR_CODES gives each code an exit status and a meaning of one line", () => {
  for (const [code, { exit, meaning }] of Object.entries(ERROR_CODES)) {
    assert(exit >= 1 && exit <= 4, code);
    assert(/^[A-Z][^\n.]+$/.test(meaning), code);
  }
  assertEquals(ERROR_CODES.failed.exit, 1);
  assertEquals(ERROR_CODES.usage.exit, 2);
  assertEquals(ERROR_CODES.bad_input.exit, 2);
  assertEquals(ERROR_CODES.no_hub.exit, 3);
  assertEquals(ERROR_CODES.hub_gone.exit, 4);
  assertEquals(ERROR_CODES.stopped.exit, 4);
});

Deno.test("isErrorCode() knows the codes and nothing that an object inherits", () => {
  for (const code of Object.keys(ERROR_CODES)) assert(isErrorCode(code));
  for (const code of ["", "Limit", "constructor", "__proto__", "toString"]) {
    assertEquals(isErrorCode(code), false, code);
  }
});

Deno.test("BusError carries code, sentence and hint", () => {
  const error = new BusError("no_hub", "no hub on /x", "start one with: bus serve");
  assertInstanceOf(error, Error);
  assertEquals(error.name, "BusError");
  assertEquals(error.code, "no_hub");
  assertEquals(error.message, "no hub on /x");
  assertEquals(error.hint, "start one with: bus serve");
  assertEquals(new BusError("failed", "x").hint, undefined);
});

Deno.test("BadFrameError has a code and the type that the frame names", () => {
  const error = new BadFrameError("hello: no event_key", "hello");
  assertInstanceOf(error, BusError);
  assertEquals(error.name, "BadFrameError");
  assertEquals(error.code, "bad_frame");
  assertEquals(error.message, "hello: no event_key");
  assertEquals(error.frameType, "hello");
  assertEquals(new BadFrameError("no type").frameType, undefined);
});

Deno.test("FrameTooLargeError says which limit was passed", () => {
  const error = new FrameTooLargeError(1_048_512);
  assertInstanceOf(error, BusError);
  assertEquals(error.name, "FrameTooLargeError");
  assertEquals(error.code, "frame_too_large");
  assertEquals(error.limit, 1_048_512);
  assertEquals(error.message, "longer than 1048512 bytes");
});
