/** What needs a second word before it goes out: numbers and links that nobody knows, and the same text to the same people. */
import { describe, expect, it } from "vitest";
import { type Action, EndRequest } from "../../../../schemas/api/api.js";
import { assert } from "../../../../schemas/errors.js";
import { REPEATS } from "../../../../schemas/limits.js";
import { FakeCarrier } from "../../dispatch/fake-carrier.js";
import { given } from "../../registry/samples.js";
import { caller, code, FakeSelector, type Harness, must, request } from "../harness.js";
import { ownHarness } from "../own-harness.js";

const own = ownHarness();
const start = (count = 3) => own.start([new FakeCarrier("a", 1)], new FakeSelector(count));
const TEXT = "Burgernet: vermist bij Weesp: jongen. Bel 0800-0011. Tot 21:35.";
const NEWS = "Burgernet: vermist bij Weesp: jongen. Bel 020-1234567.";
const fresh = (fields: object = {}) => request({ text: TEXT, dispatch: true, confirmed: undefined, ...fields });
const circle = (lng: number, radiusMeters = 1_000) => ({ type: "Circle", center: [lng, 52.1], radiusMeters });

async function sent(harness: Harness, fields: object = {}): Promise<Action> {
  const action = must(await harness.actions.create(fresh(fields), caller()));
  return harness.at(action.id, "sent");
}

function deeds(harness: Harness) {
  return harness.trail.page({}).records.map(({ deed, confirmed }) => [deed, confirmed]);
}

describe("a number that nobody knows", () => {
  it("is named in a preview, and holds up what sends until it is confirmed", async () => {
    const harness = await start();
    const { area } = fresh();
    const { warnings } = given(await harness.preview({ area, text: NEWS }));
    expect(warnings).toMatchObject([{ code: "CONTACT_UNVERIFIED", field: "/text" }]);
    expect(warnings[0]!.detail).toContain("020-1234567");
    const refused = await harness.actions.create(fresh({ text: NEWS }), caller());
    expect(refused).toMatchObject({ ok: false, problem: { code: "CONTACT_UNVERIFIED", field: "/text" } });
    assert(!refused.ok, "it is refused");
    expect(refused.problem.detail).toContain('"confirmed": ["CONTACT_UNVERIFIED"]');
    expect(refused.problem.detail).not.toContain("1234567");
    expect(harness.actions.list(undefined, 9)).toMatchObject({ value: { actions: [] } });
    const action = await sent(harness, { text: NEWS, confirmed: ["CONTACT_UNVERIFIED"] });
    expect(action.confirmed).toEqual(["CONTACT_UNVERIFIED"]);
    expect(deeds(harness)).toEqual([
      ["action.dispatched", ["CONTACT_UNVERIFIED"]],
      ["action.created", ["CONTACT_UNVERIFIED"]],
    ]);
  });

  it("is looked for in every text that goes out, in a draft that is dispatched, and in the last word", async () => {
    const harness = await start();
    const create = (fields: object) => harness.actions.create(fresh(fields), caller());
    expect(code(await create({ texts: { en: { text: NEWS } } }))).toBe("CONTACT_UNVERIFIED");
    expect(code(await create({ simpleText: NEWS }))).toBe("CONTACT_UNVERIFIED");
    const draft = must(await create({ text: NEWS, dispatch: false }));
    const { actions } = harness;
    expect(code(await actions.dispatch(draft.id, caller()))).toBe("CONTACT_UNVERIFIED");
    expect(harness.get(draft.id).status).toBe("draft");
    const confirmed = ["CONTACT_UNVERIFIED" as const];
    must(await actions.dispatch(draft.id, caller(), { allowNobody: false, confirmed }));
    await harness.at(draft.id, "sent");
    const end = EndRequest.parse({ text: `${NEWS} Dank!` });
    expect(code(await actions.end(draft.id, end, caller()))).toBe("CONTACT_UNVERIFIED");
    expect(must(await actions.end(draft.id, { ...end, confirmed }, caller())).confirmed).toEqual(confirmed);
    expect(deeds(harness)[0]).toEqual(["action.ended", confirmed]);
  });
});

