/** Exercises and tests: to their group alone, marked everywhere, never real, and not counted with what is. */
import { describe, expect, it } from "vitest";
import type { Change } from "../../../../engine/actions/service.js";
import { ActionRequest } from "../../../../schemas/api/api.js";
import { ok } from "../../../../schemas/errors.js";
import { FakeCarrier } from "../../dispatch/fake-carrier.js";
import { until } from "../../dispatch/fixtures.js";
import { given } from "../../registry/samples.js";
import { caller, code, FakeSelector, type Harness, must, request } from "../harness.js";
import { ownHarness } from "../own-harness.js";

const own = ownHarness();
/** Selects 1,000 to 1,099, of whom three are in the group, with somebody who is elsewhere. */
async function start(): Promise<Harness> {
  const harness = await own.start([new FakeCarrier("a", 1)], new FakeSelector(100));
  given(await harness.testGroups.put("desk", [1_042, 1_007, 1_099, 5]));
  return harness;
}
const restart = () => own.restart([new FakeCarrier("a", 1)], new FakeSelector(100));

const EXERCISE = { mode: "exercise", testGroup: "desk" };
const UNREAL = [EXERCISE, { mode: "test", testGroup: "desk" }];
const END = { text: "thank you", outcome: "success" as const };
const as =
  (mode: "actual" | "exercise" | "test"): Change =>
  (before) =>
    ok({ ...before, mode });

describe.each(UNREAL)("an action of the mode $mode", (fields) => {
  const mark = fields.mode === "exercise" ? "OEFENING: " : "TEST: ";

  it("asks and thanks its group alone, nearest first, and says so in every message and answer", async () => {
    const harness = await start();
    const { id } = await harness.create({ ...fields, dispatch: true });
    await harness.at(id, "sent");
    const asked = harness.log().filter(({ segment }) => segment === 0);
    expect(asked.map(({ participant }) => participant)).toEqual([1_007, 1_042, 1_099]);
    must(await harness.actions.end(id, END, caller()));
    const ended = await harness.at(id, "ended");
    expect(ended).toMatchObject({ ...fields, text: "boy is missing" });
    expect(ended.waves.map(({ text, recipients }) => [text, recipients])).toEqual([
      [`${mark}boy is missing`, 3],
      [`${mark}thank you`, 3],
    ]);
    const [shown] = harness.actions.watched();
    expect(shown).toMatchObject({ mode: fields.mode, text: `${mark}thank you` });
  });

  it("says so in what follows, and asks nobody else: a widening, an update, a repeat and a correction", async () => {
    const harness = await start();
    const { id } = await harness.create({ ...fields, dispatch: true });
    await harness.at(id, "sent");
    harness.selector.count_ = 110;
    given(await harness.testGroups.put("desk", [1_042, 1_007, 1_099, 1_105, 5]));
    const { actions } = harness;
    must(await actions.widen(id, { area: request().area } as never, caller()));
    const reached = (kind: string, count: number) =>
      until(() => harness.get(id).waves.some((wave) => wave.kind === kind && wave.counts.acknowledged === count));
    await reached("widening", 1);
    must(await actions.update(id, { text: "in shorts" }, caller()));
    await reached("update", 4);
    must(await actions.repeat(id, caller()));
    await reached("repeat", 4);
    must(await actions.correct(id, { text: "false alarm" }, caller()));
    const { waves } = await harness.at(id, "ended");
    expect(waves.map(({ kind, text, recipients }) => [kind, text, recipients])).toEqual([
      ["first", `${mark}boy is missing`, 3],
      ["widening", `${mark}boy is missing`, 1],
      ["update", `${mark}in shorts`, 4],
      ["repeat", `${mark}in shorts`, 4],
      ["correction", `${mark}false alarm`, 4],
    ]);
  });

  it("is marked before it has a wave, and after a restart", async () => {
    const first = await start();
    first.selector.hold();
    const { id } = await first.create({ ...fields, dispatch: true });
    expect(first.actions.watched()).toMatchObject([{ mode: fields.mode, text: `${mark}boy is missing` }]);
    first.selector.release();
    await first.at(id, "sent");
    const second = await restart();
    expect(second.get(id)).toMatchObject({ ...fields, waves: [{ text: `${mark}boy is missing` }] });
    must(await second.actions.end(id, END, caller()));
    expect((await second.at(id, "ended")).waves[1]).toMatchObject({ text: `${mark}thank you`, recipients: 3 });
  });

  it("never becomes real, and a real one never becomes this: neither by an edit nor by a copy", async () => {
    const harness = await start();
    const unreal = await harness.create(fields);
    const real = await harness.create();
    for (const [{ id }, mode] of [
      [unreal, "actual"],
      [real, fields.mode as "test"],
    ] as const) {
      const group: Change = (before) => as(mode)({ ...before, ...(mode !== "actual" && { testGroup: "desk" }) });
      expect(code(await harness.actions.edit(id, group, "any", caller()))).toBe("MODE_FIXED");
      expect(code(await harness.actions.copy(id, group, caller()))).toBe("MODE_FIXED");
    }
    expect(must(await harness.actions.copy(unreal.id, (before) => ok(before), caller()))).toMatchObject(fields);
    expect(must(await harness.actions.copy(real.id, (before) => ok(before), caller())).mode).toBe("actual");
  });

  it("is counted in parts with its mark, and refused where that is one too many", async () => {
    const harness = await start();
    const text = "x".repeat(160 - mark.length);
    await harness.create({ ...fields, text });
    expect(code(await harness.actions.create(request({ ...fields, text: `${text}x` }), caller()))).toBe("INVALID_TEXT");
    await harness.create({ text: `${text}x` });
    const { id } = await harness.create({ ...fields, text, dispatch: true });
    await harness.at(id, "sent");
    expect(code(await harness.actions.end(id, { ...END, text: `${text}x` }, caller()))).toBe("INVALID_TEXT");
    must(await harness.actions.end(id, { ...END, text: text.replaceAll("x", "y") }, caller()));
  });

  it("is no part of what is counted of real ones", async () => {
    const harness = await start();
    for (const each of [fields, {}]) {
      const { id } = await harness.create({ ...each, dispatch: true });
      await harness.at(id, "sent");
    }
    harness.selector.count_ = 0;
    await harness.at((await harness.create({ ...fields, dispatch: true })).id, "failed");
    const { acknowledged } = harness.actions.recipients();
    expect(acknowledged).toBe(100);
    // Those of the group were asked twice, and once of it counts.
    expect(harness.asked.timesInMonth).toBe(100);
    expect(harness.actions.created.actual).toEqual({ missingPerson: 1 });
    expect(harness.actions.created[fields.mode as "test"]).toEqual({ missingPerson: 2 });
    expect(harness.lifecycle.failures.counts).toEqual({});
    expect(harness.problems).toMatchObject([{ code: "NOBODY_INSIDE" }]);
  });

  it("previews how many of its group would be asked, with its mark in the text", async () => {
    const harness = await start();
    const { area } = request();
    const text = "x".repeat(160 - mark.length);
    const preview = given(await harness.preview({ area, text, ...fields }));
    expect([preview.recipients, preview.segmentsPerMessage]).toEqual([3, 10]);
    expect(code(await harness.preview({ area, text: `${text}x`, ...fields }))).toBe("INVALID_TEXT");
  });

  it("whose group is not there is refused; one whose group is gone when it is selected reaches nobody", async () => {
    const harness = await start();
    const nobodys = request({ ...fields, testGroup: "nobodys" });
    expect(code(await harness.actions.create(nobodys, caller()))).toBe("TEST_GROUP_UNKNOWN");
    harness.selector.hold();
    const { id } = await harness.create({ ...fields, dispatch: true });
    given(await harness.testGroups.remove("desk"));
    harness.selector.release();
    expect(await harness.at(id, "failed")).toMatchObject({ reason: { code: "TEST_GROUP_UNKNOWN" }, waves: [] });
    expect(harness.log()).toEqual([]);
  });
});

