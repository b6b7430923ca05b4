/** Nobody asked is not "sent": what finds nobody has failed and says so, what looks like a mistake is warned of before. */
import { describe, expect, it } from "vitest";
import type { Preview } from "../../../../schemas/api/api.js";
import { FakeCarrier } from "../../dispatch/fake-carrier.js";
import { caller, code, FakeSelector, type Harness, must, request } from "../harness.js";
import { ownHarness } from "../own-harness.js";

const own = ownHarness();
let harness: Harness;

async function start(count: number): Promise<void> {
  harness = await own.start([new FakeCarrier("a", 1)], new FakeSelector(count));
}

const ALLOWED = { allowNobody: true } as const;
const REASON = { code: "NOBODY_INSIDE", detail: expect.stringContaining("allowNobody") };

describe("an action whose selection finds nobody", () => {
  it("has failed after its 201, everywhere where one looks, and is sent to nobody only where that is allowed", async () => {
    await start(0);
    const { id } = await harness.create({ dispatch: true });
    expect(await harness.at(id, "failed")).toMatchObject({ reason: REASON, waves: [] });
    expect(harness.actions.watched()).toMatchObject([{ id, status: "failed", reason: REASON }]);
    expect(harness.lifecycle.failures.counts).toEqual({ NOBODY_INSIDE: 1 });
    must(await harness.actions.dispatch(id, caller()));
    await harness.at(id, "failed");
    expect(harness.lifecycle.failures.counts).toEqual({ NOBODY_INSIDE: 2 });
    must(await harness.actions.dispatch(id, caller(), ALLOWED));
    expect(await harness.at(id, "sent")).toMatchObject({ reason: null, waves: [{ recipients: 0 }] });
    const allowed = await harness.create({ dispatch: true, ...ALLOWED });
    expect((await harness.at(allowed.id, "sent")).waves).toMatchObject([{ recipients: 0 }]);
  });

  it("is sent once somebody is inside, and has failed too where a restart took it up", async () => {
    await start(0);
    const draft = await harness.create();
    must(await harness.actions.dispatch(draft.id, caller()));
    await harness.at(draft.id, "failed");
    harness.selector.count_ = 3;
    must(await harness.actions.dispatch(draft.id, caller()));
    expect((await harness.at(draft.id, "sent")).waves).toMatchObject([{ recipients: 3 }]);
    harness.selector.count_ = 0;
    harness.selector.hold();
    const { id } = await harness.create({ dispatch: true });
    await harness.crash();
    await start(0);
    expect((await harness.at(id, "failed")).reason).toMatchObject(REASON);
  });

  it("says in its reason what looks wrong with its area", async () => {
    await start(0);
    const area = { type: "Circle", center: [52.1, 5.1], radiusMeters: 1_000 };
    const { id } = await harness.create({ area, dispatch: true });
    expect((await harness.at(id, "failed")).reason?.detail).toContain("exchanged");
  });
});

async function preview(fields: object, count = 5): Promise<Preview> {
  harness.selector.count_ = count;
  const { area } = request();
  const shown = await harness.preview({ area, ...fields });
  if (!shown.ok) throw new Error(shown.problem.detail);
  return shown.value;
}

const square = (lng: number, lat: number) => [
  [
    [lng, lat],
    [lng + 0.1, lat],
    [lng + 0.1, lat + 0.1],
    [lng, lat + 0.1],
    [lng, lat],
  ],
];

describe("a preview warns", () => {
  it.each([
    ["nothing", {}, 5, []],
    ["nobody", {}, 0, ["NOBODY_INSIDE"]],
    ["a circle of 5 m", { radiusMeters: 5 }, 5, ["RADIUS_SMALL"]],
    ["a circle of 300 km", { radiusMeters: 300_000 }, 5, ["RADIUS_LARGE"]],
    ["an exchanged centre", { center: [52.1, 5.1] }, 0, ["NOBODY_INSIDE", "COORDINATES_EXCHANGED"]],
  ])("of %s", async (_, circle, count, codes) => {
    await start(5);
    const area = { type: "Circle", center: [5.1, 52.1], radiusMeters: 1_000, ...circle };
    expect((await preview({ area }, count)).warnings.map((warning) => warning.code)).toEqual(codes);
  });

  it("of polygons that are exchanged, and not of those that lie elsewhere", async () => {
    await start(5);
    const codes = async (type: string, coordinates: unknown) =>
      (await preview({ area: { type, coordinates } })).warnings.map((warning) => warning.code);
    expect(await codes("Polygon", square(52, 5))).toEqual(["COORDINATES_EXCHANGED"]);
    expect(await codes("MultiPolygon", [square(52, 5), square(51, 4)])).toEqual(["COORDINATES_EXCHANGED"]);
    expect(await codes("Polygon", square(5, 52))).toEqual([]);
    expect(await codes("Polygon", square(13, 52))).toEqual([]);
  });
});

describe("a municipality", () => {
  it("that nobody knows is refused before anything is stored", async () => {
    await start(5);
    const area = { type: "Municipality", code: "GM9999" };
    const refused = { code: "MUNICIPALITY_UNKNOWN", field: "/area/code" };
    expect(await harness.preview({ area })).toMatchObject({ problem: refused });
    expect(await harness.actions.create(request({ area }), caller())).toMatchObject({ problem: refused });
    expect(harness.store.table("actions").count()).toBe(0);
  });

  it("that became part of another one is asked as that one, and the preview says so", async () => {
    await start(5);
    const area = { type: "Municipality", code: "GM0632" };
    expect((await preview({ area })).warnings).toMatchObject([{ code: "MUNICIPALITY_MERGED", field: "/area/code" }]);
    const action = await harness.create({ area, dispatch: true });
    expect(action.area).toEqual({ type: "Municipality", code: "GM0363" });
    await harness.at(action.id, "sent");
    expect(harness.selector.queries.map((query) => query.area)).toEqual(
      new Array(2).fill({ type: "Municipality", code: 363 }),
    );
  });
});

describe("a draft", () => {
  it("is cancelled by a stop, for good", async () => {
    await start(5);
    const { id } = await harness.create();
    expect(must(await harness.actions.stop(id, caller()))).toMatchObject({ status: "stopped", waves: [] });
    expect(code(await harness.actions.dispatch(id, caller()))).toBe("WRONG_STATE");
    await harness.crash();
    await start(5);
    expect(harness.get(id).status).toBe("stopped");
    expect(code(await harness.actions.dispatch(id, caller()))).toBe("WRONG_STATE");
    expect(harness.selector.selections).toBe(0);
  });

  it("is either cancelled or dispatched, whichever was asked first in the same moment", async () => {
    await start(5);
    const { id } = await harness.create();
    const both = await Promise.all([harness.actions.stop(id, caller()), harness.actions.dispatch(id, caller())]);
    expect(both.map(code)).toEqual([undefined, "WRONG_STATE"]);
    const other = await harness.create();
    const turned = await Promise.all([
      harness.actions.dispatch(other.id, caller()),
      harness.actions.stop(other.id, caller()),
    ]);
    expect(turned.map(code)).toEqual([undefined, undefined]);
    expect([harness.get(id).status, harness.get(other.id).status]).toEqual(["stopped", "stopped"]);
    await harness.crash();
    await start(5);
    expect([harness.get(id).status, harness.get(other.id).status]).toEqual(["stopped", "stopped"]);
  });
});
