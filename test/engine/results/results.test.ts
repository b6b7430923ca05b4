/** A year of records on a real store: what goes in comes out, at rest or not, as a whole and divided; and open data tells of no few. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openResults } from "../../../bench/results/opened.js";
import { type Fact, makeFacts, putYear, YEAR } from "../../../bench/results/year.js";
import { municipalityCode } from "../../../engine/geo/municipality-code.js";
import { OpenResults, openData, openPeriod } from "../../../engine/results/open-data.js";
import { RESULTS } from "../../../schemas/limits.js";
import type { Figures, ResultsReport } from "../../../schemas/results/results.js";
import { temporaryFolder } from "../../temp-folder.js";
import { codeOf, given } from "../registry/samples.js";

const SEED = 20_251_231;
const WHOLE = { from: `${YEAR.year}-01-01`, to: `${YEAR.year}-12-31` };

function opened(at = temporaryFolder()): ReturnType<typeof openResults> {
  return openResults(at, { now: () => Date.UTC(YEAR.year + 1, 5, 1), steadyMs: () => performance.now() });
}

/** The same figures, by going through the facts once for each. */
function expected(facts: readonly Fact[]): Partial<Figures> {
  const sum = (value: (fact: Fact) => number): number => facts.reduce((total, fact) => total + value(fact), 0);
  const share = (part: number): number => Math.round((part / facts.length) * 10_000) / 10_000;
  const direct = facts.filter(({ isDirect }) => isDirect).length;
  const caught = facts.filter(({ isCaught }) => isCaught).length;
  const withReaction = facts.filter(({ reactions }) => reactions > 0).length;
  const reactions = sum((fact) => fact.reactions);
  const messages = sum(({ asked, thanked }) => asked + thanked);
  return {
    ...{ actions: facts.length, asked: sum(({ asked }) => asked), messages: { sms: messages }, reactions },
    reactionsBy: reactions === 0 ? {} : { sms: reactions },
    cost: [
      { currency: "EUR", amount: Math.round(sum(({ asked, thanked, cents }) => (asked + thanked) * cents)) / 100 },
    ],
    ...{ withReaction, withReactionShare: share(withReaction), direct, directShare: share(direct) },
    ...{ caught, caughtShare: share(caught) },
    outcomes: { success: direct, partialSuccess: 0, noSuccess: facts.length - direct, cancelled: 0, none: 0 },
    incidentToFirstMessage: spread(facts.map((fact) => fact.secondsToFirstMessage)),
    firstMessageToFirstReaction: spread(facts.flatMap((fact) => fact.secondsToFirstReaction ?? [])),
    firstMessageToEnd: spread(facts.map((fact) => fact.secondsToEnd)),
  };
}

function spread(seconds: readonly number[]): Figures["firstMessageToEnd"] {
  const sorted = seconds.toSorted((one, other) => one - other);
  /** The smallest that so many are no larger than. */
  const at = (part: number) => sorted.find((_, index) => index + 1 >= part * sorted.length) ?? null;
  return { actions: seconds.length, median: at(0.5), p90: at(0.9) };
}

function groupsOf(facts: readonly Fact[], name: (fact: Fact) => string | number): [string | number, Fact[]][] {
  const names = [...new Set(facts.map(name))].sort((one, other) => (one < other ? -1 : 1));
  return names.map((one) => [one, facts.filter((fact) => name(fact) === one)]);
}

