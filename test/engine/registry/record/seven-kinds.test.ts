import { ByteBuffer } from "flatbuffers";
import { expect, test } from "vitest";
import { parseSchedule } from "../../../../engine/registry/record/profile/schedule.js";
import { exceptBits, exceptOf } from "../../../../engine/registry/record/profile/words-bits.js";
import { encodeRecord, REGISTRY_KEY, readRecord } from "../../../../engine/registry/record/record.js";
import { ALWAYS_EVERYTHING, TermsTable, termsAt } from "../../../../engine/registry/record/terms.js";
import { Registry } from "../../../../schemas/generated/registry_generated.js";
import { ACTION_KINDS, CHANNELS } from "../../../../schemas/words.js";
import { temporaryFolder } from "../../../temp-folder.js";
import { given, withStore } from "../samples.js";

/** The bit as it was when there were seven kinds, by the form's own description. */
const bitThen = (channel: number, kind: number): number => (1 << (channel * 8 + kind)) >>> 0;
const [BURGLARY, CALAMITY, OTHER] = [1, 5, 6];

/** A table of terms as a program of then wrote it. */
function tableThen(excepts: readonly number[]): Uint32Array {
  const table = new TermsTable();
  for (const except of excepts) table.add({ ...ALWAYS_EVERYTHING, hours: parseSchedule("mo-fr 08-18")!, except });
  return table.words();
}

test("a registry of when there were seven kinds keeps every wish: who wanted no calamities wants no fires", async () => {
  const excepts = [
    bitThen(0, BURGLARY),
    bitThen(0, BURGLARY) | bitThen(0, CALAMITY),
    (bitThen(0, OTHER) | bitThen(3, OTHER)) >>> 0,
  ];
  const words = tableThen(excepts);
  const record = {
    ...{ generation: 1, generated: false, seed: 0, participants: 0, rows: 0, locations: 0 },
    ...{ terms: words, blockLocations: new Uint16Array(0) },
  };
  const read = await withStore(temporaryFolder(), async (store) => {
    for (const version of [3, 2]) {
      const bytes = encodeRecord(record).slice();
      const registry = Registry.getRootAsRegistry(new ByteBuffer(bytes));
      const at = registry.bb_pos + registry.bb!.__offset(registry.bb_pos, 4);
      new DataView(bytes.buffer, bytes.byteOffset).setUint16(at, version, true);
      given(await store.commit(() => void store.table("meta").put(REGISTRY_KEY, bytes)));
      const { terms } = given(readRecord(store));
      if (version === 3) expect(terms, "what is of now is as it is").toEqual(words);
      else return terms;
    }
    return expect.fail("a record of then is read");
  });
  const shown = [0, 1, 2, 3].map((row) => exceptOf(termsAt(read, row).except));
  expect(shown).toEqual([
    {},
    { sms: ["burglary"] },
    { sms: ["burglary", "calamity", "fire", "threat"] },
    {
      sms: ["other", "nuisance", "prevention", "question"],
      voice: ["other", "nuisance", "prevention", "question"],
    },
  ]);
  const { hours, zone, inDanger } = termsAt(read, 2);
  expect({ hours, zone, inDanger }).toEqual({ hours: parseSchedule("mo-fr 08-18"), zone: 0, inDanger: 0 });
});

test("each kind over each channel has a bit of its own, and those of then have the bits that they had", () => {
  const bits = CHANNELS.flatMap((channel) => ACTION_KINDS.map((kind) => exceptBits({ [channel]: [kind] })));
  expect(new Set(bits).size).toBe(CHANNELS.length * ACTION_KINDS.length);
  for (const [at, channel] of CHANNELS.entries()) {
    for (const [number, kind] of ACTION_KINDS.slice(0, 7).entries()) {
      expect(exceptBits({ [channel]: [kind] })).toBe(bitThen(at, number));
    }
  }
  const all = Object.fromEntries(CHANNELS.map((channel) => [channel, [...ACTION_KINDS]]));
  const table = new TermsTable();
  const row = table.add({ ...ALWAYS_EVERYTHING, except: exceptBits(all), zone: 33, inDanger: 2 })!;
  expect(termsAt(table.words(), row)).toEqual({ ...ALWAYS_EVERYTHING, except: exceptBits(all), zone: 33, inDanger: 2 });
  expect(exceptOf(termsAt(table.words(), row).except)).toEqual(all);
});
