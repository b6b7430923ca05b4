/** The course of an import: planned and applied beside other changes, one at a time, for its municipality alone. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Persons, personsIn } from "../../../../engine/municipality/plan/planned.js";
import { isClaimed } from "../../../../engine/registry/record/contact-marks.js";
import { MUNICIPALITY } from "../../../../schemas/limits.js";
import { copyOf } from "../../../temp-folder.js";
import { given, withData } from "../../registry/samples.js";
import { SOMEBODY } from "../../registry/somebody.js";
import { ELSEWHERE, FIRST_NUMBER, file, HERE, importFile, NEW, people, place, type Rig, row } from "../rig.js";
import { rigWith } from "../rig-with.js";

test("while the registry has no room, an import waits and then goes on", async () => {
  let refusals = 5;
  const rig = await rigWith(people(), {
    place: () =>
      refusals-- > 0 ? { ok: false, problem: { code: "BUSY", detail: "full" } } : { ok: true, value: undefined },
  });
  const job = await importFile(rig, file(row(NEW), row(NEW + 1)));
  expect(job).toMatchObject({ state: "done", overtaken: 0 });
  expect(refusals).toBeLessThan(0);
  expect(rig.live.count).toBe(12);
});

test("what is kept of an import while it is applied opens to nobody afterwards", async () => {
  let kept: { key: Buffer; value: Buffer }[] = [];
  const rig: Rig = await rigWith(people(), {
    place: () => {
      if (kept.length === 0) {
        kept = [...rig.data.store.table("imports").range()].map(({ key, value }) => ({ key, value: given(value) }));
        expect(kept).toHaveLength(2);
        expect(kept.every(({ key, value }) => rig.data.vault.open("imports", value, key).ok)).toBe(true);
      }
      return { ok: true, value: undefined };
    },
  });
  expect((await importFile(rig, file(row(NEW)))).state).toBe("done");
  expect(kept.some(({ value }) => value.includes(String(NEW)))).toBe(false);
  expect(rig.data.vault.needsRenewal).toBe(false);
  for (const { key, value } of kept) expect(rig.data.vault.open("imports", value, key).ok).toBe(false);
  // What the vault would put down next was put down: a start knows no key for it either.
  await rig.close();
  const copy = copyOf(rig.data.store.folder);
  await withData(copy, async ({ vault }) => {
    for (const { key, value } of kept) expect(vault.open("imports", value, key).ok).toBe(false);
  });
});

test("a person is read from a plan as it was written, among any others", () => {
  const text = (max: number) => fc.string({ unit: "grapheme", maxLength: max });
  const word = fc.nat(255);
  const location = fc.record({
    kind: word,
    lng: fc.double({ min: -180, max: 180, noNaN: true }),
    lat: fc.double({ min: -90, max: 90, noNaN: true }),
    channels: fc.nat(0xffff),
    terms: fc.nat(0xffff),
    municipality: fc.nat(0xffff),
    postcode: fc.nat(0xffff_ffff),
  });
  const planned = fc.record({
    ...{ line: fc.nat(), target: fc.nat(0xffff_ffff), number: fc.nat(Number.MAX_SAFE_INTEGER), partial: fc.boolean() },
    ...{ status: word, switchedOff: word, language: word, kind: word, needs: word },
    ...{ pausedUntil: fc.nat(0xffff_ffff), joinedDay: fc.nat(0xffff), mail: text(60), name: text(60) },
    locations: fc.array(location, { maxLength: 16 }),
  });
  fc.assert(
    fc.property(fc.array(planned, { maxLength: 40 }), (all) => {
      const persons = new Persons();
      for (const each of all) persons.add(each);
      expect(all.map((_, index) => persons.at(index))).toEqual(all);
      const pieces = Array.from({ length: persons.pieces }, (_, index) => [...personsIn(persons.piece(index))]);
      expect(pieces.flat()).toEqual(all);
    }),
    { numRuns: 50 },
  );
});

test("a plan of before locations had postcodes, decided and not applied, is read as well", () => {
  const {
    mail: _,
    name: __,
    locations: ___,
    contacts: ____,
    ...person
  } = { ...SOMEBODY, mail: "", name: "", locations: [] };
  const home = { kind: 1, lng: 5.1, lat: 52.1, channels: 0x000f, terms: 3, municipality: HERE, postcode: 3_441_002 };
  const planned = { ...person, mail: "a@example.org", name: "", line: 7, target: 9, partial: false, locations: [home] };
  const { phone: _____, ...expected } = { ...planned, locations: [{ ...home, postcode: 0 }] };
  const persons = new Persons();
  persons.add(planned);
  // It had no four bytes of a postcode behind a location, and nothing in the byte that tells.
  const before = Buffer.from(persons.piece(0).subarray(0, -4));
  before[29] = 0;
  expect([...personsIn(Buffer.concat([before, before]))]).toEqual([expected, expected]);
});

test("who left or joined between plan and applying is taken as they are now", async () => {
  let meanwhile: (() => void) | undefined;
  const rig: Rig = await rigWith(people(), {
    place: () => {
      const once = meanwhile;
      meanwhile = undefined;
      once?.();
      return { ok: true, value: undefined };
    },
  });
  // The first change that is applied is that of 0; the others come after it.
  meanwhile = () => {
    given(rig.live.erase(1));
    given(rig.live.change(2, (now) => ({ ...now, locations: [place({ lat: 52.3, municipality: ELSEWHERE })] })));
    given(rig.live.add({ ...SOMEBODY, number: NEW, locations: [place({ kind: 2 })] }));
    given(rig.live.add({ ...SOMEBODY, number: NEW + 1, locations: [place({ lat: 52.3, municipality: ELSEWHERE })] }));
  };
  const changed = { channels: "sms:alarm" };
  const numbers = [FIRST_NUMBER, FIRST_NUMBER + 1, FIRST_NUMBER + 2, NEW, NEW + 1];
  const job = await importFile(rig, file(...numbers.map((number) => row(number, changed))));
  expect(job).toMatchObject({ state: "done", overtaken: 2, report: { added: 2, changed: 3 } });
  expect(given(rig.live.get(1))).toBeUndefined();
  expect(given(rig.live.get(2))?.locations).toHaveLength(1);
  expect(rig.live.byNumber(NEW)).toEqual([10]);
  expect(given(rig.live.get(10))?.locations).toEqual([place({ channels: 4 })]);
  // Who joined elsewhere is not known here: the file gave the number all the same, and it reaches nobody.
  expect(rig.live.byNumber(NEW + 1)).toEqual([11, 12]);
  expect(isClaimed(given(rig.live.get(12))!, "number")).toBe(true);
});

test("an import belongs to its municipality, which has one under way at a time", async () => {
  const rig = await rigWith(people());
  const request = { scope: HERE, mode: "bestEffort", dryRun: false } as const;
  const first = given(rig.imports.begin(request, () => {}));
  expect(rig.imports.begin(request, () => {})).toMatchObject({ problem: { code: "BUSY" } });
  const other = given(rig.imports.begin({ ...request, scope: ELSEWHERE }, () => {}));
  expect(rig.imports.get(ELSEWHERE, first.job.id)).toMatchObject({ problem: { code: "NOT_FOUND" } });
  expect(rig.imports.list(HERE)).toEqual([first.job]);
  expect(rig.imports.list(undefined)).toEqual([other.job, first.job]);
  first.abort();
  other.abort();
  expect(rig.imports.begin(request, () => {}).ok).toBe(true);
});

test("a few municipalities import at a time, one after the other is applied, and reports are kept for the last ones", async () => {
  const rig = await rigWith(people());
  const begin = (scope: number) => rig.imports.begin({ scope, mode: "bestEffort", dryRun: false }, () => {});
  const under = Array.from({ length: MUNICIPALITY.importsUnder }, (_, scope) => given(begin(scope + 1)));
  expect(begin(99)).toMatchObject({ problem: { code: "BUSY" } });
  for (const intake of under) intake.abort();
  const elsewhere = row(NEW + 1, { lat: 52.3 }).replace("GM0344", "GM0363");
  const [here, there] = await Promise.all([
    importFile(rig, file(row(NEW))),
    importFile(rig, file(elsewhere), { scope: ELSEWHERE }),
  ]);
  expect([here.state, there.state]).toEqual(["done", "done"]);
  expect(rig.live.count).toBe(12);
  for (let count = 0; count < MUNICIPALITY.importsKnown; count++) given(begin(HERE)).abort();
  expect(rig.imports.get(HERE, here.id)).toMatchObject({ problem: { code: "NOT_FOUND" } });
  expect(rig.imports.list(undefined)).toHaveLength(MUNICIPALITY.importsKnown);
});