describe("a year of 8,400 actions", () => {
  const facts = makeFacts(SEED);
  let folder: ReturnType<typeof opened>;
  let report: ResultsReport;
  let parent: string;

  afterAll(async () => {
    await folder.store.close();
    rmSync(parent, { recursive: true });
  });
  beforeAll(async () => {
    parent = mkdtempSync(join(tmpdir(), "seinpost-test-"));
    mkdirSync(join(parent, "data"));
    folder = opened(join(parent, "data"));
    await putYear(folder, facts);
    report = given(await folder.results.report(WHOLE));
  });

  test("gives the figures that are published of one", () => {
    const { total, timeCritical, kinds } = report;
    expect([total.actions, timeCritical.actions, total.reactions]).toEqual([8_400, 5_000, 21_200]);
    expect([timeCritical.withReactionShare, timeCritical.directShare]).toEqual([0.48, 0.1]);
    expect(kinds.find(({ kind }) => kind === "missingPerson")).toMatchObject({ actions: 1_000, directShare: 0.14 });
  });

  test("gives exactly what went in, as a whole, by month, kind and municipality", () => {
    expect(report.total).toEqual(expected(facts));
    expect(report.timeCritical).toEqual(expected(facts.filter((fact) => fact.timeCritical)));
    const rows = <Name extends object>(
      named: (fact: Fact) => string | number,
      name: (value: string | number) => Name,
    ) => groupsOf(facts, named).map(([value, group]) => ({ ...name(value), ...expected(group) }));
    expect(report.months).toEqual(
      rows(
        ({ day }) => day.slice(0, 7),
        (month) => ({ month }),
      ),
    );
    expect(report.kinds).toEqual(
      rows(
        ({ kind }) => kind,
        (kind) => ({ kind }),
      ),
    );
    expect(report.municipalities).toEqual(
      rows(
        ({ municipality }) => municipality,
        (number) => ({ municipality: municipalityCode(Number(number)) }),
      ),
    );
  });

  test("gives the same of a part of it", async () => {
    const query = { from: "2025-03-01", to: "2025-04-15", kind: "burglary", municipality: "GM0363" };
    const part = facts.filter(
      (fact) => fact.day >= query.from && fact.day <= query.to && fact.kind === "burglary" && fact.municipality === 363,
    );
    expect(part.length).toBeGreaterThan(0);
    expect(given(await folder.results.report(query)).total).toEqual(expected(part));
  });

  test("gives the same once it is at rest, and what people wrote and the waves are gone", async () => {
    expect(report.unsettled).toBe(8_400);
    for (let pass = 0; pass * RESULTS.perPass < facts.length; pass++) given(await folder.results.tidy());
    const rested = given(await folder.results.report(WHOLE));
    expect(rested.unsettled).toBe(0);
    for (const name of ["replies", "waves"] as const) {
      given(await folder.store.commit(() => void folder.store.table(name).clear()));
    }
    expect({ ...rested, unsettled: 8_400 }).toEqual(report);
    // That who was asked is gone is no change, and what they wrote could not be counted again.
    const archived = { ...given(folder.records.get(facts[1]!.id)), status: "archived" } as const;
    given(await folder.store.commit(() => folder.records.put(archived)));
    expect(given(await folder.results.report(WHOLE))).toEqual(rested);
    // What changes of one that is at rest counts from then on, and not twice.
    const changed = given(folder.records.get(facts[0]!.id));
    given(
      await folder.store.commit(() =>
        folder.records.put({ ...changed, end: { text: "", outcome: "cancelled" }, waves: [] }),
      ),
    );
    const after = given(await folder.results.report(WHOLE));
    expect([after.unsettled, after.total.actions]).toEqual([1, 8_399]);
  });

  test("is refused with the field where it can't be", async () => {
    const report = async (query: object) => {
      const answer = await folder.results.report(query);
      return [codeOf(answer), answer.ok ? undefined : answer.problem.field];
    };
    expect(await report({ from: "2025-02-01", to: "2025-01-31" })).toEqual(["INVALID_FIELD", "to"]);
    expect(await report({ from: "1990-02-01", to: "2025-01-31" })).toEqual(["INVALID_FIELD", "from"]);
  });
});

describe("what changes while it is put to rest", () => {
  const one = makeFacts(SEED).slice(0, 3);
  const ended = { text: "", outcome: "cancelled" } as const;

  test.each([0, 1, 2, 3, 4, 5])("is not at rest as it was: %i turns after the look began", async (turns) => {
    const { records, results, store, ...folder } = opened();
    await putYear({ records, store, ...folder }, one);
    const before = given(records.get(one[0]!.id));
    const change = async (): Promise<void> => {
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
      given(await store.commit(() => records.put({ ...before, end: ended })));
    };
    const [rested] = await Promise.all([results.tidy(), change()]);
    given(rested);
    expect(given(await results.report(WHOLE)).total.outcomes.cancelled).toBe(1);
    await store.close();
  });

  test("and what the desk writes down after that still counts", async () => {
    const { records, results, store, replies, vault, waves } = opened();
    await putYear({ records, store, replies, vault, waves }, one);
    given(await results.tidy());
    const before = given(await results.report(WHOLE));
    expect(before.unsettled).toBe(0);
    const [{ id }] = one as [Fact];
    const reply = {
      receivedAtMs: Date.UTC(YEAR.year + 1, 1, 1),
      channel: "voice",
      text: "gezien",
      missing: 0,
    } as const;
    given(
      await store.commit(() => {
        replies.put(id, replies.nextPlace(id), reply);
        vault.write();
      }),
    );
    expect(given(await results.report(WHOLE)).total.reactions).toBe(before.total.reactions! + 1);
    await store.close();
  });
});

