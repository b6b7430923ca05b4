import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { loadRegistry } from "../../../../engine/registry/columns/load.js";
import { registryStats } from "../../../../engine/registry/columns/stats.js";
import { exportRegistry } from "../../../../engine/registry/csv/export.js";
import { type ImportOptions, importRegistry } from "../../../../engine/registry/csv/import.js";
import type { Progress } from "../../../../engine/registry/progress.js";
import { blockKey } from "../../../../engine/vault/block-key.js";
import { REGISTRY } from "../../../../schemas/limits.js";
import { temporaryFolder } from "../../../temp-folder.js";
import { flattened, given, somePeople, withStore, writeSample } from "../samples.js";

const HEADER = "participant,number,status,language,kind,lng,lat,channels,schedule,municipality";
const ROW = "1,+31612000001,active,nl,home,4.5,52.25,sms:alarm+trace,always,GM0363";

/** Columns that came later, as export writes them. */
const LATER = "type,name,mail,needs,pausedUntil,joinedOn,contacts,except,timeZone,inDanger,byPostcode";

/** In chunks of a few bytes, so that lines, and characters, are torn. */
async function* chunks(text: string, size = 7): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function imported(folder: string, text: string, options?: ImportOptions) {
  return importRegistry(folder, chunks(text), options);
}

async function exported(folder: string): Promise<string> {
  let text = "";
  const output = new Writable({
    highWaterMark: 100,
    write(chunk, _encoding, done) {
      text += chunk;
      setImmediate(done);
    },
  });
  given(await exportRegistry(folder, output));
  return text;
}

/** A row as the good one but for the columns given. */
function row(changes: Record<string, string | number>): string {
  const names = HEADER.split(",");
  return ROW.split(",")
    .map((field, index) => changes[names[index]!] ?? field)
    .join(",");
}

test("importing what was exported gives the same registry, participant numbers too", async () => {
  const [first, second] = [temporaryFolder(), temporaryFolder()];
  await writeSample(first, [...somePeople(600, 3), { ...somePeople(1)[0]!, row: 70_000, number: 0 }]);
  const text = await exported(first);
  const progress: Progress[] = [];
  const report = given(await imported(second, text, { onProgress: (at) => progress.push(at) }));
  expect(report).toMatchObject({ rows: 1_201, refused: 0 });
  expect(progress.at(-1)).toMatchObject({ done: 1_201, total: 1_201, leftMs: 0 });
  expect(flattened(given(await loadRegistry(second)))).toEqual(flattened(given(await loadRegistry(first))));
  expect(await exported(second)).toBe(text);
});

test("byte order mark, CR LF, quotes, blank lines, spaces and another order of columns are taken", async () => {
  const folder = temporaryFolder();
  const text = [
    "\ufeffNumber,participant,kind,status,language,lat,lng,channels,municipality,schedule",
    '31612000001,1,"home",active,nl,52.25,4.5,"sms:alarm push:alarm",GM0363,"mo-fr 08-18; sa 10-12"',
    "",
    '+31612000001,"1", WORK ,Active,NL,-52.25e-3,179.999999,,"",never',
    "  ",
    ',3,other,paused,fy,0,0,voice:trace,,"always"',
  ].join("\r\n");
  expect(given(await imported(folder, text))).toMatchObject({ rows: 3, refused: 0 });
  const loaded = flattened(given(await loadRegistry(folder)));
  expect(loaded.numbers).toEqual([0, 31_612_000_001, 0, 0]);
  expect(loaded.locations).toEqual([
    { participant: 1, lng: 4.5, lat: 52.25, channels: 0x44, schedule: "mo-fr 08-18; sa 10-12", municipality: 363 },
    { participant: 1, lng: 179.999999, lat: -0.05225, channels: 0, schedule: "never", municipality: 0 },
    { participant: 3, lng: 0, lat: 0, channels: 0x8000, schedule: "always", municipality: 0 },
  ]);
});

