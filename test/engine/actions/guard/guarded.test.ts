/** Keys with an area or a budget, over the real actions: what is refused before anything is accepted, and what counts. */
import { expect, test } from "vitest";
import { Claims } from "../../../../engine/actions/guard/claims.js";
import { GuardedActions } from "../../../../engine/actions/guard/guarded.js";
import { Paying } from "../../../../engine/actions/guard/paying.js";
import { areaCheck, requestCheck } from "../../../../engine/actions/preview/area-check.js";
import type { Caller } from "../../../../engine/actions/service.js";
import { LOCAL } from "../../../../engine/audit/actor.js";
import { Keys, type NewKey } from "../../../../engine/rights/keys.js";
import type { Principal } from "../../../../engine/rights/principal.js";
import { NO_SPARING } from "../../../../engine/selection/query/persons.js";
import type { KeyBudget } from "../../../../schemas/api/rights.js";
import { GROUPS } from "../../../../schemas/words.js";
import { FakeCarrier } from "../../dispatch/fake-carrier.js";
import { given } from "../../registry/samples.js";
import { caller, code, FakeSelector, type Harness, must, request } from "../harness.js";
import { ownHarness } from "../own-harness.js";

const own = ownHarness();

const SIMPLE = 1 << GROUPS.indexOf("simpleLanguage");

class Rig {
  readonly keys: Keys;
  readonly claims: Claims;
  readonly paying: Paying;
  readonly actions: GuardedActions;
  readonly harness: Harness;

  constructor(harness: Harness, price: number | null) {
    this.harness = harness;
    const { now, store, selector } = harness;
    this.keys = new Keys(store, { now, steadyMs: now }, harness.trail);
    const { spending } = this.keys;
    const ports = () => harness.carriers.map((carrier) => priced(carrier, price));
    const write = (put: () => void) => void harness.dispatcher.write(put);
    const budgetOf = (keyId: string) => given(this.keys.get(keyId)).budget;
    this.paying = new Paying({ spending, budgetOf, ports, now, write });
    harness.paying = this.paying;
    this.claims = new Claims({
      kinds: harness.kinds,
      ...{ selector, now, paying: this.paying, spending, ports, testGroups: harness.testGroups },
      checkRequest: requestCheck(
        areaCheck(async (flat) => ({ ok: true, value: flat })),
        { municipalityToday: (number) => number },
      ),
      asking: { sparingOf: () => NO_SPARING, askable: async (found) => found },
      municipalityAt: (lng) => (lng < 5.2 ? 363 : 14),
    });
    this.actions = new GuardedActions(harness.actions, this.claims, this.keys);
  }

  async key(asked: Partial<NewKey>): Promise<Principal> {
    const made = given(
      await this.keys.create({ name: "k", scopes: ["draft", "dispatch", "replies"], ...asked }, LOCAL),
    );
    return given(this.keys.verify(made.secret));
  }
}

/** So many people are found each time. */
async function start(count: number, price: number | null = null): Promise<Rig> {
  return new Rig(await own.restart([new FakeCarrier("a", 1)], new FakeSelector(count)), price);
}

const by = (principal: Principal, key?: string): Caller => ({ ...caller(key), ...principal });
const SEND = request({ dispatch: true });
const messages = (messagesPerDay: number): KeyBudget => ({ messagesPerDay, costPerDay: null });

test("a budget is enforced before anything is accepted, over restarts, and is whole again tomorrow", async () => {
  const first = await start(6);
  const principal = await first.key({ budget: messages(10) });
  must(await first.actions.create(SEND, by(principal)));
  const refused = await first.actions.create(SEND, by(principal));
  expect(refused).toMatchObject({ problem: { code: "BUDGET_EXCEEDED", retryAfterSeconds: expect.any(Number) } });
  expect(given(first.actions.list(undefined, 10, principal)).actions).toHaveLength(1);
  expect(first.claims.refused).toEqual({ area: 0, budget: 1 });
  const second = await start(6);
  expect(second.keys.spending.today(principal.keyId, second.harness.now())).toMatchObject({ messages: 6 });
  expect(code(await second.actions.create(SEND, by(principal)))).toBe("BUDGET_EXCEEDED");
  second.harness.aheadMs += 86_400_000;
  must(await second.actions.create(SEND, by(principal)));
});

