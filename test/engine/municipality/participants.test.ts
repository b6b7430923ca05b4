/** A municipality's participants one at a time: what it may see and do, and that the rest is as if it were not there. */
import { expect, test } from "vitest";
import { PositionJournal } from "../../../engine/positions/journal.js";
import { MOVE } from "../../../engine/positions/service.js";
import { readRecord } from "../../../engine/registry/record/record.js";
import { readParticipant } from "../../../engine/registry/record/records.js";
import { blockKey } from "../../../engine/vault/block-key.js";
import type { ParticipantCorrection } from "../../../schemas/api/municipality.js";
import { LocationInput } from "../../../schemas/api/participant.js";
import { ok, type Result } from "../../../schemas/errors.js";
import { temporaryFolder } from "../../temp-folder.js";
import { given, writeSample } from "../registry/samples.js";
import { SOMEBODY } from "../registry/somebody.js";
import { ELSEWHERE, FIRST_NUMBER, HERE, NOW_MS, openRig, people, place } from "./rig.js";
import { rigWith } from "./rig-with.js";

const PHONE = { channels: 3, terms: place().terms };
const home = (lng: number, lat = 52.1) => LocationInput.parse({ position: [lng, lat], channels: { push: ["alarm"] } });
const NUMBER = "+31612345678";

test("what is another municipality's is answered as what is nobody's", async () => {
  const { participants } = await rigWith(people());
  const nobody = participants.get(HERE, 4_000);
  expect(nobody).toMatchObject({ problem: { code: "NOT_FOUND" } });
  expect(participants.get(HERE, 5)).toEqual(nobody);
  expect(participants.get(HERE, 60_000_000)).toEqual(nobody);
  expect(await participants.change(HERE, 5, { language: "en" })).toEqual(nobody);
  expect(await participants.erase(HERE, 5)).toEqual(nobody);
  expect(await participants.merge(HERE, 0, 5)).toEqual(nobody);
  expect(await participants.merge(HERE, 5, 0)).toEqual(nobody);
  expect(participants.search(HERE, { number: `+${FIRST_NUMBER + 5}` })).toEqual({ ok: true, value: [] });
  expect(given(participants.get(ELSEWHERE, 5)).participant).toBe(5);
  expect(given(participants.get(undefined, 5)).number).toBe(`+${FIRST_NUMBER + 5}`);
});

test("of a participant a municipality sees and replaces only the locations within it, and never the phone's place", async () => {
  const { participants, live } = await rigWith(people());
  const elsewhere = place({ lat: 52.3, municipality: ELSEWHERE });
  given(live.change(0, (now) => ({ ...now, locations: [elsewhere, place()], phone: PHONE })));
  expect(given(participants.get(HERE, 0))).toMatchObject({
    locations: [{ municipality: "GM0344" }],
    phone: { position: null },
  });
  expect(given(participants.get(undefined, 0)).locations).toHaveLength(2);
  const changed = given(await participants.change(HERE, 0, { locations: [home(5.2), home(5.3)] }));
  expect(changed.locations.map(({ position }) => position[0])).toEqual([5.2, 5.3]);
  expect(given(live.get(0))?.locations).toMatchObject([elsewhere, { lng: 5.2 }, { lng: 5.3 }]);
  for (const locations of [[home(5.2, 52.3)], [home(7)], []]) {
    expect(await participants.change(HERE, 0, { locations })).toMatchObject({ problem: { code: "INVALID_FIELD" } });
  }
  expect(await participants.change(HERE, 0, { locations: [home(2)] })).toMatchObject({
    problem: { code: "POSITION_AT_SEA" },
  });
  const many = Array.from({ length: 16 }, (_, index) => home(5 + index / 100));
  expect(await participants.change(HERE, 0, { locations: many })).toMatchObject({
    problem: { code: "TOO_MANY_LOCATIONS" },
  });
  expect(given(live.get(0))?.locations).toHaveLength(3);
});

test("a fixed line may have voice and no SMS, 088 is an organisation's, whichever of the two is corrected", async () => {
  const { participants } = await rigWith(people());
  const voice = (lng: number) => ({ ...home(lng), channels: { voice: ["alarm" as const] } });
  const sms = (lng: number) => ({ ...home(lng), channels: { sms: ["alarm" as const] } });
  const refused = (code: string) => ({ problem: { code, field: "/number" } });
  const added = (number: string, more: Partial<ParticipantCorrection> = {}) =>
    participants.add(HERE, { number, locations: [voice(5.2)], ...more });
  expect(await added("020 123 4567", { locations: [sms(5.2)] })).toMatchObject(refused("NUMBER_NOT_MOBILE"));
  expect(await added("088 123 4567")).toMatchObject(refused("NUMBER_OF_ORGANISATION"));
  expect(await added("06 90000001")).toMatchObject(refused("NUMBER_IMPOSSIBLE"));
  const { participant } = given(await added("tel:+31-20-1234567"));
  expect(await participants.change(HERE, participant, { locations: [sms(5.2)] })).toMatchObject(
    refused("NUMBER_NOT_MOBILE"),
  );
  expect(given(await participants.change(HERE, participant, { language: "en" })).number).toBe("+31201234567");
  expect(await participants.change(HERE, 0, { number: "0201234568" })).toMatchObject(refused("NUMBER_NOT_MOBILE"));
  expect(given(await added("088 123 4567", { kind: "company", name: "De Ark" })).number).toBe("+31881234567");
});

