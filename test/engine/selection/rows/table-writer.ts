/**
 * A thread for table-reader.test.ts: moves the phones of one block in bursts, as fast as it can, until it is told to stop.
 * Each goes to and fro between two positions of its own.
 */

import { workerData } from "node:worker_threads";
import type { LiveRow } from "../../../../engine/registry/live/placing.js";
import { RowTable } from "../../../../engine/selection/rows/row-table.js";
import type { TableData } from "../../../../engine/selection/rows/table.js";

export interface WriterData {
  readonly data: TableData;
  /** 0 until it begins, 1 while it writes, 2 when it is to stop. */
  readonly state: SharedArrayBuffer;
}

export const PHONES = 64;
const BURST_MOVES = 128;

/** Where a phone is on even and on odd moves. */
export function rowOf(phone: number, move: number): LiveRow {
  const isEven = move % 2 === 0;
  return {
    lng: 5 + phone / 1_000,
    lat: isEven ? 52 : 52.001,
    channels: 0xffff,
    terms: 0,
    municipality: isEven ? 1 : 2,
  };
}

if (workerData !== null) {
  const { data, state } = workerData as WriterData;
  const table = new RowTable(data);
  const flag = new Int32Array(state);
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
  for (let round = 0; Atomics.load(flag, 0) === 1; round += 1) {
    for (let move = 0; move < BURST_MOVES; move += 1) {
      table.write(move % PHONES, move % PHONES, rowOf(move % PHONES, round + (move >> 6)));
    }
  }
}
