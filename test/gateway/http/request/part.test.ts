/** Which part of ten bytes is given for what a client asks. */
import { expect, test } from "vitest";
import { partOf } from "../../../../gateway/http/request/part.js";

const TEN = Buffer.from("0123456789");
const WHOLE = { status: 200, text: "0123456789", range: undefined };
const part = (text: string, range: string) => ({ status: 206, text, range: `bytes ${range}/10` });

test.each<[string, object]>([
  ["bytes=0-1", part("01", "0-1")],
  ["bytes=3-3", part("3", "3-3")],
  ["bytes=7-", part("789", "7-9")],
  ["bytes=7-99", part("789", "7-9")],
  ["bytes=-2", part("89", "8-9")],
  ["bytes=-99", part("0123456789", "0-9")],
  ...["", "bytes=", "bytes=-", "bytes=-0", "bytes=10-", "bytes=5-4", "bytes=0-1,4-5", "lines=0-1", "bytes=0x1-2"].map(
    (range): [string, object] => [range, WHOLE],
  ),
])("%s", (range, expected) => {
  const { status, body, headers } = partOf({ status: 200, body: TEN }, range, "", undefined);
  expect({ status, text: String(body), range: headers?.["Content-Range"] }).toEqual(expected);
  expect(headers?.["Accept-Ranges"]).toBe("bytes");
});

test("of what has changed meanwhile the whole is given", () => {
  const ask = (ifRange: string, tag?: string) => partOf({ status: 200, body: TEN }, "bytes=0-1", ifRange, tag).status;
  expect([ask('"new"', '"new"'), ask('"old"', '"new"'), ask("", '"new"')]).toEqual([206, 200, 206]);
  // Nobody can have the rest of what has no tag.
  expect([ask('"old"'), ask("")]).toEqual([200, 206]);
});