describe("open data", () => {
  test("is of whole months that are over", () => {
    expect(openPeriod(2025, "2026-03-02")).toEqual({ from: "2025-01-01", to: "2025-12-31" });
    expect(openPeriod(2026, "2026-03-02")).toEqual({ from: "2026-01-01", to: "2026-02-28" });
    expect(openPeriod(2028, "2028-03-31")).toEqual({ from: "2028-01-01", to: "2028-02-29" });
    expect([openPeriod(2026, "2026-01-31"), openPeriod(2027, "2026-12-31")]).toEqual([undefined, undefined]);
  });

  test("tells of fewer than five nowhere, and no difference of what it tells does", async () => {
    const { results, ...folder } = opened();
    const all = makeFacts(SEED);
    const rare = all
      .filter(({ kind, municipality }, at) => at % 40 === 0 || (kind === "nuisance" && municipality === 14))
      .slice(0, 250);
    await putYear(folder, rare);
    const report = given(await results.report(WHOLE));
    const open = openData(report);
    const columns = ["actions", "asked", "reactions", "withReaction", "direct", "caught"] as const;
    let hidden = 0;
    for (const column of columns) {
      for (const rows of ["months", "kinds", "municipalities"] as const) {
        const told = open[rows].map((row) => row[column]);
        const real = report[rows].map((row) => row[column]!);
        hidden += told.filter((count) => count === null).length;
        for (const [at, count] of told.entries()) {
          if (count === null) continue;
          expect(count === 0 || count >= RESULTS.peopleMin).toBe(true);
          expect(Math.abs(count - real[at]!)).toBeLessThan(RESULTS.peopleMin);
        }
        // Where a part of one to four is hidden, another is too, so that the total does not tell it.
        if (real.some((count) => count > 0 && count < RESULTS.peopleMin)) {
          expect(told.filter((count, at) => count === null && real[at]! > 0).length).toBeGreaterThan(1);
        }
      }
      const [total, realTotal] = [open.total[column], report.total[column]!];
      expect(total === null || total % RESULTS.peopleMin === 0).toBe(true);
      if (total !== null) expect(Math.abs(total! - realTotal)).toBeLessThan(RESULTS.peopleMin);
    }
    // A time beside a hidden count would say which of two hidden ones is the larger.
    for (const row of [...open.months, ...open.kinds, ...open.municipalities, open.timeCritical]) {
      if (row.actions === null)
        expect([row.incidentToFirstMessage.median, row.firstMessageToEnd.median]).toEqual([null, null]);
      if (row.withReaction === null) expect(row.firstMessageToFirstReaction.median).toBeNull();
    }
    for (const { amount } of open.total.cost!) expect(amount % RESULTS.peopleMin).toBe(0);
    expect(hidden).toBeGreaterThan(10);
    expect(JSON.stringify(open.municipalities)).not.toContain("EUR");
  });

  test("is worked out once, however many ask, until it is old", async () => {
    const { results, store } = opened();
    let [made, nowMs] = [0, 0];
    const counted = {
      report: (query: object) => {
        made++;
        return results.report(query);
      },
    };
    const open = new OpenResults(counted, () => nowMs);
    await Promise.all(Array.from({ length: 20 }, () => open.of(WHOLE)));
    nowMs = RESULTS.openForMs - 1;
    const last = given(await open.of(WHOLE));
    expect([made, last.total.actions]).toEqual([1, 0]);
    nowMs++;
    given(await open.of(WHOLE));
    expect(made).toBe(2);
    await store.close();
  });

  test("has a share and a time of no few either", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 12 }), (actions, withReaction) => {
        const times = { actions, median: 3, p90: 4 };
        const figures = {
          ...{
            actions,
            asked: actions,
            messages: { sms: actions },
            cost: [],
            reactions: withReaction,
            reactionsBy: {},
          },
          ...{
            withReaction,
            withReactionShare: 0.5,
            direct: 0,
            directShare: 0,
            caught: 0,
            caughtShare: 0,
            outcomes: {},
          },
          ...{ incidentToFirstMessage: times, firstMessageToFirstReaction: times, firstMessageToEnd: times },
        };
        const base = {
          from: "2025-01-01",
          to: "2025-12-31",
          unsettled: 0,
          exercises: 0,
          tests: 0,
          months: [],
          kinds: [],
        };
        const { total, timeCritical } = openData({
          ...base,
          total: figures,
          timeCritical: figures,
          municipalities: [],
        });
        for (const { firstMessageToEnd, withReactionShare, ...row } of [total, timeCritical]) {
          if (actions < 5) expect(firstMessageToEnd.median).toBeNull();
          if (row.withReaction === null) expect(withReactionShare).toBeNull();
          if (withReaction > 0 && withReaction < 5) expect(withReactionShare).toBeNull();
        }
      }),
    );
  });
});
