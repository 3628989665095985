import { assertEquals } from "@std/assert";
import { describeFailure } from "../../lib/cli/failure.ts";
import { ReaderGoneError } from "../../lib/cli/output.ts";
import { NoHubError } from "../../lib/client/errors.ts";
import { hubPaths } from "../../lib/platform/paths.ts";
import { BusError, ERROR_CODES, type ErrorCode } from "../../lib/protocol/errors.ts";

Deno.test("describeFailure() takes the exit code of every error from the one table", () => {
  for (const code of Object.keys(ERROR_CODES) as ErrorCode[]) {
    assertEquals(describeFailure(new BusError(code, "x")).exit, ERROR_CODES[code].exit);
  }
});

Deno.test("describeFailure() says what happened and what to do", () => {
  assertEquals(describeFailure(new NoHubError(hubPaths({ socket: "/tmp/x.sock" }))), {
    exit: 3,
    text: "no hub on /tmp/x.sock (start one with: bus serve --socket /tmp/x.sock)",
  });
  assertEquals(describeFailure(new BusError("failed", "no")), { exit: 1, text: "no" });
});

Deno.test("describeFailure() has nothing to say of a reader that went away", () => {
  assertEquals(describeFailure(new ReaderGoneError()), { exit: 0, text: undefined });
});

Deno.test("describeFailure() names what nobody expected, without a stack trace", () => {
  assertEquals(describeFailure(new TypeError("x is not a function")), {
    exit: 1,
    text: "this should not happen: TypeError: x is not a function",
  });
  assertEquals(describeFailure("bang").text, "this should not happen: bang");
});