test("who asks again is answered again, and nothing counts twice; what is refused counts not at all", async () => {
  const { actions, keys, harness } = await start(6);
  const principal = await keysOf(keys, messages(10));
  const spent = () => keys.spending.today(principal.keyId, harness.now()).messages;
  const done = must(await actions.create(SEND, by(principal, "once")));
  expect(must(await actions.create(SEND, by(principal, "once"))).id).toBe(done.id);
  expect(spent()).toBe(6);
  const late = request({ dispatch: true, expiresAt: "2001-01-01T00:00:00Z" });
  const principal2 = await keysOf(keys, messages(10));
  expect(code(await actions.create(late, by(principal2)))).toBe("INVALID_FIELD");
  expect(keys.spending.today(principal2.keyId, harness.now()).messages).toBe(0);
});

test("an action that failed before it asked anybody costs nothing, also after a restart, and so is sent again", async () => {
  const first = await start(6);
  const principal = await first.key({ budget: messages(10) });
  const spent = (rig: Rig) => rig.keys.spending.today(principal.keyId, rig.harness.now()).messages;
  first.harness.selector.problem = { code: "STORE_CORRUPT", detail: "a block fails its checksum" };
  const { id } = must(await first.actions.create(SEND, by(principal)));
  await first.harness.at(id, "failed");
  expect(spent(first)).toBe(0);
  must(await first.actions.dispatch(id, by(principal)));
  await first.harness.at(id, "failed");
  await first.harness.dispatcher.commit();
  const second = await start(6);
  expect(spent(second)).toBe(0);
  must(await second.actions.dispatch(id, by(principal)));
  await second.harness.at(id, "sent");
  expect(spent(second)).toBe(6);
});

test("what waits for its time costs nothing once it was stopped, or is edited before", async () => {
  const { actions, keys, harness } = await start(6);
  const principal = await keysOf(keys, messages(10));
  const spent = () => keys.spending.today(principal.keyId, harness.now()).messages;
  const startAt = new Date(harness.now() + 600_000).toISOString();
  const { id } = must(await actions.create(request({ dispatch: true, startAt }), by(principal)));
  expect(spent()).toBe(6);
  must(await actions.stop(id, by(principal)));
  expect(spent()).toBe(0);
});

test("nobody is selected in an area that is added before it was checked", async () => {
  const { actions, keys, harness } = await start(6);
  const principal = await keysOf(keys, messages(30));
  const { id } = must(await actions.create(SEND, by(principal)));
  await harness.at(id, "sent");
  const crossed = [
    [5, 52],
    [5.1, 52.1],
    [5.1, 52],
    [5, 52.1],
    [5, 52],
  ] as [number, number][];
  const before = harness.selector.queries.length;
  const widening = { area: { type: "Polygon" as const, coordinates: [crossed] } };
  expect(code(await actions.widen(id, widening, by(principal)))).toBe("INVALID_AREA");
  expect(harness.selector.queries).toHaveLength(before);
  expect(keys.spending.today(principal.keyId, harness.now()).messages).toBe(6);
});

test("two that come in one moment don't both find the last of a budget", async () => {
  const { actions, keys } = await start(6);
  const principal = await keysOf(keys, messages(10));
  const both = await Promise.all([1, 2].map(() => actions.create(SEND, by(principal))));
  expect(both.map(code).sort()).toEqual(["BUDGET_EXCEEDED", undefined]);
});

test("a draft counts when it is dispatched, and so does a thank-you", async () => {
  const { actions, keys, harness } = await start(6);
  const principal = await keysOf(keys, messages(13));
  const spent = () => keys.spending.today(principal.keyId, harness.now()).messages;
  const { id } = must(await actions.create(request(), by(principal)));
  expect(spent()).toBe(0);
  must(await actions.dispatch(id, by(principal)));
  expect(spent()).toBe(6);
  await harness.at(id, "sent");
  must(await actions.end(id, { text: "thank you", outcome: "success" }, by(principal)));
  expect(spent()).toBe(12);
  expect(code(await actions.create(SEND, by(principal)))).toBe("BUDGET_EXCEEDED");
});

