import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type BlockRows,
  blockBuilder,
  blockRows,
  decodeBlock,
  encodeBlock,
} from "../../../../engine/registry/record/block.js";
import type { Participant } from "../../../../engine/registry/record/participant.js";
import {
  participantAt,
  putParticipant,
  readParticipant,
  removeParticipant,
} from "../../../../engine/registry/record/records.js";
import { hashOfMail, joinSparse, SparseCollector } from "../../../../engine/registry/record/sparse.js";
import { ALWAYS_EVERYTHING, TERMS_WORDS, TermsTable } from "../../../../engine/registry/record/terms.js";
import { REGISTRY } from "../../../../schemas/limits.js";
import { given } from "../samples.js";
import { location, participant } from "../wishes.js";

const FIRST = 512;
const builder = blockBuilder();

/** Through the stored form and back, into rows that still hold something else. */
function stored(rows: BlockRows): { bytes: Uint8Array; rows: BlockRows } {
  const bytes = encodeBlock(builder, rows, FIRST).slice();
  const into = blockRows();
  into.extras.mail.fill("left@over.example");
  into.extras.phone.fill(1);
  into.extras.pausedUntil.fill(9);
  const counts = decodeBlock(bytes, into, 0, 0, FIRST);
  into.participantCount = counts.participants;
  into.locationCount = counts.locations;
  return { bytes, rows: into };
}

test("participants are put, replaced, appended and removed at any place, and read back as they are", () => {
  const change = fc.tuple(fc.nat(12), fc.option(participant, { nil: undefined, freq: 4 }));
  fc.assert(
    fc.property(fc.array(change, { maxLength: 25 }), (changes) => {
      const model = new Map<number, Participant>();
      const table = new TermsTable();
      let rows = blockRows();
      for (const [index, person] of changes) {
        if (person) given(putParticipant(rows, FIRST, index, person, table));
        else removeParticipant(rows, FIRST, index);
        if (person) model.set(index, person);
        else model.delete(index);
        rows = stored(rows).rows;
      }
      const { bytes } = stored(rows);
      for (let index = 0; index < 14; index++) {
        expect(participantAt(rows, FIRST, index, table.words())).toEqual(model.get(index));
        expect(readParticipant(bytes, index, table.words())).toEqual(model.get(index));
      }
    }),
    { numRuns: 40 },
  );
});

test("a whole block of participants with as many locations as they may have", () => {
  const table = new TermsTable();
  const rows = blockRows();
  const people = fc.sample(fc.tuple(participant, fc.array(location, { minLength: 16, maxLength: 16, size: "max" })), {
    numRuns: REGISTRY.participantsPerBlock,
    seed: 7,
  });
  for (const [index, [person, locations]] of people.entries()) {
    given(putParticipant(rows, FIRST, index, { ...person, locations }, table));
  }
  expect(rows.locationCount).toBe(REGISTRY.participantsPerBlock * REGISTRY.locationsPerParticipant);
  const { bytes } = stored(rows);
  people.forEach(([person, locations], index) => {
    expect(readParticipant(bytes, index, table.words())).toEqual({ ...person, locations });
  });
  expect(readParticipant(bytes, REGISTRY.participantsPerBlock, table.words())).toBeUndefined();
});

test("what does not fit into the table of terms changes nothing", () => {
  const table = new TermsTable();
  const rows = blockRows();
  const [person, other] = fc.sample(participant, { numRuns: 2, seed: 3 }) as [Participant, Participant];
  given(putParticipant(rows, FIRST, 0, { ...person, phone: undefined, locations: [] }, table));
  const words = new Uint32Array(REGISTRY.terms * TERMS_WORDS);
  for (let row = 0; row < REGISTRY.terms; row++) words[row * TERMS_WORDS] = row;
  const full = new TermsTable(words);
  const phone = { channels: 1, terms: ALWAYS_EVERYTHING };
  const put = putParticipant(rows, FIRST, 0, { ...other, phone }, full);
  expect(put).toMatchObject({ ok: false, problem: { code: "REGISTRY_FULL" } });
  expect(participantAt(rows, FIRST, 0, table.words())).toEqual({ ...person, phone: undefined, locations: [] });
});

test("a load hands out mail, pauses and phones of those who have them, and parts are joined in order", () => {
  fc.assert(
    fc.property(fc.array(participant, { maxLength: 20 }), (people) => {
      const table = new TermsTable();
      const rows = blockRows();
      people.forEach((person, index) => {
        given(putParticipant(rows, FIRST, index, person, table));
      });
      const collector = new SparseCollector();
      decodeBlock(encodeBlock(builder, rows, FIRST), blockRows(), 0, 0, FIRST, collector);
      const found = collector.columns();
      const pairs = <T>(of: (person: Participant, number: number) => T[]) =>
        people.flatMap((person, index) => of(person, FIRST + index));
      expect([...found.mails]).toEqual(pairs(({ mail }, number) => (mail === "" ? [] : [number, hashOfMail(mail)])));
      expect([...found.pauses]).toEqual(
        pairs(({ pausedUntil }, number) => (pausedUntil === 0 ? [] : [number, pausedUntil])),
      );
      expect([...found.phones]).toEqual(
        pairs(({ phone }, number) => (phone === undefined ? [] : [number, phone.channels, table.add(phone.terms)!])),
      );
      const twice = joinSparse([found, found]);
      expect([...twice.mails]).toEqual([...found.mails, ...found.mails]);
    }),
    { numRuns: 40 },
  );
});
