/** What a municipality may say of somebody, and what is theirs: who confirmed a contact by a code, or lives elsewhere as well. */
import { expect, test } from "vitest";
import { contactBit } from "../../../engine/registry/record/contact-marks.js";
import { LocationInput } from "../../../schemas/api/participant.js";
import { temporaryFolder } from "../../temp-folder.js";
import { codeOf, given, writeSample } from "../registry/samples.js";
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

const NUMBER = "+31612345678";
const home = (lng: number) => LocationInput.parse({ position: [lng, 52.1], channels: { push: ["alarm"] } });

/** Participant 0 has confirmed the number, 1 lives elsewhere too, 2 is the municipality's alone. */
function owned({ live }: Rig): void {
  given(live.change(0, (now) => ({ ...now, contacts: contactBit("numberConfirmed") })));
  given(
    live.change(1, (now) => ({ ...now, locations: [...now.locations, place({ lat: 52.3, municipality: ELSEWHERE })] })),
  );
}

async function rigOwned(): Promise<Rig> {
  const rig = await rigWith(people());
  owned(rig);
  return rig;
}

test("a number, an address and an erasure are proposed to who owns themselves, and done to who does not", async () => {
  const { participants, live, proposing } = await rigOwned();
  for (const participant of [0, 1]) {
    const changed = given(await participants.change(HERE, participant, { number: NUMBER, mail: "a@example.org" }));
    expect(changed).toMatchObject({
      ...{ number: `+${FIRST_NUMBER + participant}`, mail: null },
      proposals: [
        { kind: "number", state: "open", value: NUMBER },
        { kind: "mail", state: "open", value: "a@example.org" },
      ],
    });
    expect(given(await participants.erase(HERE, participant))).toMatchObject({
      kind: "erasure",
      state: "open",
      value: null,
    });
    expect(given(live.get(participant))).toMatchObject({ number: FIRST_NUMBER + participant, mail: "" });
  }
  const done = given(await participants.change(HERE, 2, { number: NUMBER }));
  expect(done).toMatchObject({ number: NUMBER, proposals: [] });
  expect(given(await participants.erase(HERE, 2))).toBe("erased");
  expect(proposing.list(HERE)).toHaveLength(6);
  expect(proposing.list(ELSEWHERE)).toEqual([]);
});

test("the answer is the same whether somebody lives elsewhere or has confirmed, and names no other place", async () => {
  const { participants } = await rigOwned();
  const answers = [];
  for (const participant of [0, 1]) {
    const changed = given(await participants.change(HERE, participant, { mail: "a@example.org" }));
    const erased = given(await participants.erase(HERE, participant));
    answers.push(
      JSON.stringify([changed, erased]).replaceAll(/"(proposal|participant|number|createdAt|until)":[^,}]*/g, ""),
    );
  }
  expect(answers[0]).toBe(answers[1]);
  expect(answers[0]).not.toContain("GM0363");
});

test("places here are the municipality's in any case; what a person wishes is not, whole objects sent back apart", async () => {
  const { participants, live } = await rigOwned();
  const moved = given(await participants.change(HERE, 1, { language: "nl", locations: [home(5.2)] }));
  expect(moved.locations.map(({ position }) => position[0])).toEqual([5.2]);
  expect(given(live.get(1))?.locations).toHaveLength(2);
  for (const [change, field] of [
    [{ language: "en" }, "/language"],
    [{ paused: true }, "/paused"],
    [{ switchedOff: ["sms"] }, "/switchedOff"],
    [{ needs: ["simpleLanguage"] }, "/needs"],
    [{ kind: "company", name: "De Ark" }, "/kind"],
  ] as const) {
    for (const participant of [0, 1]) {
      const refused = await participants.change(HERE, participant, change as never);
      expect(refused).toMatchObject({ ok: false, problem: { code: "PARTICIPANTS_OWN", field } });
    }
  }
  expect(given(await participants.change(HERE, 2, { language: "en" })).language).toBe("en");
});

test("whoever sees all of the country acts for all of it", async () => {
  const { participants } = await rigOwned();
  expect(given(await participants.change(undefined, 1, { number: NUMBER })).number).toBe(NUMBER);
  expect(given(await participants.erase(undefined, 0))).toBe("erased");
});

test("a double that owns itself is not merged away, and who owns themselves gains places by a merge and no contact", async () => {
  const { participants, live } = await rigOwned();
  expect(await participants.merge(HERE, 2, 0)).toMatchObject({
    problem: { code: "PARTICIPANTS_OWN", field: "/participant" },
  });
  given(live.change(2, (now) => ({ ...now, mail: "b@example.org", locations: [place({ kind: 1 })] })));
  const kept = given(await participants.merge(HERE, 0, 2));
  expect([kept.mail, kept.locations.length]).toEqual([null, 2]);
  expect(given(live.get(2))).toBeUndefined();
});

test("a proposal is one, however often it is made; it can be withdrawn, and is nobody else's", async () => {
  const { participants, proposing } = await rigOwned();
  for (let time = 0; time < 3; time++) given(await participants.change(HERE, 0, { number: NUMBER }));
  const [one, ...more] = proposing.list(HERE);
  expect(more).toEqual([]);
  expect(codeOf(await proposing.withdraw(ELSEWHERE, one!.proposal))).toBe("NOT_FOUND");
  given(await proposing.withdraw(HERE, one!.proposal));
  expect(codeOf(await proposing.withdraw(HERE, one!.proposal))).toBe("NOT_FOUND");
  expect(given(participants.get(HERE, 0)).proposals).toEqual([]);
});

test("a file corrects places of who owns themselves, proposes their contacts once, and says so", async () => {
  const rig = await rigOwned();
  const line = (number: number, mail: string) => `${row(number, { kind: "work" }).trimEnd()},${mail}\n`;
  const text = file(...[0, 1, 2].map((at) => line(FIRST_NUMBER + at, `${at}@example.org`))).replace(
    HEADER,
    `${HEADER},mail`,
  );
  const dry = await importFile(rig, text, { dryRun: true });
  expect(dry.report).toMatchObject({ changed: 3, proposed: 2, fields: { locations: 3, mail: 1 } });
  const real = await importFile(rig, text);
  expect([real.state, real.report]).toEqual(["done", dry.report]);
  expect([0, 1, 2].map((at) => given(rig.live.get(at))?.mail)).toEqual(["", "", "2@example.org"]);
  expect([0, 1, 2].map((at) => given(rig.live.get(at))?.locations[0]?.kind)).toEqual([1, 0, 1]);
  expect(
    rig.proposing
      .list(HERE)
      .map(({ value }) => value)
      .sort(),
  ).toEqual(["0@example.org", "1@example.org"]);
  expect((await importFile(rig, text)).report).toMatchObject({ changed: 0, unchanged: 3, proposed: 0 });
});

test("what was proposed outlives the process, and goes with the participant", async () => {
  const folder = temporaryFolder();
  await writeSample(folder, people());
  const rig = await openRig(folder);
  owned(rig);
  given(await rig.participants.change(HERE, 0, { number: NUMBER }));
  await rig.close();
  const again = await openRig(folder);
  expect(again.proposing.list(HERE)).toMatchObject([{ participant: 0, value: NUMBER }]);
  given(await again.participants.erase(undefined, 0));
  expect(again.proposing.list(HERE)).toEqual([]);
  await again.close();
});
