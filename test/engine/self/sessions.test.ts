/** Sessions of self-service: how they end, and what a participant sees and changes in one. */
import { beforeEach, describe, expect, it } from "vitest";
import { SELF } from "../../../schemas/limits.js";
import { codeOf, given } from "../registry/samples.js";
import { LOCATION, NUMBER, OTHER, SelfRig } from "./rig.js";

let rig: SelfRig;
beforeEach(() => {
  rig = new SelfRig();
});

describe("a session", () => {
  it("ends when it is not used, and in any case after half a day", async () => {
    const idle = await rig.joined();
    rig.nowMs += SELF.sessionIdleMs - 1;
    expect(rig.service.use(idle.token)).toBeDefined();
    rig.nowMs += SELF.sessionIdleMs;
    expect(rig.service.use(idle.token)).toBeUndefined();
    const busy = await rig.enter(rig.ask(NUMBER), NUMBER);
    const openedMs = rig.nowMs;
    for (let time = 0; time < 100 && rig.service.use(busy.token) !== undefined; time++) rig.minutes(20);
    expect(rig.nowMs - openedMs).toBe(SELF.sessionMs);
  });

  it("says when it ends, and goes on with each use", async () => {
    const { token, expiresAt } = await rig.joined();
    expect(Date.parse(expiresAt) - rig.nowMs).toBe(SELF.sessionIdleMs);
    rig.minutes(10);
    expect(rig.session(token).expiresAtMs).toBe(rig.nowMs + SELF.sessionIdleMs);
  });

  it("ends by itself, alone", async () => {
    const one = await rig.joined();
    const other = await rig.enter(rig.ask(NUMBER), NUMBER);
    rig.service.leave(rig.session(one.token));
    expect(rig.service.use(one.token)).toBeUndefined();
    expect(rig.service.use(other.token)).toBeDefined();
  });

  it("is one of few of a participant: the oldest ends", async () => {
    const tokens = [(await rig.joined()).token];
    for (let at = 0; at < SELF.sessionsPerParticipant; at++) {
      rig.minutes(6);
      for (const token of tokens) rig.service.use(token);
      tokens.push((await rig.enter(rig.ask(NUMBER), NUMBER)).token);
    }
    expect(tokens.map((token) => rig.service.use(token) !== undefined)).toEqual([
      false,
      ...tokens.slice(1).map(() => true),
    ]);
  });

  it("is opened by its token alone", async () => {
    const { token } = await rig.joined();
    for (const other of ["", "sps_", token.slice(0, -1), `${token}A`, token.toLowerCase()]) {
      expect(rig.service.use(other)).toBeUndefined();
    }
  });
});

describe("a participant", () => {
  it("changes what they want, and what they left out stays", async () => {
    const { token } = await rig.joined();
    const view = given(
      await rig.service.change(rig.session(token), { language: "fy", paused: true, needs: ["simpleLanguage"] }),
    );
    expect(view).toMatchObject({ language: "fy", status: "paused", needs: ["simpleLanguage"], number: NUMBER });
    expect(view.locations).toHaveLength(1);
    const refused = await rig.service.change(rig.session(token), {
      locations: [{ ...LOCATION, channels: { email: ["alarm"] } }],
    });
    expect(refused).toMatchObject({
      ok: false,
      problem: { code: "INVALID_FIELD", field: "/locations/0/channels/email" },
    });
    expect(given(rig.service.view(rig.session(token)))).toEqual(view);
  });

  it("shows where the phone is only after saying what is wanted there, and is forgotten with it", async () => {
    const { token, participant } = await rig.joined();
    expect(codeOf(await rig.service.move(rig.session(token), [5, 52]))).toBe("WRONG_STATE");
    const wishes = { channels: { sms: ["alarm" as const] }, except: {}, hours: "always", timeZone: "Europe/Amsterdam" };
    given(await rig.service.change(rig.session(token), { phone: { ...wishes, timeZone: "UTC", inDanger: "hours" } }));
    given(await rig.service.move(rig.session(token), [5, 52]));
    expect(given(rig.service.view(rig.session(token))).phone).toMatchObject({ position: [5, 52] });
    given(await rig.service.dropPosition(rig.session(token)));
    expect(given(rig.service.view(rig.session(token))).phone).toMatchObject({ position: null });
    given(await rig.service.move(rig.session(token), [5, 52]));
    given(await rig.service.change(rig.session(token), { phone: null }));
    expect(rig.positions.seen(participant.participant)).toBeUndefined();
  });

  it("changes wishes so often, for the registry's terms are for all; and is left alone however often they ask", async () => {
    const { token } = await rig.joined();
    const wish = async () => codeOf(await rig.service.change(rig.session(token), { locations: [LOCATION] }));
    const [{ count, ms }] = SELF.wishesPerParticipant;
    for (let time = 0; time < count; time++) expect(await wish()).toBe("ok");
    expect(await wish()).toBe("TOO_MANY_REQUESTS");
    given(await rig.service.change(rig.session(token), { paused: true, phone: null, switchedOff: ["sms"] }));
    rig.nowMs += ms / 4;
    expect(await wish()).toBe("TOO_MANY_REQUESTS");
  });

  it("sees and takes with them all that is stored", async () => {
    const { token, participant } = await rig.joined();
    const taken = given(await rig.service.export(rig.session(token)));
    expect(taken.participant).toEqual(participant);
    expect(taken.alsoStored.join()).toMatch(/Replies.*ledger/);
    // Who looked them up, by the name of the key, and nothing by which it could be told from others of that name.
    expect(taken.records).toEqual([
      { at: "2026-01-01T00:00:00Z", deed: "participant.seen", refused: null, by: { kind: "key", name: "Woerden" } },
    ]);
  });

  it("is gone after leaving: sessions, position, codes under way; and nothing is sent any more", async () => {
    const { token, participant } = await rig.joined();
    const other = await rig.enter(rig.ask(NUMBER), NUMBER);
    // A second request to join, which would bring back who has just left.
    rig.minutes(15);
    const late = given(rig.join(NUMBER));
    const code = await rig.codeTo(NUMBER);
    const moving = given(rig.service.identity.contacts.request(rig.session(token), { number: OTHER }, rig.client()));
    const sent = (await rig.sentTo(NUMBER)).length;
    rig.positions.seenAt.set(participant.participant, { lng: 5, lat: 52, seenAtMs: 0 });
    await rig.approve(token, "erase");
    const settles = rig.registry.settles;
    given(await rig.service.identity.leave(rig.session(token)));
    expect(rig.registry.people.size).toBe(0);
    expect(rig.registry.settles).toBe(settles + 1);
    expect(rig.positions.seen(participant.participant)).toBeUndefined();
    for (const each of [token, other.token]) expect(rig.service.use(each)).toBeUndefined();
    expect(codeOf(await rig.service.enter({ challenge: late.challenge, code }, rig.client()))).toBe("CODE_WRONG");
    const moved = { challenge: moving.challenge, code: await rig.codeTo(OTHER) };
    expect(codeOf(await rig.service.enter(moved, rig.client()))).toBe("CODE_WRONG");
    expect(await rig.sentTo(NUMBER)).toHaveLength(sent + 1);
  });

  it("who left while a code was asked for is told nothing more", async () => {
    const { token } = await rig.joined();
    await rig.approve(token, "erase");
    const before = (await rig.sentTo(NUMBER)).length;
    given(rig.ask(NUMBER));
    given(await rig.service.identity.leave(rig.session(token)));
    expect(await rig.sentTo(NUMBER)).toHaveLength(before);
  });
});
