/** The fast reader of positions against JSON.parse with the schema: what it takes, those take too, and as the same. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PositionParser, readSlowly } from "../../../../gateway/http/positions/position-parser.js";

const parser = new PositionParser();

interface Seen {
  readonly participant: number;
  readonly lng: number;
  readonly lat: number;
  readonly atMs: number;
}

/** Undefined when the fast reader leaves it to the schema. */
function fast(text: string): Seen | undefined {
  const bytes = Buffer.from(`${text}\n`);
  if (!parser.read(bytes, 0) || parser.end !== bytes.length - 1) return undefined;
  const { participant, lng, lat, atMs } = parser;
  return { participant, lng, lat, atMs };
}

function slow(text: string): Seen | undefined {
  const read = readSlowly(Buffer.from(text));
  if (!read.ok) return undefined;
  const { participant, position, at } = read.value;
  return { participant, lng: position[0], lat: position[1], atMs: at === undefined ? Number.NaN : Date.parse(at) };
}

/** What only the schema checks, because whoever takes a position checks it again. */
const isRefusedForRange = (text: string): boolean =>
  /expected number to be|Too (big|small)|is a number from -/.test(JSON.stringify(readSlowly(Buffer.from(text))));

function expectSame(text: string): void {
  const read = fast(text);
  if (read === undefined || isRefusedForRange(text)) return;
  const expected = slow(text);
  if (!/\d\.\d{14}|\d\d\.\d{13}|\d{3}\.\d{12}/.test(text)) {
    expect(expected, text).toEqual(read);
    return;
  }
  // More digits than a double holds.
  expect({ ...expected, lng: 0, lat: 0 }, text).toEqual({ ...read, lng: 0, lat: 0 });
  expect(Math.abs(expected!.lng - read.lng), text).toBeLessThan(1e-11);
  expect(Math.abs(expected!.lat - read.lat), text).toBeLessThan(1e-11);
}

describe("the fast reader of positions", () => {
  it.each([
    '{"participant":1041,"position":[4.88969,52.37403]}',
    '{"participant":0,"position":[-4,0],"at":"2026-01-02T03:04:05Z"}',
    '{"participant":67108863,"position":[-0.0000001,-52.3740312345678],"at":"2024-02-28T23:59:59.999Z"}',
    '{"participant":7,"position":[179.999999999999,-0],"at":"1970-01-01T00:00:00.000Z"}',
    '{"participant":7,"position":[4.888888888888888888,52.37403123456789012]}',
    '{"participant":7,"position":[0.1,0.2],"at":"2099-12-30T00:00:00Z"}',
  ])("reads %s", (text) => {
    expect(fast(text)).toBeDefined();
    expectSame(text);
  });

  it.each([
    '{ "participant":7,"position":[4,52]}',
    '{"position":[4,52],"participant":7}',
    '{"participant":7,"position":[4e0,52]}',
    '{"participant":7,"position":[4.88888888888888888888888888888888888,52]}',
    '{"participant":7,"position":[4,52,-3.5]}',
    '{"participant":7,"position":[4,52],"at":"2026-01-02T03:04Z"}',
    '{"participant":7,"position":[4,52],"at":"2024-02-29T00:00:00Z"}',
    '{"participant":7,"position":[4,52],"at":"2026-01-31T00:00:00+01:00"}',
    '{"participant":7,"position":[4,52],"at":"2026-01-02T03:04:05.12Z"}',
  ])("leaves %s to the schema", (text) => {
    expect(fast(text)).toBeUndefined();
    expect(slow(text)).toBeDefined();
  });

  it.each([
    '{"participant":07,"position":[4,52]}',
    '{"participant":-7,"position":[4,52]}',
    '{"participant":7.0,"position":[04,52]}',
    '{"participant":7,"position":[4.,52]}',
    '{"participant":7,"position":[.4,52]}',
    '{"participant":7,"position":[-,52]}',
    '{"participant":7,"position":[4,52,1,2]}',
    '{"participant":7,"position":[4,52,"1"]}',
    '{"participant":7,"position":[4,52],"at":"2026-02-30T00:00:00Z"}',
    '{"participant":7,"position":[4,52],"at":"2026-01-02T24:00:00Z"}',
    '{"participant":7,"position":[4,52],"at":"2026-01-02T03:04:05"}',
    '{"participant":7,"position":[4,52],"at":null}',
    '{"participant":7,"position":[4,52]}}',
    '{"participant":7,"position":[4,52],"extra":1}',
    '{"participant":7}',
    "",
  ])("nobody takes %s", (text) => {
    expect(fast(text)).toBeUndefined();
    expect(slow(text)).toBeUndefined();
  });

  const short = fc
    .tuple(fc.integer({ min: -180, max: 180 }), fc.nat(9_999_999))
    .map(([whole, part]) => `${whole}.${part}`);
  const double = fc.double({ min: -180, max: 180, noNaN: true }).map(String);
  const decimal = fc.oneof(short, double);
  const at = fc
    .date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true })
    .map((date) => date.toISOString());
  const line = fc.tuple(fc.nat(2 ** 27), decimal, decimal, fc.option(at)).map(([who, lng, lat, time]) => {
    return `{"participant":${who},"position":[${lng},${lat}]${time === null ? "" : `,"at":"${time}"`}}`;
  });

  it("gives what JSON.parse gives, to the last bit", () => {
    fc.assert(fc.property(line, expectSame), { numRuns: 20_000 });
  });

  it("takes nothing that the schema does not, when a byte or two are others", () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.constantFrom(...'0123456789.-+eTZ:,"[]{} \\a')), {
      minLength: 1,
      maxLength: 2,
    });
    const changed = fc.tuple(line, changes, fc.boolean()).map(([text, list, inserts]) =>
      list.reduce((now, [place, character]) => {
        const where = place % now.length;
        return now.slice(0, where) + character + now.slice(inserts ? where : where + 1);
      }, text),
    );
    fc.assert(fc.property(changed, expectSame), { numRuns: 30_000 });
  });
});