test("somebody is added, found by number and mail, corrected and erased, and all of it is on the disk", async () => {
  const { participants, live } = await rigWith(people());
  const input: ParticipantCorrection = { number: NUMBER, mail: "anna@example.org", locations: [home(5.2)] };
  const added = given(await participants.add(HERE, input));
  expect(added).toMatchObject({ participant: 10, status: "active", joinedOn: "2024-10-04", number: NUMBER });
  expect(given(participants.search(HERE, { number: "06 12345678" }))).toEqual([added]);
  expect(given(participants.search(HERE, { mail: "anna@example.org" }))).toEqual([added]);
  expect(participants.search(HERE, { number: "x" })).toMatchObject({
    problem: { code: "NUMBER_INVALID", field: "/number" },
  });
  expect(await participants.add(HERE, input)).toMatchObject({ problem: { code: "NUMBER_TAKEN" } });
  expect(await participants.add(HERE, { ...input, number: null })).toMatchObject({ problem: { code: "MAIL_TAKEN" } });
  expect(await participants.add(HERE, { number: "+31687654321" })).toMatchObject({ problem: { field: "/locations" } });
  const moved = given(await participants.change(HERE, 10, { number: null, switchedOff: ["voice"] }));
  expect(moved).toMatchObject({ number: null, mail: "anna@example.org", switchedOff: ["voice"] });
  expect(given(await participants.change(HERE, 10, { switchedOff: [] })).switchedOff).toEqual(["voice"]);
  expect(given(await participants.change(HERE, 10, { paused: true })).status).toBe("paused");
  expect(given(await participants.change(HERE, 10, { paused: false, language: "en" }))).toMatchObject({
    status: "paused",
    language: "en",
  });
  expect(await participants.change(HERE, 10, { mail: null })).toMatchObject({ problem: { code: "INVALID_FIELD" } });
  given(await participants.erase(HERE, 10));
  expect(live.count).toBe(10);
  expect(given(participants.search(HERE, { mail: "anna@example.org" }))).toEqual([]);
});

test("an erasure is done when neither the person nor where their phone was can be read from the disk", async () => {
  const purges: (() => void)[] = [];
  const purge = () => new Promise<Result<void>>((done) => purges.push(() => done(ok(undefined))));
  const { participants, live } = await rigWith(people(), { purge });
  let isDone = false;
  const erased = participants.erase(HERE, 0).then((result) => {
    isDone = true;
    return result;
  });
  given(await live.settled());
  expect([purges.length, isDone]).toEqual([1, false]);
  purges[0]!();
  given(await erased);
});

test("a double is merged: places united, what the kept one lacks filled in, nothing switched on, the double gone", async () => {
  const { participants, live } = await rigWith(people());
  const near = place({ lng: 5.1 + 5e-6, channels: 1 });
  const far = place({ lng: 5.1 + 5e-5, channels: 1 });
  given(live.change(0, (now) => ({ ...now, number: 0, mail: "a@example.org", switchedOff: 0x20, joinedDay: 19_000 })));
  given(
    live.change(1, (now) => ({ ...now, locations: [near, far, place({ kind: 1 })], switchedOff: 0x10, phone: PHONE })),
  );
  const kept = given(await participants.merge(HERE, 0, 1));
  expect(kept).toMatchObject({ number: `+${FIRST_NUMBER + 1}`, mail: "a@example.org", switchedOff: ["sms", "push"] });
  expect(given(live.get(0))).toMatchObject({
    locations: [place(), far, place({ kind: 1 })],
    phone: PHONE,
    joinedDay: 19_000,
  });
  expect(given(live.get(1))).toBeUndefined();
  expect(live.byNumber(FIRST_NUMBER + 1)).toEqual([0]);
  expect(await participants.merge(HERE, 0, 0)).toMatchObject({ problem: { code: "INVALID_FIELD" } });
});

test("two with more locations together than one may have are not merged, and both stay", async () => {
  const { participants, live } = await rigWith(people());
  const nine = (from: number) => Array.from({ length: 9 }, (_, index) => place({ lng: from + index / 100 }));
  given(live.change(0, (now) => ({ ...now, locations: nine(5) })));
  given(live.change(1, (now) => ({ ...now, locations: nine(5.5) })));
  expect(await participants.merge(HERE, 0, 1)).toMatchObject({ problem: { code: "TOO_MANY_LOCATIONS" } });
  expect(given(live.get(1))?.locations).toHaveLength(9);
});