const BAD: readonly (readonly [string, string])[] = [
  [row({ participant: "x" }), "PARTICIPANT_INVALID"],
  [row({ participant: REGISTRY.participants }), "PARTICIPANT_INVALID"],
  [row({ participant: "-1" }), "PARTICIPANT_INVALID"],
  [row({ participant: 5_000_000 }), "PARTICIPANT_GAP"],
  [row({ participant: 0 }), "PARTICIPANT_ORDER"],
  [row({ status: "paused" }), "PARTICIPANT_DIFFERS"],
  [row({ number: "+31612000002" }), "PARTICIPANT_DIFFERS"],
  [row({ language: "en" }), "PARTICIPANT_DIFFERS"],
  [row({ participant: 2 }), "NUMBER_TAKEN"],
  [row({ number: "0690000001" }), "NUMBER_IMPOSSIBLE"],
  [row({ number: "+3161200000a" }), "NUMBER_INVALID"],
  [row({ number: "+3161200000123456" }), "NUMBER_IMPOSSIBLE"],
  [row({ participant: 2, number: "0201234567" }), "NUMBER_NOT_MOBILE"],
  [row({ participant: 2, number: "0881234567", channels: "voice:alarm" }), "NUMBER_OF_ORGANISATION"],
  [row({ status: "gone" }), "STATUS_UNKNOWN"],
  [row({ language: "xx" }), "LANGUAGE_UNKNOWN"],
  [row({ kind: "house" }), "KIND_UNKNOWN"],
  [row({ lng: "180.01" }), "LNG_INVALID"],
  [row({ lng: "" }), "LNG_INVALID"],
  [row({ lng: "0x10" }), "LNG_INVALID"],
  [row({ lat: "NaN" }), "LAT_INVALID"],
  [row({ lat: "91" }), "LAT_INVALID"],
  [row({ lng: "52.25", lat: "4.5" }), "POSITION_EXCHANGED"],
  [row({ channels: "sms" }), "CHANNELS_INVALID"],
  [row({ schedule: "mo 8" }), "SCHEDULE_INVALID"],
  [row({ municipality: "363" }), "MUNICIPALITY_INVALID"],
  [`${ROW},more`, "FIELD_COUNT"],
  [row({ kind: '"home' }), "QUOTE_UNCLOSED"],
  [row({ schedule: "y".repeat(REGISTRY.rowCharacters) }), "ROW_TOO_LONG"],
];

test("each bad row is refused by its line with a code that tells why, and costs nothing but itself", async () => {
  const folder = temporaryFolder();
  const last = row({ participant: 2, number: "+31612000002" });
  const text = [HEADER, ROW, ...BAD.map(([bad]) => bad), last, ""].join("\n");
  const seen: number[] = [];
  const report = given(await imported(folder, text, { onRefusal: ({ line }) => seen.push(line) }));
  expect(report.refusals.map(({ line, code }) => [line, code])).toEqual(BAD.map(([, code], at) => [at + 3, code]));
  expect(seen).toEqual(report.refusals.map(({ line }) => line));
  expect(report).toMatchObject({ rows: BAD.length + 2, refused: BAD.length });
  expect(report.refusals.find(({ code }) => code === "NUMBER_TAKEN")?.reason).toContain("line 2");
  expect(JSON.stringify(report.refusals)).not.toMatch(/31612/);
  expect(flattened(given(await loadRegistry(folder))).numbers).toEqual([0, 31_612_000_001, 31_612_000_002]);
});

test("a participant has no more locations than may be, and the first refusals are told while all are counted", async () => {
  const folder = temporaryFolder();
  const rows = Array.from({ length: REGISTRY.locationsPerParticipant + REGISTRY.reportedRows + 5 }, () => ROW);
  const report = given(await imported(folder, [HEADER, ...rows].join("\n")));
  expect(report.registry.locations).toBe(REGISTRY.locationsPerParticipant);
  expect(report.refusedByCode).toEqual({ TOO_MANY_LOCATIONS: REGISTRY.reportedRows + 5 });
  expect(report.refusals.length).toBe(REGISTRY.reportedRows);
});

test("a file that gives no registry leaves the one that is there", async () => {
  const folder = temporaryFolder();
  await writeSample(folder, somePeople(300));
  const before = await exported(folder);
  const code = async (text: string, options?: ImportOptions) => {
    const result = await imported(folder, text, options);
    return result.ok ? "imported" : `${result.problem.code} ${result.problem.field ?? ""}`.trim();
  };
  expect(await code(`${HEADER}\n${ROW}`)).toBe("REGISTRY_EXISTS");
  const replace = { replace: true };
  expect(await code("", replace)).toBe("ROW_INVALID line 1");
  expect(await code(ROW, replace)).toBe("ROW_INVALID line 1");
  expect(await code(`${HEADER},lng\n`, replace)).toBe("ROW_INVALID line 1");
  expect(await code(`${HEADER},extra\n`, replace)).toBe("ROW_INVALID line 1");
  expect(await code(HEADER, replace)).toBe("ROW_INVALID");
  expect(await code(`${HEADER}\n${row({ lat: "north" })}`, replace)).toBe("ROW_INVALID");
  async function* broken() {
    yield Buffer.from(`${HEADER}\n${ROW}\n`);
    throw new Error("the pipe broke");
  }
  const cut = await importRegistry(folder, broken(), replace);
  expect(cut.ok ? "imported" : cut.problem.detail).toContain("the pipe broke");
  expect(await exported(folder)).toBe(before);
});

test("a generated registry stays one through export and import, and one such row is enough", async () => {
  const folder = temporaryFolder();
  const text = `${HEADER},origin\n${ROW},\n${row({ participant: 2, number: "" })},generated\n`;
  expect(given(await imported(folder, text)).registry.generated).toBe(true);
  const out = await exported(folder);
  expect(out.split("\n")[1]).toBe(`${ROW},,,,,,,,,,,,,generated`);
  expect(given(await imported(folder, out, { replace: true })).registry.generated).toBe(true);
  expect(given(await imported(folder, `${HEADER}\n${ROW}`, { replace: true })).registry.generated).toBe(false);
});

