/**
 * Any sequence of changes, commits, sweeps and restarts against a plain map of participants: columns, indexes, growth, what
 * selection finds by brute force over the map, and what a restart reads from the store, all agree.
 */
import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { createPool } from "../../../../engine/pool/tasks.js";
import type { Participant } from "../../../../engine/registry/record/participant.js";
import { TermsTable } from "../../../../engine/registry/record/terms.js";
import { makeRows, viewsOf } from "../../../../engine/selection/rows/regions.js";
import type { SelectionQuery } from "../../../../engine/selection/selector.js";
import { CHANNELS, groupBits, switchedOffBit } from "../../../../schemas/words.js";
import { eligibleRows, type World } from "../../../property/world.js";
import { temporaryFolder } from "../../../temp-folder.js";
import { codeOf, given, type SamplePerson, writeSample } from "../samples.js";
import { SOMEBODY, termsOf } from "../somebody.js";
import { DAY_MS, LiveRig } from "./rig.js";

const NUMBER = 31_690_000_000;
const SMS_OFF = switchedOffBit("sms");
const UNUSED = 3;
const START_MS = 20_000 * DAY_MS;
/** Enough for more than one block. */
const THERE = 300;
const NUMBERS = [0, NUMBER, NUMBER + 1, NUMBER + 2, NUMBER + THERE, NUMBER + THERE + 1];
const MAILS = ["", "a@example.org", "b@example.org", "c@example.org"];

const location = fc.record({
  kind: fc.nat(2),
  lng: fc.integer({ min: 0, max: 20 }).map((step) => 5 + step / 100),
  lat: fc.integer({ min: 0, max: 20 }).map((step) => 52 + step / 100),
  channels: fc.constantFrom(0xffff, 0x00ff, 0x1234),
  terms: fc.constantFrom("always", "never", "mo-fr 08-18", "sa 10-12").map(termsOf),
  municipality: fc.constantFrom(0, 344, 363),
  postcode: fc.constantFrom(0, 3_441_002),
});
const phone = fc.option(fc.record({ channels: fc.nat(0xffff), terms: fc.constant(termsOf("su 01-02")) }), {
  nil: undefined,
});
const patch = fc.record(
  {
    number: fc.constantFrom(...NUMBERS),
    mail: fc.constantFrom(...MAILS),
    status: fc.constantFrom(0, 0, 1, 2),
    switchedOff: fc.constantFrom(0, 0, SMS_OFF, switchedOffBit("push")),
    language: fc.nat(8),
    needs: fc.nat(7),
    kind: fc.nat(2),
    name: fc.constantFrom("", "Bakkerij Ö"),
    pausedUntil: fc.constantFrom(0, 5, 10).map((after) => after && START_MS / 1_000 + after),
    locations: fc.array(location, { maxLength: 3 }),
    phone,
  },
  { requiredKeys: [] },
);
const who = fc.oneof(fc.nat(6), fc.nat({ max: THERE + 12 }), fc.constant(THERE));
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("add" as const), patch }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("change" as const), who, patch, byThemselves: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("erase" as const), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("switch" as const), who, to: fc.constantFrom("off", "on") }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("settle", "ledger", "sweep", "begin") }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("restart", "select") }) },
);

const pool = createPool();
afterAll(() => pool.destroy());

/** The registry as a plain map, and what its owner is told. */
class Model {
  readonly people = new Map<number, Participant>();
  readonly growth = new Map<string, number>();
  next = THERE;

  count(kind: "joined" | "left", dayMs: number, municipalities: Iterable<number>): void {
    for (const each of municipalities) {
      const key = `${kind}/${dayMs / DAY_MS}/${each}`;
      this.growth.set(key, (this.growth.get(key) ?? 0) + 1);
    }
  }

  having(key: "number" | "mail", value: number | string): number[] {
    const found = [...this.people].filter(([, person]) => person[key] === value && value !== 0 && value !== "");
    return found.map(([participant]) => participant).sort((a, b) => a - b);
  }

  refusal(participant: number, after: Participant): string {
    const before = this.people.get(participant);
    for (const key of ["number", "mail"] as const) {
      const isOther = this.having(key, after[key]).some((each) => each !== participant);
      if (after[key] !== before?.[key] && isOther) return key === "number" ? "NUMBER_TAKEN" : "MAIL_TAKEN";
    }
    return "ok";
  }
}

const homes = ({ locations }: Participant) => new Set(locations.map(({ municipality }) => municipality));
const without = (some: Set<number>, others: Set<number>) => [...some].filter((each) => !others.has(each));
class Trial {
  readonly model = new Model();
  rig!: LiveRig;

