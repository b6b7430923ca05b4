import { expect, test } from "vitest";
import { Phones } from "../../../../engine/selection/live/phones.js";
import { BLOCK_ROWS } from "../../../../engine/selection/rows/table.js";

const ROW = { channels: 0xffff, terms: 3, municipality: 344 };

test("of a phone that is dropped nothing stays in the table, and its block's box is as it was", () => {
  const phones = new Phones(2 * BLOCK_ROWS);
  const { columns } = phones.table;
  phones.move(7, { lng: 5.1, lat: 52.1, ...ROW });
  phones.move(9, { lng: 5.2, lat: 52.2, ...ROW });
  const box = columns.boxes.slice();
  phones.drop(7);
  const kept = 1;
  const isElsewhere = (row: number): boolean => row !== kept;
  expect([...columns.coords].filter((value, at) => isElsewhere(at >> 1) && value !== 0)).toEqual([]);
  for (const column of [columns.x, columns.y, columns.z, columns.channels, columns.terms, columns.municipality]) {
    expect([...column].filter((value, row) => isElsewhere(row) && value !== 0)).toEqual([]);
  }
  expect(columns.boxes).toEqual(box);
  expect([phones.count, columns.coords[2], columns.participant[1]]).toEqual([1, 5.2, 9]);
});
