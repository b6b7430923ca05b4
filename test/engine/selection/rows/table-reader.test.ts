/**
 * A table is read while it is written: each row as it was at one moment, whatever the speed of either side; and what one
 * reading left behind is nobody's in the next.
 */

import { Worker } from "node:worker_threads";
import { expect, it } from "vitest";
import { prepareArea } from "../../../../engine/geo/search/search.js";
import { RowTable } from "../../../../engine/selection/rows/row-table.js";
import { BLOCK_ROWS, makeTable, type TableColumns, type TableData } from "../../../../engine/selection/rows/table.js";
import { TableReader } from "../../../../engine/selection/rows/table-reader.js";
import { PHONES, rowOf, type WriterData } from "./table-writer.js";

const AREA = prepareArea({ type: "Circle", center: [5, 52], radiusMeters: 50_000 });
const WANTED = { area: AREA, since: 0 };
const READINGS = 150;

function tableOf(phones: number): { data: TableData; table: RowTable } {
  const data = makeTable(phones, 0);
  const table = new RowTable(data);
  for (let phone = 0; phone < phones; phone += 1) table.write(phone, phone, rowOf(phone, 0));
  return { data, table };
}

/** Participant, latitude and municipality of each row that is found; undefined if it could not be read. */
function read(reader: TableReader, columns: TableColumns): [number, number, number][] | undefined {
  const found: [number, number, number][] = [];
  const isWhole = reader.read(columns, WANTED, 0, Infinity, (rows, { bounds, count }) => {
    for (let range = 0; range < count; range += 1) {
      for (let row = bounds[2 * range]!; row < bounds[2 * range + 1]!; row += 1) {
        found.push([rows.participant[row]!, rows.coords[2 * row + 1]!, rows.municipality[row]!]);
      }
    }
  });
  return isWhole ? found : undefined;
}

it("finds each phone once and never half moved while another thread moves them all the time", async () => {
  const { data, table } = tableOf(PHONES);
  const state = new SharedArrayBuffer(4);
  const workerData: WriterData = { data, state };
  const writer = new Worker(new URL("./table-writer.js", import.meta.url), { workerData });
  const flag = new Int32Array(state);
  try {
    Atomics.wait(flag, 0, 0);
    let contended = 0;
    for (let reading = 0; reading < READINGS; reading += 1) {
      const found = read(new TableReader(), table.columns);
      // What can't be read in time is said, never guessed.
      if (found === undefined) {
        contended += 1;
        continue;
      }
      expect(found.map(([person]) => person).toSorted((a, b) => a - b)).toEqual([...Array(PHONES).keys()]);
      expect(found.filter(([, lat, municipality]) => (lat === 52 ? 1 : 2) !== municipality)).toEqual([]);
    }
    expect(contended).toBeLessThan(READINGS);
  } finally {
    Atomics.store(flag, 0, 2);
    await writer.terminate();
  }
});

/** Columns of which the second block is written to whenever it is read. */
function restless({ columns }: RowTable): TableColumns {
  return {
    ...columns,
    get x() {
      Atomics.add(columns.versions, 1, 2);
      return columns.x;
    },
  };
}

it("ends in time where a block is written to whenever it is read, and leaves nothing to the next", () => {
  const { table } = tableOf(2 * BLOCK_ROWS);
  const reader = new TableReader();
  expect(read(reader, restless(table))).toBeUndefined();
  expect(read(reader, table.columns)?.length).toBe(2 * BLOCK_ROWS);
});

it("leaves nothing to the next where it ended by an error", () => {
  const { table } = tableOf(BLOCK_ROWS);
  const reader = new TableReader();
  const fails = (): never => {
    throw new Error("broken");
  };
  expect(() => reader.read(table.columns, WANTED, 0, Infinity, fails)).toThrow("broken");
  const broken: TableColumns = {
    ...table.columns,
    get terms() {
      return fails();
    },
  };
  expect(() => read(reader, broken)).toThrow("broken");
  expect(read(reader, table.columns)?.length).toBe(BLOCK_ROWS);
});
