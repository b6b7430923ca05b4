/** Actions whose areas have as many vertices as may be: where they are checked, how many are written in a turn, and how they are listed. */
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { ActionStore } from "../../../engine/actions/action-store.js";
import type { ActionPage } from "../../../schemas/api/api.js";
import type { Result } from "../../../schemas/errors.js";
import { API } from "../../../schemas/limits.js";
import { countsByTurn } from "../../turns.js";
import { FakeCarrier } from "../dispatch/fake-carrier.js";
import { caller, must } from "./harness.js";
import { start } from "./life.js";
import { ownHarness } from "./own-harness.js";

const own = ownHarness();

function largeArea() {
  const edge = Array.from({ length: API.areaVertices - 3 }, (_, at) => [5 + at / API.areaVertices, 52.12345678901234]);
  const outline = [[5, 52], ...edge, [6, 52], [5, 52]] as [number, number][];
  return { type: "Polygon" as const, coordinates: [outline] };
}

it("has a large area checked in the turn of what it is for: that of a draft in the one of previews, and once", async () => {
  const harness = await start(own, 5, new FakeCarrier("a", 1));
  const area = largeArea();
  const alarm = { area, timeCritical: true, domain: "alarm", kind: "calamity", urgency: "extreme" };
  const draft = await harness.create(alarm);
  await harness.create({ ...alarm, dispatch: true });
  await harness.create({ area, timeCritical: false, dispatch: true });
  await harness.preview({ area });
  must(await harness.actions.dispatch(draft.id, caller()));
  await harness.at(draft.id, "sent");
  expect(harness.checkedIn).toEqual(["optional", "extreme", "normal", "optional"]);
});

it("writes one large area in a turn, however many come in one moment", async () => {
  const desk = await start(own, 5, new FakeCarrier("a", 1));
  const inTurns = countsByTurn();
  const put = ActionStore.prototype.put;
  vi.spyOn(ActionStore.prototype, "put").mockImplementation(function (this: ActionStore, record) {
    inTurns[0]++;
    put.call(this, record);
  });
  onTestFinished(() => void vi.restoreAllMocks());
  await Promise.all(Array.from({ length: 5 }, () => desk.create({ area: largeArea() })));
  expect(Math.max(...inTurns)).toBe(1);
  expect(inTurns.filter((puts) => puts > 0)).toHaveLength(5);
});

describe("a page of the list", () => {
  it("is cut where its areas are large, and leaves none out", async () => {
    const harness = await start(own, 5, new FakeCarrier("a", 1));
    const large = largeArea();
    const small = { type: "Circle" as const, center: [5.1, 52.1] as [number, number], radiusMeters: 500 };
    const ids: string[] = [];
    for (const area of [small, small, large, large, small]) ids.unshift((await harness.create({ area })).id);
    expect(JSON.stringify(large).length).toBeGreaterThan(API.pageBytes);
    const pages: string[][] = [];
    let after: string | null = null;
    do {
      const page: Result<ActionPage> = harness.actions.list(after ?? undefined, API.pageSize);
      if (!page.ok) throw new Error(page.problem.detail);
      pages.push(page.value.actions.map(({ id }) => id));
      after = page.value.next;
    } while (after !== null);
    expect(pages).toEqual([[ids[0]], [ids[1]], [ids[2]], [ids[3], ids[4]]]);
  });
});