test("channels that are switched off survive export and import, and a file without that column has none", async () => {
  const [folder, second] = [temporaryFolder(), temporaryFolder()];
  const other = row({ participant: 2, number: "+31612000002", status: "paused" });
  const text = `${HEADER},SwitchedOff\n${ROW},sms\n${ROW},SMS\n${ROW},\n${other},voice  push\n${ROW},smoke\n`;
  const report = given(await imported(folder, text));
  expect(report.refusals.map(({ code }) => code)).toEqual(["PARTICIPANT_DIFFERS", "SWITCHED_OFF_UNKNOWN"]);
  const off = flattened(given(await loadRegistry(folder)));
  expect(off.numbers).toEqual([0, -31_612_000_001, -31_612_000_002]);
  expect(off.status).toEqual([3, 0x10, 0x01 | 0x20 | 0x80]);
  const out = await exported(folder);
  expect(out.split("\n").slice(0, 2)).toEqual([`${HEADER},switchedOff,${LATER}`, `${ROW},sms,,,,,,,,,,,`]);
  given(await imported(second, out));
  expect(flattened(given(await loadRegistry(second)))).toEqual(off);
  expect(await exported(second)).toBe(out);
});

test("what somebody switched off stays off through an import, by number, whatever the file says", async () => {
  const folder = temporaryFolder();
  const quiet = row({ participant: 2, number: "+31612000002" });
  const nobody = row({ participant: 3, number: "" });
  given(await imported(folder, `${HEADER},switchedOff\n${ROW},sms\n${quiet},push\n${nobody},sms\n`));
  const moved = row({ participant: 7, number: "+31612000001" });
  const report = given(
    await imported(
      folder,
      `${HEADER},switchedOff\n${quiet},push voice\n${row({ participant: 3, number: "" })},\n${moved},\n`,
      { replace: true },
    ),
  );
  expect(report.keptOff).toBe(1);
  const { status, numbers } = flattened(given(await loadRegistry(folder)));
  expect([status[2], status[3], status[7]]).toEqual([0x20 | 0x80, 0, 0x10]);
  expect(numbers[7]).toBe(-31_612_000_001);
});

test("an import that can't know who switched a channel off changes nothing, and says so", async () => {
  const folder = temporaryFolder();
  const { generation } = await writeSample(folder, somePeople(600));
  await withStore(folder, async (store) =>
    given(await store.commit(() => void store.table("participants").remove(blockKey(generation, 1)))),
  );
  expect(await imported(folder, `${HEADER}\n${ROW}\n`, { replace: true })).toMatchObject({
    ok: false,
    problem: {
      code: "STORE_CORRUPT",
      field: "participants/1",
      detail: expect.stringContaining("switched a channel off"),
    },
  });
});

test("an output that fails ends the export with a problem", async () => {
  const folder = temporaryFolder();
  await writeSample(folder, somePeople(3_000));
  const output = new Writable({ write: (_chunk, _encoding, done) => done(new Error("the disk is full")) });
  const result = await exportRegistry(folder, output);
  expect(result.ok ? "exported" : result.problem.detail).toContain("the disk is full");
});

test("statistics count people once over their locations", async () => {
  const folder = temporaryFolder();
  const text = [
    `${HEADER},switchedOff`,
    `${row({ channels: "sms:alarm push:alarm" })},`,
    `${row({ channels: "sms:alarm+inform", municipality: "GM0080", kind: "work", schedule: "mo 08-18" })},`,
    `${row({ participant: 900, number: "", municipality: "", language: "fy", status: "paused", channels: "email:inform" })},voice sms`,
  ].join("\n");
  given(await imported(folder, text));
  expect(given(await registryStats(folder))).toEqual({
    generated: false,
    seed: null,
    participants: 2,
    locations: 3,
    app: 1,
    withoutNumber: 1,
    withMail: 0,
    phones: 0,
    terms: 2,
    statuses: { active: 1, paused: 1, unconfirmed: 0, erased: 0 },
    pausedUntil: 0,
    types: { person: 2, company: 0, institution: 0, careHome: 0, school: 0 },
    needs: { voiceInsteadOfText: 0, simpleLanguage: 0, help: 0 },
    switchedOff: { sms: 1, push: 0, email: 0, voice: 1 },
    languages: { nl: 1, en: 0, de: 0, fr: 0, fy: 1, pl: 0, tr: 0, ar: 0, uk: 0 },
    kinds: { home: 2, work: 1, other: 0 },
    timeZones: { "Europe/Amsterdam": 2 },
    channels: {
      sms: { inform: 1, involve: 0, alarm: 1, trace: 0 },
      push: { inform: 0, involve: 0, alarm: 1, trace: 0 },
      email: { inform: 1, involve: 0, alarm: 0, trace: 0 },
      voice: { inform: 0, involve: 0, alarm: 0, trace: 0 },
    },
    municipalities: { none: 1, GM0080: 1, GM0363: 1 },
  });
});
