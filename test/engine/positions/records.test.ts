import { expect, test } from "vitest";
import { Records, readRecords } from "../../../engine/positions/records.js";

test("records are read wherever in memory their bytes lie", () => {
  const records = new Records(4);
  records.add(7, -43_000_000, 521_000_000, 0xffff_fff0, 363);
  records.giveUp(8);
  const bytes = records.bytes(1_700_000_000_123);
  const shared = Buffer.alloc(bytes.byteLength + 64, 0xab);
  for (const offset of [0, 1, 28]) {
    shared.set(bytes, offset);
    const found: number[][] = [];
    const isWhole = readRecords(shared.subarray(offset, offset + bytes.byteLength), {
      position: (...record) => found.push(record),
      givenUp: (participant) => found.push([participant]),
    });
    expect({ isWhole, found }).toEqual({
      isWhole: true,
      found: [[7, -43_000_000, 521_000_000, 0xffff_fff0, 363, 1_700_000_000_123], [8]],
    });
  }
});