test("money counts likewise, and where a price is not known nothing is sent", async () => {
  const priced = await start(6, 0.05);
  const costPerDay = { amount: 0.5, currency: "EUR" };
  const principal = await keysOf(priced.keys, { messagesPerDay: null, costPerDay });
  must(await priced.actions.create(SEND, by(principal)));
  expect(priced.keys.spending.today(principal.keyId, priced.harness.now())).toMatchObject({ messages: 6, cost: 3_000 });
  expect(code(await priced.actions.create(SEND, by(principal)))).toBe("BUDGET_EXCEEDED");
  const inPounds = await keysOf(priced.keys, { messagesPerDay: null, costPerDay: { amount: 9, currency: "GBP" } });
  expect(code(await priced.actions.create(SEND, by(inPounds)))).toBe("PRICE_UNKNOWN");
  const unknown = await start(6, null);
  expect(code(await unknown.actions.create(SEND, by(principal)))).toBe("PRICE_UNKNOWN");
});

/** Of one part, and of two in simple language. */
const IN_SIMPLE = { text: "boy is missing", simpleText: "boy of 5 is missing" };

test("a draft is to be paid with the dearest of its texts, whichever that is, and so is whoever comes besides", async () => {
  const { actions, keys, harness } = await start(6, 0.05);
  const [poor, rich] = [await keysOf(keys, euros(0.5)), await keysOf(keys, euros(0.6))];
  const { id } = must(await actions.create(request(IN_SIMPLE), by(poor)));
  expect(code(await actions.dispatch(id, by(poor)))).toBe("BUDGET_EXCEEDED");
  must(await actions.dispatch(id, by(rich)));
  await harness.at(id, "sent");
  harness.selector.count_ = 8;
  const area = { type: "Circle" as const, center: [5.1, 52.1] as [number, number], radiusMeters: 2_000 };
  const tight = await keysOf(keys, euros(0.19));
  expect(code(await actions.widen(id, { area }, by(tight)))).toBe("BUDGET_EXCEEDED");
  must(await actions.widen(id, { area }, by(poor)));
});

test("a wave costs what each of its recipients gets, once it is known who they are; the rest is the key's again", async () => {
  const first = await start(6, 0.05);
  const principal = await first.key({ budget: euros(1) });
  const spent = (rig: Rig) => rig.keys.spending.today(principal.keyId, rig.harness.now());
  new Uint8Array(first.harness.people.groups).fill(SIMPLE, 1_000, 1_002);
  const { id } = must(await first.actions.create(request({ ...IN_SIMPLE, dispatch: true }), by(principal)));
  await first.harness.at(id, "sent");
  expect(spent(first)).toMatchObject({ messages: 6, cost: 2 * 1_000 + 4 * 500 });
  must(await first.actions.end(id, { text: "boy of 5 was found", outcome: "success" }, by(principal)));
  await first.harness.at(id, "ended");
  expect(spent(first)).toMatchObject({ messages: 12, cost: 4_000 + 6_000 });
  // Durable with the wave.
  expect(spent(await start(6, 0.05))).toMatchObject({ messages: 12, cost: 10_000 });
});

test("who comes in between is paid as well, and where that is more than the day has nobody is asked", async () => {
  const { actions, keys, harness } = await start(6);
  const principal = await keysOf(keys, messages(10));
  const spent = () => keys.spending.today(principal.keyId, harness.now()).messages;
  const send = async (found: number) => {
    harness.selector.count_ = 3;
    harness.selector.hold();
    const { id } = must(await actions.create(SEND, by(principal)));
    harness.selector.count_ = found;
    harness.selector.release();
    return id;
  };
  await harness.at(await send(5), "sent");
  expect(spent()).toBe(5);
  const failed = await harness.at(await send(6), "failed");
  expect(failed).toMatchObject({ reason: { code: "BUDGET_EXCEEDED" }, waves: [] });
  expect(spent()).toBe(5);
  await harness.at(await send(2), "sent");
  expect(spent()).toBe(7);
});

