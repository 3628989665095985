import { assert, assertEquals, assertThrows } from "@std/assert";
import { BusError } from "../../lib/protocol/errors.ts";
import { addressOf } from "../../lib/source/address.ts";
import { testContext } from "./kit.ts";

const HTTP = ["http", "https"];

/** The address of a url that is written out, or that is a secret with that text. */
function address(url: string, { lastId, isSecret }: { lastId?: string; isSecret?: boolean } = {}) {
  const context = { secret: () => url };
  return addressOf({ url: isSecret ? { env: "URL" } : url }, context, HTTP, lastId);
}

Deno.test("address: neither query nor user is said of a url, and of a secret one no path", () => {
  const url = "https://user:word@example.org:8443/hooks/T01/x?token=hidden#part";
  assertEquals(address(url).name, "https://example.org:8443/hooks/T01/x");
  assertEquals(address(url, { isSecret: true }).name, "https://example.org:8443");
  assertEquals(address(url).url.href, url);
});

Deno.test("address: a name is no longer than a line", () => {
  assert(address(`https://example.org/${"a".repeat(5_000)}`).name.length <= 200);
});

Deno.test("address: the id of the last event changes nothing else in the url", () => {
  const since = (lastId: string) =>
    address("https://example.org/?a={last_id}&b={last_id}", { lastId });
  assertEquals(since("7").url.search, "?a=7&b=7");
  assertEquals(since("&x=1#/").url.search, "?a=%26x%3D1%23%2F&b=%26x%3D1%23%2F");
  assertEquals(since("$&").url.search, "?a=%24%26&b=%24%26");
  assertEquals(since("\ud800").url.search, "?a=%EF%BF%BD&b=%EF%BF%BD");
  assertEquals(since("").url.search, "?a=&b=");
});

Deno.test("address: what is no url, or begins otherwise, is refused and not said", () => {
  for (
    const url of ["", "hidden", "ftp://hidden", "file:///hidden", "https://", "httpsx://hidden"]
  ) {
    const { code, message } = assertThrows(() => address(url, { isSecret: true }), BusError);
    assertEquals(code, "bad_input");
    assertEquals(message, "the url is none that begins with http:// or https://");
  }
});

Deno.test("address: a header is as its secret says, and one that none may have is refused unsaid", () => {
  const url = "https://example.org";
  const withHeader = (value: string) => {
    return addressOf({ url, headers: { Authorization: value } }, testContext(), HTTP).headers;
  };
  for (const value of ["Bearer abc", "", "\t~", "\xe9\xff"]) {
    assertEquals(withHeader(value), [["Authorization", value]]);
  }
  for (const value of ["hidden\r\nX-Other: 1", "hidden\0", "hidden\x7f", "hidden€"]) {
    const { code, message } = assertThrows(() => withHeader(value), BusError);
    assertEquals(code, "bad_input");
    assertEquals(message, "the header Authorization has a character that none may have");
  }
});
