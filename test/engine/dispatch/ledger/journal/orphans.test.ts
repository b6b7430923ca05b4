import { expect, it } from "vitest";
import { journalKey } from "../../../../../engine/dispatch/ledger/journal/journal.js";
import { WaveStore } from "../../../../../engine/dispatch/ledger/wave-store.js";
import { Store } from "../../../../../engine/store/store.js";
import { RETENTION } from "../../../../../schemas/limits.js";
import { temporaryFolder } from "../../../../temp-folder.js";
import { given } from "../../../registry/samples.js";

const TABLES = ["rosters", "outcomes", "journal"] as const;

it("removes what is of no wave, in bounded passes, and nothing of a wave that is there or is being made", async () => {
  const folder = temporaryFolder();
  const store = given(Store.open(folder));
  const many = RETENTION.recordsPerPass + 5;
  given(
    await store.commit(() => {
      for (const table of TABLES) {
        // Wave 2 is there, though its record says nothing that can be read; 1 and 3 are not, and 3 was long.
        for (const waveId of [1, 2]) void store.table(table).put(journalKey(waveId, 0), Buffer.from("x"));
        for (let chunk = 0; chunk < many; chunk++) void store.table(table).put(journalKey(3, chunk), Buffer.from("x"));
      }
      void store.table("waves").put(journalKey(2, 0).subarray(0, 4), Buffer.from("unreadable"));
    }),
  );
  const waves = new WaveStore(store);
  const own = waves.newId();
  expect(own).toBe(4);
  const putLast = given(await waves.putRoster(own, new SharedArrayBuffer(4), 1));
  given(await store.commit(putLast));
  let removed = 0;
  for (let pass = 0; pass < 20; pass++) {
    const swept = given(await waves.orphans.sweep());
    expect(swept).toBeLessThanOrEqual(RETENTION.recordsPerPass);
    removed += swept;
  }
  expect(removed).toBe(TABLES.length * (1 + many));
  const left = (table: (typeof TABLES)[number]) => [...store.table(table).keys()].map((key) => key.readUInt32BE(0));
  expect(TABLES.map(left)).toEqual([[2, own], [2], [2]]);
  given(await waves.removeRoster(own));
  expect(left("rosters")).toEqual([2]);
  await store.close();
});
