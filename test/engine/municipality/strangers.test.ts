/**
 * Nothing that a municipality does tells it who is registered elsewhere: the same requests and files over two registries, which
 * differ in strangers alone, are answered alike to the last field, and so is everything that it looks at afterwards.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { GIVEN_ACTIVE, isShownActive } from "../../../engine/registry/columns/columns.js";
import { contactBit, isClaimed } from "../../../engine/registry/record/contact-marks.js";
import type { ParticipantCorrection } from "../../../schemas/api/municipality.js";
import { LocationInput } from "../../../schemas/api/participant.js";
import { temporaryFolder } from "../../temp-folder.js";
import { given, writeSample } from "../registry/samples.js";
import {
  ELSEWHERE,
  FIRST_NUMBER,
  file,
  HEADER,
  HERE,
  importFile,
  openRig,
  people,
  place,
  type Rig,
  row,
} from "./rig.js";
import { rigWith } from "./rig-with.js";

const SEED = Number(process.env.FC_SEED ?? 13);
const MAIL = "somebody@example.org";
const home = (lng = 5.1) => LocationInput.parse({ position: [lng, 52.1], channels: { sms: ["alarm"] } });
const text = (number: number): string => `+${number}`;
const STRANGER = FIRST_NUMBER + 5;

/** Participants 5 to 9 live elsewhere in both; in the second nobody has their numbers or the address. */
async function twins(): Promise<[Rig, Rig]> {
  const others = people().map((each) => (each.row < 5 ? each : { ...each, number: each.number + 1_000_000 }));
  const both = [await rigWith(people()), await rigWith(others)] as const;
  given(both[0].live.change(6, (now) => ({ ...now, mail: MAIL, contacts: contactBit("numberConfirmed") })));
  return [...both];
}

/** What can be done, with numbers of people here, of strangers and of nobody. */
const number = fc.constantFrom(0, 1, 2, 5, 6, 7, 40, 41).map((more) => FIRST_NUMBER + more);
const mail = fc.constantFrom(MAIL, "other@example.org");
const participant = fc.constantFrom(0, 1, 2, 5, 6, 10, 11);
const change = fc.record(
  {
    number: fc.option(number.map(text)),
    mail: fc.option(mail),
    language: fc.constantFrom("nl" as const, "en" as const),
    paused: fc.boolean(),
  },
  { requiredKeys: [] },
);
const rows = fc.array(
  fc.tuple(number, fc.constantFrom("active", "paused", "unconfirmed"), fc.option(mail, { nil: "" })),
  { maxLength: 5 },
);
type Step = (rig: Rig) => Promise<unknown>;
const step: fc.Arbitrary<Step> = fc.oneof(
  number.map(
    (one): Step =>
      async ({ participants }) =>
        participants.search(HERE, { number: text(one) }),
  ),
  mail.map(
    (one): Step =>
      async ({ participants }) =>
        participants.search(HERE, { mail: one }),
  ),
  change.map(
    (more): Step =>
      ({ participants }) => {
        return participants.add(HERE, { locations: [home()], ...more } as ParticipantCorrection);
      },
  ),
  fc.tuple(participant, change).map(
    ([one, more]): Step =>
      ({ participants }) => {
        return participants.change(HERE, one, more as ParticipantCorrection);
      },
  ),
  participant.map(
    (one): Step =>
      ({ participants }) =>
        participants.erase(HERE, one),
  ),
  fc.tuple(participant, participant).map(
    ([one, other]): Step =>
      ({ participants }) =>
        participants.merge(HERE, one, other),
  ),
  fc.tuple(rows, fc.boolean(), fc.constantFrom("allOrNothing" as const, "bestEffort" as const)).map(
    ([all, dryRun, mode]): Step =>
      async (rig) => {
        const lines = all.map(([one, status, address]) => `${row(one, { status }).trimEnd()},${address}\n`);
        const body = file(...lines).replace(HEADER, `${HEADER},mail`);
        const { state, problem, report, overtaken } = await importFile(rig, body, { dryRun, mode });
        return { state, problem, report, overtaken };
      },
  ),
);

/** All that the municipality can look at. */
async function seen({ participants, statistics, proposing }: Rig): Promise<unknown> {
  const counted = given(await statistics.statistics(HERE));
  return {
    statistics: { ...counted, countedAt: "" },
    growth: given(statistics.growth(HERE, "2024-10-03", "2024-10-05")),
    views: Array.from({ length: 40 }, (_, one) => participants.get(HERE, one)),
    proposals: proposing.list(HERE).map(({ proposal: _, ...rest }) => rest),
  };
}

/** Names of proposals are drawn. */
const unnamed = (value: unknown): string => JSON.stringify(value).replaceAll(/"proposal":"[0-9a-f-]{36}"/g, "");

