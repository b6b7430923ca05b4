/** What a process that was taken over may say of a file is no more than what one says that was not. */
import { expect, test } from "vitest";
import { readAnswer } from "../../../engine/media/answer.js";
import { Shown } from "../../../engine/media/shown.js";
import { ok } from "../../../schemas/errors.js";
import { given } from "../registry/samples.js";

const sha256 = "ab".repeat(32);
const found = { kind: "photo", contentType: "image/jpeg", width: 40, height: 30 };

test("an answer is taken as it has to be, and as nothing else", () => {
  expect(readAnswer(JSON.stringify({ found, sha256 }))).toEqual({ found, sha256 });
  const video = { ...found, kind: "video", contentType: "video/mp4" };
  expect(readAnswer(JSON.stringify({ found: video, sha256 }))).toEqual({ found: video, sha256 });
  expect(readAnswer(JSON.stringify({ refused: "MEDIA_TYPE", sha256 }))).toEqual({ refused: "MEDIA_TYPE", sha256 });
  const others = [
    ...["", "{", "null", "[]", '"MEDIA_TYPE"'].map((line) => line),
    ...[
      { found: { ...found, contentType: "text/html" }, sha256 },
      { found: { ...found, contentType: "video/mp4" }, sha256 },
      { found: { ...found, width: "40" }, sha256 },
      { found, sha256: "<script>" },
      { refused: "FORBIDDEN", sha256 },
      {},
    ].map((answer) => JSON.stringify(answer)),
  ];
  expect(others.map((line) => readAnswer(line))).toEqual(others.map(() => undefined));
});

test("of a picture that is gone nothing is held in memory, made unreadable or not", async () => {
  const shown = new Shown();
  let made = 0;
  const look = async (name: string) => {
    const make = async () => ok(Buffer.from(`${++made}`));
    return given(await shown.get(name, make)).toString();
  };
  expect([await look("a.clean"), await look("a [blurred]"), await look("b.clean")]).toEqual(["1", "2", "3"]);
  shown.forget("a");
  expect([await look("b.clean"), await look("a [blurred]"), await look("a.clean")]).toEqual(["3", "4", "5"]);
});