describe("the same text to the same people", () => {
  it("is told in a preview, and refused until it is confirmed; what is confirmed stays in the record and the trail", async () => {
    const harness = await start();
    const first = await sent(harness);
    const preview = await harness.preview({ area: first.area, text: TEXT });
    expect(given(preview).warnings).toMatchObject([{ code: "TEXT_REPEATED", field: "/text" }]);
    expect(given(preview).warnings[0]!.detail).toContain(first.id);
    // Neither another end nor other spaces make it another text.
    const later = TEXT.replace("21:35", "21:50").replaceAll(" ", "  ").toUpperCase();
    for (const text of [TEXT, later]) {
      const refused = await harness.actions.create(fresh({ text }), caller());
      expect(refused).toMatchObject({ ok: false, problem: { code: "TEXT_REPEATED" } });
    }
    const again = await sent(harness, { confirmed: ["TEXT_REPEATED"] });
    expect(harness.get(again.id).confirmed).toEqual(["TEXT_REPEATED"]);
    expect(deeds(harness)[0]).toEqual(["action.dispatched", ["TEXT_REPEATED"]]);
  });

  it("is so where half of the smaller area lies in the other, and not for other people, another text or an older one", async () => {
    const harness = await start();
    await sent(harness, { area: circle(5.1) });
    const refusal = async (fields: object) => code(await harness.actions.create(fresh(fields), caller()));
    expect(await refusal({ area: circle(5.105) })).toBe("TEXT_REPEATED");
    expect(await refusal({ area: circle(5.1, 20_000) })).toBe("TEXT_REPEATED");
    expect(await refusal({ area: { type: "Municipality", code: "GM0363" } })).toBe("TEXT_REPEATED");
    await sent(harness, { area: circle(5.2) });
    await sent(harness, { area: circle(5.1), text: `${TEXT} Rode jas.` });
    harness.aheadMs += REPEATS.withinMs;
    await sent(harness, { area: circle(5.1) });
  });

  it("is no repeat of what nobody got: a draft, or one that found nobody", async () => {
    const harness = await start(0);
    must(await harness.actions.create(fresh({ dispatch: false }), caller()));
    const { id } = must(await harness.actions.create(fresh(), caller()));
    await harness.at(id, "failed");
    harness.selector.count_ = 3;
    const draft = await sent(harness);
    expect(draft.waves[0]!.recipients).toBe(3);
    expect(code(await harness.actions.dispatch(id, caller()))).toBe("TEXT_REPEATED");
  });

  it("is found by one of two requests at once, and is none for who asks again with the same key", async () => {
    const harness = await start();
    harness.selector.hold();
    const [one, two] = [caller(), caller()];
    const answers = await Promise.all([harness.actions.create(fresh(), one), harness.actions.create(fresh(), two)]);
    expect(answers.map(code).sort()).toEqual(["TEXT_REPEATED", undefined]);
    const [accepted, key] = answers[0]!.ok ? [answers[0], one] : [answers[1], two];
    const again = await harness.actions.create(fresh(), key!);
    assert(accepted!.ok && again.ok, "it is answered once more");
    expect([again.value.replayed, again.value.action.id]).toEqual([true, accepted!.value.action.id]);
    harness.selector.release();
    await harness.at(accepted!.value.action.id, "sent");
  });

  it("is known after a restart", async () => {
    const harness = await start();
    const { id } = await sent(harness);
    const restarted = await own.restart([new FakeCarrier("a", 1, { seed: 2 })], harness.selector);
    const refused = await restarted.actions.create(fresh(), caller());
    assert(!refused.ok, "it is refused");
    expect(refused.problem.detail).toContain(id);
    expect(must(await restarted.actions.create(fresh({ area: circle(6) }), caller())).status).toBe("selecting");
  });

  it("is known of the newest alone, and what is old goes with what comes", async () => {
    const harness = await start();
    const stored = () => harness.store.table("sentTexts").count();
    for (let nth = 0; nth < 3; nth++) await sent(harness, { text: `${TEXT} ${nth}` });
    expect(stored()).toBe(3);
    harness.aheadMs += REPEATS.withinMs;
    await sent(harness);
    expect(stored()).toBe(1);
  });
});

describe("what is said later on", () => {
  const confirmed = ["TEXT_REPEATED" as const];

  it("in an update is no text that those people have, by this action or another one, but by a second word", async () => {
    const harness = await start();
    const { id } = await sent(harness);
    const { actions } = harness;
    expect(code(await actions.update(id, { text: TEXT.toUpperCase() }, caller()))).toBe("TEXT_REPEATED");
    expect(harness.get(id).rounds).toEqual([]);
    must(await actions.update(id, { text: `${TEXT} Rode jas.` }, caller()));
    await harness.at(id, "sent");
    for (const text of [TEXT, `${TEXT} Rode jas.`]) {
      expect(code(await actions.update(id, { text }, caller()))).toBe("TEXT_REPEATED");
    }
    const other = await sent(harness, { text: `${TEXT} Blauwe laarzen.` });
    expect(code(await actions.update(other.id, { text: `${TEXT} Rode jas.` }, caller()))).toBe("TEXT_REPEATED");
    expect(code(await actions.create(fresh({ text: `${TEXT} Rode jas.` }), caller()))).toBe("TEXT_REPEATED");
    must(await actions.update(id, { text: TEXT, confirmed }, caller()));
    expect(deeds(harness)[0]).toEqual(["action.updated", confirmed]);
    const restarted = await own.restart([new FakeCarrier("a", 1, { seed: 2 })], harness.selector);
    expect(code(await restarted.actions.create(fresh({ text: `${TEXT} Rode jas.` }), caller()))).toBe("TEXT_REPEATED");
  });

  it("at the end is no text that those people have, but by a second word; what other actions said at theirs is no matter", async () => {
    const harness = await start();
    const { actions } = harness;
    const [first, second] = [await sent(harness), await sent(harness, { text: `${TEXT} Rode jas.` })];
    expect(code(await actions.correct(first.id, { text: TEXT }, caller()))).toBe("TEXT_REPEATED");
    const end = EndRequest.parse({ text: TEXT });
    expect(code(await actions.end(first.id, end, caller()))).toBe("TEXT_REPEATED");
    expect(must(await actions.end(first.id, { ...end, confirmed }, caller())).confirmed).toEqual(confirmed);
    must(await actions.end(second.id, end, caller()));
  });

  it("to more people is no text that another action has told them, but by a second word", async () => {
    const harness = await start();
    const { actions } = harness;
    await sent(harness, { area: circle(5.3) });
    const { id } = await sent(harness, { area: circle(5.1) });
    const wide = { area: circle(5.3) as never };
    expect(code(await actions.widen(id, wide, caller()))).toBe("TEXT_REPEATED");
    const rings = { radiiMeters: [500, 30_000], everySeconds: 10 };
    expect(code(await actions.widen(id, { rings }, caller()))).toBe("TEXT_REPEATED");
    must(await actions.widen(id, { ...wide, confirmed }, caller()));
    expect(deeds(harness)[0]).toEqual(["action.widened", confirmed]);
    // Its own text is none that another action told.
    must(await actions.widen(id, { area: circle(5.1, 1_100) as never }, caller()));
    expect(code(await actions.create(fresh({ area: circle(5.31) }), caller()))).toBe("TEXT_REPEATED");
  });
});