test("whatever it does, it learns nothing of strangers", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
      const [with_, without] = await twins();
      for (const each of steps) expect(unnamed(await each(with_))).toBe(unnamed(await each(without)));
      expect(unnamed(await seen(with_))).toBe(unnamed(await seen(without)));
      for (const rig of [with_, without]) {
        expect(rig.problems).toEqual([]);
        await rig.close();
      }
    }),
    { numRuns: 25, seed: SEED },
  );
});

test("neither a dry run nor a real one says that somebody elsewhere has the number, and what it gave reaches nobody", async () => {
  const [rig] = await twins();
  const body = file(row(STRANGER));
  const dry = await importFile(rig, body, { dryRun: true });
  expect(dry).toMatchObject({ state: "done", report: { added: 1, refused: 0 } });
  const real = await importFile(rig, body);
  expect([real.state, real.report]).toEqual(["done", dry.report]);
  expect((await importFile(rig, body)).report).toMatchObject({ added: 0, unchanged: 1, refused: 0 });
  expect(given(rig.participants.search(HERE, { number: text(STRANGER) }))).toMatchObject([
    { participant: 10, status: "active" },
  ]);
  // To all that selects they are unconfirmed, and the one elsewhere is as before.
  const claim = given(rig.live.get(10))!;
  expect([isClaimed(claim, "number"), claim.status]).toEqual([true, 2]);
  expect(given(rig.live.get(5))?.locations).toEqual([place({ lat: 52.3, municipality: ELSEWHERE })]);
});

test("a claim is kept through pauses, changes and a restart, and is nothing more than that", async () => {
  const [rig] = await twins();
  const { participants, live } = rig;
  const added = given(await participants.add(HERE, { number: text(STRANGER), locations: [home()] }));
  expect(added.status).toBe("active");
  expect(given(await participants.change(HERE, 10, { paused: true })).status).toBe("paused");
  given(live.change(10, (now) => ({ ...now, status: 0, pausedUntil: 0 })));
  expect(given(participants.get(HERE, 10)).status).toBe("active");
  expect(given(live.get(10))?.status).toBe(2);
  // A number that nobody has makes somebody of them.
  expect(given(await participants.change(HERE, 10, { number: text(FIRST_NUMBER + 90) })).status).toBe("active");
  expect(given(live.get(10))).toMatchObject({ status: 0, contacts: 0 });
});

test("newcomers get their numbers in the order of the file, whoever of them somebody is elsewhere", async () => {
  const [rig] = await twins();
  await importFile(rig, file(row(FIRST_NUMBER + 40), row(STRANGER), row(FIRST_NUMBER + 41), row(STRANGER + 2)));
  const numbers = [10, 11, 12, 13].map((one) => given(rig.participants.get(HERE, one)).number);
  expect(numbers).toEqual([40, 5, 41, 7].map((more) => text(FIRST_NUMBER + more)));
});

test("what counts people for who looks after them counts a claim, which selection leaves out, also after a restart", async () => {
  const folder = temporaryFolder();
  await writeSample(folder, people());
  const stateOf = ({ columns }: Rig) => new Uint8Array(columns.status)[10];
  const rig = await openRig(folder);
  given(await rig.participants.add(HERE, { number: text(STRANGER), locations: [home()] }));
  expect(stateOf(rig)).toBe(GIVEN_ACTIVE);
  expect(isShownActive(GIVEN_ACTIVE)).toBe(true);
  await rig.close();
  const again = await openRig(folder);
  expect(stateOf(again)).toBe(GIVEN_ACTIVE);
  given(await again.participants.change(HERE, 10, { paused: true }));
  expect(isShownActive(stateOf(again)!)).toBe(false);
  await again.close();
});

test("a claim is the owner once nobody else is", async () => {
  const [rig] = await twins();
  given(await rig.participants.add(HERE, { number: text(STRANGER), locations: [home()] }));
  given(await rig.participants.erase(ELSEWHERE, 5));
  expect(given(rig.live.get(10))).toMatchObject({ status: 0, contacts: 0 });
});

test("two municipalities may each give the same number, and one of them reaches its owner", async () => {
  const [rig] = await twins();
  const elsewhere = LocationInput.parse({ position: [5.1, 52.3], channels: { sms: ["alarm"] } });
  given(await rig.participants.add(HERE, { number: text(FIRST_NUMBER + 80), locations: [home()] }));
  given(await rig.participants.add(ELSEWHERE, { number: text(FIRST_NUMBER + 80), locations: [elsewhere] }));
  expect([10, 11].map((one) => given(rig.live.get(one))?.status)).toEqual([0, 2]);
  expect(await rig.participants.add(HERE, { number: text(FIRST_NUMBER + 80), locations: [home()] })).toMatchObject({
    problem: { code: "NUMBER_TAKEN" },
  });
});