  constructor(readonly folder: string) {}

  async start(nowMs: number): Promise<void> {
    this.rig = await LiveRig.open(this.folder, nowMs, { pool });
  }

  async step(one: typeof step extends fc.Arbitrary<infer T> ? T : never): Promise<void> {
    const { rig } = this;
    if (one.do === "add" && "patch" in one) this.add({ ...SOMEBODY, ...one.patch } as Participant);
    else if (one.do === "change" && "byThemselves" in one) this.change(one.who, one.patch, one.byThemselves);
    else if (one.do === "erase" && "who" in one) this.erase(one.who);
    else if (one.do === "switch" && "to" in one) this.switch(one.who, one.to as "off" | "on");
    else if (one.do === "settle") given(await rig.live.settled());
    // A commit is under way while the next steps are made.
    else if (one.do === "begin") void rig.live.settled();
    else if (one.do === "ledger") await rig.ledger();
    else if (one.do === "sweep") await this.sweep();
    else if (one.do === "select") await this.select();
    else if (one.do === "restart") await this.restart();
  }

  add(person: Participant): void {
    const { model, rig } = this;
    const expected = model.refusal(-1, person);
    const added = rig.live.add(person);
    expect(codeOf(added)).toBe(expected);
    if (!added.ok) return;
    expect(added.value).toBe(model.next++);
    model.people.set(added.value, person);
    model.count("joined", rig.nowMs - (rig.nowMs % DAY_MS), [0xffff, ...homes(person)]);
  }

  change(participant: number, patch: object, byThemselves: boolean): void {
    const { model, rig } = this;
    const before = model.people.get(participant);
    const changed = rig.live.change(participant, (now) => ({ ...now, ...patch }), { byThemselves });
    const after = { ...SOMEBODY, ...before, ...patch };
    if (!byThemselves) after.switchedOff |= before?.switchedOff ?? 0;
    expect(codeOf(changed)).toBe(before === undefined ? "NOT_FOUND" : model.refusal(participant, after));
    if (!changed.ok || before === undefined) return;
    expect(changed.value).toEqual(after);
    model.people.set(participant, after);
    const day = rig.nowMs - (rig.nowMs % DAY_MS);
    model.count("joined", day, without(homes(after), homes(before)));
    model.count("left", day, without(homes(before), homes(after)));
  }

  erase(participant: number): void {
    const { model, rig } = this;
    const before = model.people.get(participant);
    expect(codeOf(rig.live.erase(participant))).toBe(before === undefined ? "NOT_FOUND" : "ok");
    if (before === undefined) return;
    model.people.delete(participant);
    model.count("left", rig.nowMs - (rig.nowMs % DAY_MS), [0xffff, ...homes(before)]);
  }

  switch(participant: number, to: "off" | "on"): void {
    const before = this.model.people.get(participant);
    const isOff = before !== undefined && (before.switchedOff & SMS_OFF) !== 0;
    const changes = before !== undefined && isOff !== (to === "off");
    expect(given(this.rig.live.switchSms([participant], to))).toBe(changes ? 1 : 0);
    if (changes) this.model.people.set(participant, { ...before, switchedOff: before.switchedOff ^ SMS_OFF });
  }

  async sweep(): Promise<void> {
    this.rig.nowMs += 4_000;
    given(await this.rig.live.sweep(this.rig.nowMs));
    for (const [participant, person] of this.model.people) {
      const isOver = person.status === 1 && person.pausedUntil > 0 && person.pausedUntil * 1_000 <= this.rig.nowMs;
      if (isOver) this.model.people.set(participant, { ...person, status: 0, pausedUntil: 0 });
    }
  }

  async restart(): Promise<void> {
    const { nowMs } = this.rig;
    this.agree();
    await this.rig.close();
    await this.start(nowMs);
    this.agree();
    const locations = [...this.model.people.values()].reduce((sum, person) => sum + person.locations.length, 0);
    expect(this.rig.registry.locations.count).toBe(locations);
    const phones = [...this.model.people].filter(([, person]) => person.phone).map(([participant]) => participant);
    const { sparse } = this.rig.registry;
    expect([...sparse.phones].filter((_, at) => at % 3 === 0)).toEqual(phones.sort((a, b) => a - b));
  }

