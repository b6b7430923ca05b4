import fc from "fast-check";
import { expect, test } from "vitest";
import { registryStats } from "../../../../engine/registry/columns/stats.js";
import { dayOf } from "../../../../engine/registry/csv/days.js";
import { type ImportOptions, importRegistry } from "../../../../engine/registry/csv/import.js";
import type { Participant } from "../../../../engine/registry/record/participant.js";
import { REGISTRY } from "../../../../schemas/limits.js";
import { temporaryFolder } from "../../../temp-folder.js";
import { exported, given, readParticipants, writeParticipants } from "../samples.js";
import { participant } from "../wishes.js";

const HEADER =
  "participant,number,status,language,kind,lng,lat,channels,schedule,municipality," +
  "switchedOff,type,name,mail,needs,pausedUntil,joinedOn,contacts,except,timeZone,inDanger";
const GOOD = {
  participant: "1",
  number: "+31612000001",
  status: "active",
  language: "nl",
  kind: "home",
  lng: "4.5",
  lat: "52.25",
  channels: "sms:alarm+trace",
  schedule: "always",
  municipality: "GM0363",
};
type Columns = Partial<Record<string, string>>;

function row(changes: Columns = {}): string {
  const fields: Columns = { ...GOOD, ...changes };
  return HEADER.split(",")
    .map((name) => fields[name] ?? "")
    .join(",");
}

function imported(folder: string, rows: readonly string[], options?: ImportOptions) {
  async function* input() {
    yield Buffer.from([HEADER, ...rows, ""].join("\n"));
  }
  return importRegistry(folder, input(), options);
}

/** Participants as a registry can have them: what contradicts itself is put right. */
function consistent(drawn: readonly Participant[]): Map<number, Participant> {
  const today = dayOf(Date.now());
  const people = new Map<number, Participant>();
  for (const [index, person] of drawn.entries()) {
    people.set(index * 100, {
      ...person,
      number: person.number === 0 ? 0 : 31_610_000_000 + index,
      mail: person.mail === "" ? "" : `${index}${person.mail}`,
      name: person.kind === 0 ? "" : person.name || "De Ark",
      joinedDay: Math.min(person.joinedDay, today),
      pausedUntil:
        person.status === 1 && person.pausedUntil > 0 ? (today + 2) * 86_400 + (person.pausedUntil % 1e8) : 0,
    });
  }
  return people;
}

test("export and import lose nothing of anybody, wherever they have locations and phones or not", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(participant, { minLength: 1, maxLength: 12 }), async (drawn) => {
      const people = consistent(drawn);
      const [first, second] = [temporaryFolder(), temporaryFolder()];
      await writeParticipants(first, people);
      const written = await exported(first);
      const text = written.bytes.toString();
      expect(written.rows).toBe(text.split("\n").length - 2);
      const report = given(await importRegistry(second, bytes(text)));
      expect(report).toMatchObject({ rows: written.rows, refused: 0 });
      expect(await readParticipants(second)).toEqual(people);
      expect((await exported(second)).bytes.toString()).toBe(text);
    }),
    { numRuns: 25 },
  );
});

async function* bytes(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}