test("statistics and growth count the municipality's own, by the words of each field", async () => {
  const { live, statistics } = await rigWith(people());
  given(live.change(0, (now) => ({ ...now, mail: "a@example.org", needs: 3, phone: PHONE, switchedOff: 0x10 })));
  given(
    live.change(1, (now) => ({
      ...now,
      status: 1,
      locations: [place({ channels: 0x40 }), place({ kind: 1, channels: 0 })],
    })),
  );
  given(live.erase(2));
  const baker = { kind: 1, name: "Bakker", language: 2, locations: [place()] };
  given(live.add({ ...SOMEBODY, ...baker, number: FIRST_NUMBER + 200 }));
  expect(given(await statistics.statistics(HERE))).toMatchObject({
    ...{ participants: 5, withNumber: 5, withMail: 1, phones: 1 },
    statuses: { active: 4, paused: 1, unconfirmed: 0 },
    kinds: { person: 4, company: 1, institution: 0 },
    languages: { nl: 4, de: 1 },
    needs: { voiceInsteadOfText: 1, simpleLanguage: 1 },
    switchedOff: { sms: 1, push: 0 },
    channels: { sms: { inform: 4, trace: 4 }, push: { inform: 0, alarm: 1 } },
    locations: { home: 5, work: 1, other: 0 },
  });
  const growth = given(statistics.growth(HERE, "2024-10-03", "2024-10-04"));
  expect(growth).toEqual({
    total: 5,
    days: [
      { day: "2024-10-03", joined: 0, left: 0, total: 5 },
      { day: "2024-10-04", joined: 1, left: 1, total: 5 },
    ],
  });
  expect(given(statistics.growth(undefined, "2024-10-04", "2024-10-04")).total).toBe(10);
  // What was counted a moment ago is still given as statistics, and growth is of its own moment.
  for (const more of [201, 202, 203])
    given(live.add({ ...SOMEBODY, number: FIRST_NUMBER + more, locations: [place()] }));
  given(await live.settled());
  expect(given(await statistics.statistics(HERE)).participants).toBe(5);
  expect(given(statistics.growth(HERE, "2024-10-03", "2024-10-04"))).toEqual({
    total: 8,
    days: [
      { day: "2024-10-03", joined: 0, left: 0, total: 5 },
      { day: "2024-10-04", joined: 4, left: 1, total: 8 },
    ],
  });
  expect(statistics.growth(HERE, "2024-10-04", "2024-10-03")).toMatchObject({
    problem: { code: "INVALID_FIELD" },
  });
});

test("a merge is all in one commit, the next one", async () => {
  const folder = temporaryFolder();
  await writeSample(
    folder,
    people().map((each) => ({ ...each, row: each.row * 256 })),
  );
  const { participants, live, data, renewal } = await openRig(folder);
  given(live.change(0, (now) => ({ ...now, number: 0, mail: "a@example.org" })));
  given(await live.settled());
  void participants.merge(HERE, 0, 256);
  let durable = () => {};
  given(
    await data.store.commit(() => {
      durable = live.write();
    }),
  );
  const blocks = [0, 1].map((block) => given(data.store.table("participants").get(blockKey(live.generation, block))));
  const [kept, double] = blocks.map((sealed, block) => given(data.vault.openBlock(live.generation, block, sealed!)));
  const terms = given(readRecord(data.store)).terms;
  expect(readParticipant(kept!, 0, terms)).toMatchObject({ number: FIRST_NUMBER + 1, mail: "a@example.org" });
  expect(readParticipant(double!, 0, terms)).toBeUndefined();
  durable();
  await renewal.stop();
  given(await live.close());
  await data.store.close();
});

test("who is erased, or merged into another, can't be found by where the phone was", async () => {
  const rig = await rigWith(people());
  const { participants, live, positions, data } = rig;
  for (const one of [0, 1, 2]) {
    given(live.change(one, (now) => ({ ...now, phone: PHONE })));
    expect(positions.move(one, 5.1, 52.1, NOW_MS, NOW_MS)).toBe(MOVE.taken);
  }
  given(await positions.settled());
  const onDisk = () => {
    const found = new Set<number>();
    const journal = new PositionJournal(data.store.table("positions"), data.vault, 1);
    expect(journal.read({ position: (one) => void found.add(one), givenUp: () => {} })).toEqual([]);
    return [...found].sort();
  };
  expect(onDisk()).toEqual([0, 1, 2]);
  given(await participants.erase(HERE, 1));
  expect(onDisk()).toEqual([0, 2]);
  given(await participants.merge(HERE, 0, 2));
  expect(onDisk()).toEqual([0]);
});