it.each([
  ["a test without a group", { mode: "test" }, "testGroup"],
  ["an exercise without one", { mode: "exercise" }, "testGroup"],
  ["a real one with a group", { testGroup: "desk" }, "testGroup"],
  ["an exercise in extreme urgency", { ...EXERCISE, urgency: "extreme" }, "urgency"],
  ["another mode", { mode: "Actual" }, "mode"],
])("is refused: %s", (_, fields, field) => {
  const { area, text } = request();
  const parsed = ActionRequest.safeParse({ area, text, ...fields });
  expect(parsed.success ? [] : parsed.error.issues.map(({ path }) => path[0])).toEqual([field]);
});

it("a real text that begins as an exercise is refused wherever one comes in", async () => {
  const harness = await start();
  const text = "Oefening: blijf binnen";
  expect(code(await harness.actions.create(request({ text }), caller()))).toBe("TEXT_MISLEADS");
  const { id } = await harness.create();
  expect(code(await harness.actions.edit(id, (before) => ok({ ...before, text }), "any", caller()))).toBe(
    "TEXT_MISLEADS",
  );
  must(await harness.actions.dispatch(id, caller()));
  await harness.at(id, "sent");
  expect(code(await harness.actions.update(id, { text }, caller()))).toBe("TEXT_MISLEADS");
  expect(code(await harness.actions.correct(id, { text }, caller()))).toBe("TEXT_MISLEADS");
  expect(code(await harness.actions.end(id, { ...END, text }, caller()))).toBe("TEXT_MISLEADS");
});

it("actions of before there were modes are real", async () => {
  const first = await start();
  const { id } = await first.create();
  const key = Buffer.from(id.replaceAll("-", ""), "hex");
  const { mode: _, ...older } = request();
  const stored = JSON.parse(String(given(first.store.table("actions").get(key))));
  const record = {
    ...stored,
    version: 2,
    request: older,
    revision: undefined,
    copyOf: undefined,
    startAtMs: undefined,
  };
  await first.store.commit(() => void first.store.table("actions").put(key, Buffer.from(JSON.stringify(record))));
  const second = await restart();
  expect(second.get(id)).toMatchObject({ mode: "actual", testGroup: null, version: 1, startAt: null });
  must(await second.actions.dispatch(id, caller()));
  expect((await second.at(id, "sent")).waves[0]).toMatchObject({ text: "boy is missing", recipients: 100 });
});