test("a row for the phone, a row for nowhere, and what a file leaves empty", async () => {
  const folder = temporaryFolder();
  const phone = { kind: "Phone", lng: "", lat: "", municipality: "", channels: "push:alarm", schedule: "sa 10-12" };
  const own = { type: "company", name: '"De Boer, Woerden"', mail: "Info@DeBoer.example", joinedOn: "2024-02-29" };
  const rows = [
    row(own),
    row({ ...own, ...phone, except: "push:hitAndRun+other voice:OTHER", timezone: "", inDanger: "Nothing" }),
    row({ ...own, kind: "work", timeZone: "europe/berlin" }),
    row({
      participant: "2",
      number: "",
      kind: "",
      lng: "",
      lat: "",
      municipality: "",
      channels: "",
      needs: "simpleLanguage VOICEinsteadOfText",
    }),
    row({ participant: "3", number: "", ...phone }),
  ];
  expect(given(await imported(folder, rows))).toMatchObject({ rows: 5, refused: 0 });
  const people = await readParticipants(folder);
  expect([...people.keys()]).toEqual([1, 2, 3]);
  expect(people.get(1)).toMatchObject({
    kind: 1,
    name: "De Boer, Woerden",
    mail: "info@deboer.example",
    joinedDay: Date.UTC(2024, 1, 29) / 86_400_000,
    locations: [
      { kind: 0, terms: { except: 0, zone: 0, inDanger: 0 } },
      { kind: 1, terms: { zone: 2 } },
    ],
    phone: { channels: 0x40, terms: { except: ((1 << 11) | (1 << 14) | (1 << 30)) >>> 0, inDanger: 2 } },
  });
  expect(people.get(2)).toMatchObject({ locations: [], phone: undefined, needs: 3 });
  expect(people.get(3)).toMatchObject({ locations: [], phone: { channels: 0x40 } });
});

test("a pause that is over is none, and one to come needs who is paused", async () => {
  const folder = temporaryFolder();
  const rows = [
    row({ participant: "1", number: "", status: "paused", pausedUntil: "2021-01-01T00:00:00Z" }),
    row({ participant: "2", number: "", status: "paused", pausedUntil: "2099-01-01T00:00:00.5+01:00" }),
    row({ participant: "3", number: "", status: "paused" }),
    row({ participant: "4", number: "", status: "unconfirmed", pausedUntil: "2021-01-01T00:00:00Z" }),
    row({ participant: "5", number: "", status: "active", pausedUntil: "2099-01-01T00:00:00Z" }),
  ];
  const report = given(await imported(folder, rows));
  expect(report.refusals.map(({ line, code }) => [line, code])).toEqual([[6, "PAUSED_UNTIL_INVALID"]]);
  const people = [...(await readParticipants(folder)).values()];
  expect(people.map(({ status, pausedUntil }) => [status, pausedUntil])).toEqual([
    [0, 0],
    [1, Date.UTC(2098, 11, 31, 23) / 1_000 + 1],
    [1, 0],
    [2, 0],
  ]);
});

const BAD: readonly (readonly [Columns, string])[] = [
  [{ type: "club" }, "TYPE_UNKNOWN"],
  [{ name: "Anna" }, "NAME_INVALID"],
  [{ type: "company" }, "NAME_INVALID"],
  [{ type: "company", name: "x".repeat(REGISTRY.nameCharacters + 1) }, "NAME_INVALID"],
  [{ type: "company", name: "a\u2028b" }, "NAME_INVALID"],
  ...["=", "+", "-", "@"].map((sign) => [{ type: "company", name: `${sign}1+1` }, "NAME_INVALID"] as const),
  [{ mail: "anna" }, "MAIL_INVALID"],
  [{ mail: "anna@example" }, "MAIL_INVALID"],
  [{ mail: `${"a".repeat(250)}@example.org` }, "MAIL_INVALID"],
  [{ participant: "2", number: "+31612000002", mail: "TAKEN@example.org" }, "MAIL_TAKEN"],
  [{ needs: "quiet" }, "NEEDS_UNKNOWN"],
  [{ status: "paused", pausedUntil: "2099-01-01" }, "PAUSED_UNTIL_INVALID"],
  [{ status: "paused", pausedUntil: "2099-02-30T00:00:00Z" }, "PAUSED_UNTIL_INVALID"],
  [{ status: "paused", pausedUntil: "2199-01-01T00:00:00Z" }, "PAUSED_UNTIL_INVALID"],
  [{ joinedOn: "2026-02-30" }, "JOINED_ON_INVALID"],
  [{ joinedOn: "2099-01-01" }, "JOINED_ON_INVALID"],
  [{ joinedOn: "1960-01-01" }, "JOINED_ON_INVALID"],
  [{ except: "sms" }, "EXCEPT_INVALID"],
  [{ except: "sms:alarm" }, "EXCEPT_INVALID"],
  [{ timeZone: "Mars/Olympus" }, "TIME_ZONE_UNKNOWN"],
  [{ inDanger: "all" }, "IN_DANGER_UNKNOWN"],
  [{ kind: "phone" }, "LNG_INVALID"],
  [{ kind: "phone", lng: "" }, "LAT_INVALID"],
  [{ kind: "phone", lng: "", lat: "" }, "MUNICIPALITY_INVALID"],
  [{ kind: "house" }, "KIND_UNKNOWN"],
  [{ kind: "home", lng: "", lat: "" }, "LNG_INVALID"],
  [{ mail: "taken@example.org", joinedOn: "2020-01-01" }, "PARTICIPANT_DIFFERS"],
  [{ mail: "other@example.org" }, "PARTICIPANT_DIFFERS"],
];

