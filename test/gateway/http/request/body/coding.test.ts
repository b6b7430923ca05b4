/** Bodies that are coded, and media types, over real sockets: what is decoded, what is refused, and what it may become. */
import zlib from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CODINGS } from "../../../../../gateway/http/request/body/coding.js";
import { isUtf8, readMediaType } from "../../../../../gateway/http/request/body/media-type.js";
import { respond } from "../../../../../gateway/http/request/response.js";
import { type Route, route } from "../../../../../gateway/http/request/route.js";
import { ok } from "../../../../../schemas/errors.js";
import { API } from "../../../../../schemas/limits.js";
import { type Rig, startRig, VALID_ACTION } from "../../support.js";

let rig: Rig;
const taken = { bytes: 0, aborted: 0, ended: 0 };

/** A stream that counts, and is held up now and then. */
function countingRoute(): Route {
  return route({
    method: "POST",
    path: "/v1/streams",
    summary: "A stream",
    auth: "key",
    scopes: ["draft"],
    response: { status: 200, description: "What came" },
    receive: {
      contentTypes: ["text/csv"],
      start: ({ bodyBytes }) =>
        ok({
          chunk: (bytes, resume) => {
            taken.bytes += bytes.byteLength;
            setImmediate(resume);
            return false;
          },
          end: async () => {
            taken.ended++;
            return respond({ bytes: taken.bytes, said: bodyBytes ?? null });
          },
          abort: () => void taken.aborted++,
        }),
    },
  });
}

beforeAll(async () => {
  rig = await startRig(undefined, { routes: [countingRoute()] });
});
afterAll(() => rig.close());

/** Node 22 has it too, and does not notice when half of a body is missing. */
const { zstdCompressSync } =
  Number.parseInt(process.versions.node, 10) < 24
    ? {}
    : (zlib as typeof zlib & { zstdCompressSync?: (bytes: Uint8Array) => Buffer });
const BODY = Buffer.from(JSON.stringify(VALID_ACTION));
const create = (raw: Uint8Array, coding: string) =>
  rig.send("POST", "/v1/actions", { raw, headers: { "content-encoding": coding } });
const pour = (raw: Uint8Array, coding: string) => {
  Object.assign(taken, { bytes: 0, aborted: 0, ended: 0 });
  return rig.send("POST", "/v1/streams", { raw, headers: { "content-encoding": coding, "content-type": "text/csv" } });
};

const CODED: readonly [string, (bytes: Uint8Array) => Buffer][] = [
  ["gzip", (bytes) => zlib.gzipSync(bytes)],
  ["X-GZIP", (bytes) => zlib.gzipSync(bytes)],
  ["identity", (bytes) => Buffer.from(bytes)],
  ...(zstdCompressSync ? [["zstd", zstdCompressSync] as [string, (bytes: Uint8Array) => Buffer]] : []),
];

describe.each(CODED)("a body in %s", (coding, encode) => {
  it("is read, whole and as a stream", async () => {
    const before = rig.service.requests.length;
    expect((await create(encode(BODY), coding)).status).toBe(201);
    expect(rig.service.requests.slice(before)).toMatchObject([{ text: VALID_ACTION.text }]);
    // Longer than what waits anywhere on the way.
    const long = Buffer.from(Array.from({ length: 400_000 }, (_, at) => `${at % 977},${at}\n`).join(""));
    expect((await pour(encode(long), coding)).json).toEqual({ bytes: long.length, said: null });
    expect(taken).toMatchObject({ ended: 1, aborted: 0 });
  });

  it("is read to its end, also when it was coded in two parts", async () => {
    const parts = Buffer.concat([encode(BODY.subarray(0, 9)), encode(BODY.subarray(9))]);
    expect((await create(parts, coding)).status).toBe(201);
    expect((await pour(parts, coding)).json).toMatchObject({ bytes: BODY.length });
  });

  it("is refused when it is cut off or something else", async () => {
    if (coding === "identity") return;
    const before = rig.service.requests.length;
    const coded = encode(BODY);
    for (const raw of [coded.subarray(0, -9), BODY, Buffer.alloc(0), Buffer.concat([coded, Buffer.from("and more")])]) {
      expect((await create(raw, coding)).json).toMatchObject({ code: "BAD_ENCODING", field: "Content-Encoding" });
      expect((await pour(raw, coding)).json).toMatchObject({ code: "BAD_ENCODING" });
      expect(taken).toMatchObject({ ended: 0, aborted: 1 });
    }
    expect(rig.service.requests).toHaveLength(before);
  });

  it("becomes no longer than a body may be", async () => {
    const raw = encode(Buffer.alloc(API.bodyBytes + 1, 0x20));
    expect((await create(raw, coding)).json).toMatchObject({ status: 413, code: "BODY_TOO_LARGE" });
    expect((await create(encode(BODY), coding)).status).toBe(201);
  });

  it("becomes, as a stream, no longer than in proportion", async () => {
    if (coding === "identity") return;
    const long = 64 * API.bodyBytes;
    expect((await pour(encode(Buffer.alloc(long, 0x20)), coding)).json).toMatchObject({ code: "BODY_TOO_LARGE" });
    expect(taken.bytes).toBeLessThan(long / 2);
    expect(taken).toMatchObject({ ended: 0, aborted: 1 });
  });
});

describe("any other coding", () => {
  const unknown = ["deflate", "br", "gzip, gzip", "gzip, identity", "x", ...(zstdCompressSync ? [] : ["zstd"])];
  it.each(unknown)("%j is refused, with those that are taken", async (coding) => {
    for (const answer of [await create(BODY, coding), await pour(BODY, coding)]) {
      expect(answer.json).toMatchObject({ status: 415, code: "UNSUPPORTED_MEDIA_TYPE", field: "Content-Encoding" });
      expect(answer.headers["accept-encoding"]).toBe(zstdCompressSync ? "gzip, zstd" : "gzip");
    }
  });

  it("is named as this Node has it", () => {
    expect(CODINGS.includes("zstd")).toBe(zstdCompressSync !== undefined);
  });
});

describe("a media type", () => {
  it.each([
    ["application/json", "application/json", true],
    ["Application/JSON ; Charset=UTF-8", "application/json", true],
    ['text/csv; header=present; charset="utf\\-8"', "text/csv", true],
    ['application/json;profile="a;charset=latin1"', "application/json", true],
    ["application/json; ; charset=us-ascii;", "application/json", true],
    ["text/csv;charset=windows-1252", "text/csv", false],
    ["application/json; charset=utf-16", "application/json", false],
  ])("%s", (text, essence, utf8) => {
    const type = readMediaType(text)!;
    expect([type.essence, isUtf8(type)]).toEqual([essence, utf8]);
  });

  it.each(["", "json", "application/", "application/json charset=utf-8", 'a/b; c="', "a/b; c", "a b/c", "a/b, c/d"])(
    "%j is none",
    (text) => {
      expect(readMediaType(text)).toBeUndefined();
    },
  );

  it("is taken with any parameters, and refused with a charset that is not read", async () => {
    const send = async (type: string) =>
      (await rig.send("POST", "/v1/actions", { raw: BODY, headers: { "content-type": type } })).status;
    expect(await send("application/json; profile=x; v=1")).toBe(201);
    expect(await send("application/json; charset=iso-8859-1")).toBe(415);
    const csv = (type: string) => rig.send("POST", "/v1/streams", { raw: "a", headers: { "content-type": type } });
    expect((await csv("text/csv; header=absent")).status).toBe(200);
    expect((await csv("text/csv; charset=utf-16le")).json).toMatchObject({ status: 415, field: "Content-Type" });
  });
});