test("a key for municipalities sends within them, by the outlines and by who would be asked", async () => {
  const { actions, claims, key } = await withKey(await start(6));
  const amsterdam = await key({ municipalities: [363] });
  must(await actions.create(SEND, by(amsterdam)));
  const circle = (lng: number) => ({ type: "Circle", center: [lng, 52.1], radiusMeters: 1_000 });
  for (const dispatch of [true, false]) {
    const beyond = request({ dispatch, area: circle(5.199) });
    expect(code(await actions.create(beyond, by(amsterdam)))).toBe("AREA_FORBIDDEN");
    expect(code(await actions.preview({ ...beyond, timeCritical: true }, undefined, amsterdam))).toBe("AREA_FORBIDDEN");
  }
  const named = (number: string) => request({ dispatch: true, area: { type: "Municipality", code: number } });
  must(await actions.create(named("GM0363"), by(amsterdam)));
  expect(code(await actions.create(named("GM0014"), by(amsterdam)))).toBe("AREA_FORBIDDEN");
  // The area lies in Groningen by the outlines, and those who are found live in Amsterdam.
  const groningen = await key({ municipalities: [14] });
  expect(code(await actions.create(request({ dispatch: true, area: circle(6) }), by(groningen)))).toBe(
    "AREA_FORBIDDEN",
  );
  expect(claims.refused.area).toBe(6);
});

test("what is another municipality's is answered as what there is not", async () => {
  const { actions, key } = await withKey(await start(6));
  const [amsterdam, both, groningen, country] = [
    await key({ municipalities: [363] }),
    await key({ municipalities: [363, 14] }),
    await key({ municipalities: [14] }),
    await key({}),
  ];
  const { id } = must(await actions.create(SEND, by(amsterdam)));
  const other = must(await actions.create(SEND, by(country))).id;
  const nothing = actions.get("00000000-0000-7000-8000-000000000000", groningen);
  expect([code(actions.get(id, amsterdam)), code(actions.get(id, both)), code(actions.get(id, country))]).toEqual(
    Array(3),
  );
  for (const [principal, stranger] of [
    [groningen, id],
    [amsterdam, other],
    [both, other],
  ] as const) {
    const asked = [
      actions.get(stranger, principal),
      actions.replies(stranger, 0, 10, principal),
      await actions.stop(stranger, by(principal)),
      await actions.dispatch(stranger, by(principal)),
      await actions.resume(stranger, by(principal)),
      await actions.resend(stranger, by(principal)),
      await actions.end(stranger, { text: "x", outcome: "success" }, by(principal)),
    ];
    for (const answer of asked) expect(answer).toEqual(nothing);
  }
  const listed = (principal: Principal) => given(actions.list(undefined, 10, principal)).actions.length;
  expect([amsterdam, both, groningen, country].map(listed)).toEqual([1, 1, 0, 2]);
  expect(code(actions.unassignedReplies(0, 10, amsterdam))).toBe("FORBIDDEN");
  expect(code(actions.unassignedReplies(0, 10, country))).toBeUndefined();
});

test("who drafts sends nothing, and stops nothing that was sent", async () => {
  const { actions, key } = await withKey(await start(6));
  const [drafter, sender] = [await key({ scopes: ["draft"] }), await key({})];
  expect(code(await actions.create(SEND, by(drafter)))).toBe("FORBIDDEN");
  const { id } = must(await actions.create(request(), by(drafter)));
  must(await actions.dispatch(id, by(sender)));
  expect(code(await actions.stop(id, by(drafter)))).toBe("FORBIDDEN");
  const draft = must(await actions.create(request(), by(drafter)));
  expect(must(await actions.stop(draft.id, by(drafter))).status).toBe("stopped");
});

function keysOf(keys: Keys, budget: KeyBudget): Promise<Principal> {
  return keys
    .create({ name: "k", scopes: ["draft", "dispatch"], budget }, LOCAL)
    .then((made) => given(keys.verify(given(made).secret)));
}

function priced(carrier: FakeCarrier, costPerSegment: number | null) {
  const { share, currency } = carrier;
  return { share, currency, costPerSegment, adviseText: (text: string) => carrier.adviseText(text) };
}

function euros(amount: number): KeyBudget {
  return { messagesPerDay: null, costPerDay: { amount, currency: "EUR" } };
}

async function withKey(rig: Rig) {
  return { actions: rig.actions, claims: rig.claims, key: (asked: Partial<NewKey>) => rig.key(asked) };
}