test("each wish that can't be is refused by its line with a code that tells why, and costs nothing but itself", async () => {
  const folder = temporaryFolder();
  const phone = { kind: "phone", lng: "", lat: "", municipality: "", mail: "taken@example.org" };
  const rows = [
    row({ mail: "taken@example.org" }),
    row(phone),
    ...BAD.map(([changes]) => row(changes)),
    row(phone),
    // The number of the one who was refused for a mail address is still free.
    row({ participant: "3", number: "+31612000002" }),
  ];
  const report = given(await imported(folder, rows));
  const expected = [...BAD.map(([, code], at) => [at + 4, code]), [BAD.length + 4, "PHONE_TWICE"]];
  expect(report.refusals.map(({ line, code }) => [line, code])).toEqual(expected);
  expect(report.refusals.find(({ code }) => code === "MAIL_TAKEN")?.reason).toContain("line 2");
  expect(JSON.stringify(report.refusals)).not.toMatch(/taken@|other@|31612/i);
  const people = await readParticipants(folder);
  expect([...people.values()].map(({ number }) => number)).toEqual([31_612_000_001, 31_612_000_002]);
});

test("who is known by mail alone keeps what was switched off, through an import that says otherwise", async () => {
  const folder = temporaryFolder();
  given(await imported(folder, [row({ number: "", mail: "anna@example.org", switchedOff: "email" })]));
  const moved = row({ participant: "9", number: "", mail: "ANNA@example.org" });
  const report = given(await imported(folder, [moved], { replace: true }));
  expect(report.keptOff).toBe(1);
  expect((await readParticipants(folder)).get(9)?.switchedOff).toBe(0x40);
});

test("statistics count wishes once over locations and phone", async () => {
  const folder = temporaryFolder();
  const company = { type: "company", name: "De Boer", mail: "info@deboer.example", needs: "simpleLanguage" };
  const pause = { status: "paused", pausedUntil: "2099-01-01T00:00:00Z" };
  given(
    await imported(folder, [
      row({ ...company, timeZone: "Europe/Berlin" }),
      row({ ...company, timeZone: "Europe/Berlin", kind: "work" }),
      row({ ...company, kind: "phone", lng: "", lat: "", municipality: "", channels: "push:alarm" }),
      row({ participant: "2", number: "", kind: "", lng: "", lat: "", municipality: "", ...pause }),
    ]),
  );
  expect(given(await registryStats(folder))).toMatchObject({
    participants: 2,
    locations: 2,
    app: 1,
    withoutNumber: 1,
    withMail: 1,
    phones: 1,
    pausedUntil: 1,
    statuses: { active: 1, paused: 1 },
    types: { person: 1, company: 1, institution: 0 },
    needs: { voiceInsteadOfText: 0, simpleLanguage: 1 },
    timeZones: { "Europe/Amsterdam": 1, "Europe/Berlin": 1 },
  });
});