  /** Everything that is in memory says what the map says. */
  agree(): void {
    const { rig, model } = this;
    expect([rig.problems, rig.live.count]).toEqual([[], model.people.size]);
    for (let row = 0; row < model.next + 2; row++) {
      const person = model.people.get(row);
      expect(given(rig.live.get(row))).toEqual(person);
      const isReached = person?.status === 0 && (person.switchedOff & SMS_OFF) === 0;
      const number = person === undefined || person.number === 0 ? 0 : isReached ? person.number : -person.number;
      const columns = [rig.numbers[row], rig.status[row], rig.language[row], rig.groups[row]];
      const status = person === undefined ? UNUSED : person.status | person.switchedOff;
      const groups = groupBits(person?.kind ?? 0, person?.needs ?? 0);
      expect(columns).toEqual([number, status, person?.language ?? 0, groups]);
    }
    for (const number of NUMBERS) expect(rig.live.byNumber(number)).toEqual(model.having("number", number));
    for (const mail of MAILS) expect(rig.live.byMail(mail)).toEqual(model.having("mail", mail));
  }

  async select(): Promise<void> {
    const world = worldOf(this.model);
    for (const channel of CHANNELS.slice(0, 2)) {
      const area = { type: "Circle", center: [5.1, 52.1], radiusMeters: 9_000 } as const;
      const atMs = Date.UTC(2026, 10, 24, 10);
      const query: SelectionQuery = { area, channel, domain: "alarm", kind: "other", urgency: "normal", atMs };
      const roster = given(await this.rig.selector.select(query));
      const columns = viewsOf(world.locations);
      const expected = new Set(eligibleRows(world, query).map((row) => columns.participant[row]!));
      const found = [...new Uint32Array(roster.participants)];
      expect(found.sort((a, b) => a - b)).toEqual([...expected].sort((a, b) => a - b));
    }
  }

  growth(): void {
    const day = Math.floor(this.rig.nowMs / DAY_MS);
    for (const municipality of [undefined, 0, 344, 363]) {
      const [found] = given(this.rig.live.growth(municipality, day, day));
      const [joined, left] = (["joined", "left"] as const).map(
        (kind) => this.model.growth.get(`${kind}/${day}/${municipality ?? 0xffff}`) ?? 0,
      );
      expect(found).toEqual({ day, joined, left });
      const isMember = ({ locations }: Participant) =>
        municipality === undefined || locations.some((location) => location.municipality === municipality);
      expect(this.rig.live.members(municipality)).toBe([...this.model.people.values()].filter(isMember).length);
    }
  }
}

/** The map as the brute force of the property tests of selection wants it. */
function worldOf({ people, next }: Model): World {
  const table = new TermsTable();
  const rows = [...people].flatMap(([participant, person]) => person.locations.map((at) => ({ participant, ...at })));
  const locations = makeRows(rows.length);
  const columns = viewsOf(locations);
  for (const [row, at] of rows.entries()) {
    columns.lng[row] = at.lng;
    columns.lat[row] = at.lat;
    columns.participant[row] = at.participant;
    columns.channels[row] = at.channels;
    columns.terms[row] = table.add(at.terms)!;
    columns.municipality[row] = at.municipality;
  }
  const status = new SharedArrayBuffer(next);
  const bytes = new Uint8Array(status).fill(UNUSED);
  for (const [participant, person] of people) bytes[participant] = person.status | person.switchedOff;
  const nothing = new SharedArrayBuffer(0);
  const terms = new SharedArrayBuffer(table.words().byteLength);
  new Uint32Array(terms).set(table.words());
  return {
    locations,
    terms,
    participants: {
      count: next,
      numbers: nothing,
      language: nothing,
      groups: nothing,
      addresses: nothing,
      asked: nothing,
      status,
    },
  };
}

function personThere(row: number): SamplePerson {
  const at = { lng: 5 + (row % 21) / 100, lat: 52 + (row % 19) / 100, channels: 0xffff, schedule: "always" };
  return {
    ...{ row, number: NUMBER + row, status: 0, language: 0 },
    locations: [{ ...at, municipality: 344, kind: 0 }],
  };
}

it("agrees with a plain map of participants", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
      const trial = new Trial(temporaryFolder());
      const people = Array.from({ length: THERE }, (_, row) => personThere(row));
      await writeSample(trial.folder, people);
      for (const { row, number, locations } of people) {
        const [{ schedule, ...at }] = locations as [SamplePerson["locations"][number]];
        const home = { ...at, terms: termsOf(schedule), postcode: 0 };
        const there = { ...SOMEBODY, number, joinedDay: 0, locations: [home] };
        trial.model.people.set(row, there);
      }
      await trial.start(START_MS);
      for (const one of steps) await trial.step(one);
      trial.agree();
      await trial.select();
      await trial.restart();
      trial.growth();
      await trial.select();
      await trial.rig.close();
    }),
    { numRuns: 30 },
  );
});
