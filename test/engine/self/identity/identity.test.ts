/** What makes somebody who they are: contacts, sessions and leaving, and that whoever stole a session takes none of them. */
import { beforeEach, describe, expect, it } from "vitest";
import { contactBit } from "../../../../engine/registry/record/contact-marks.js";
import { noticeText } from "../../../../engine/self/codes/texts.js";
import type { SelfSession } from "../../../../schemas/api/self.js";
import { PROPOSALS, SELF } from "../../../../schemas/limits.js";
import { LANGUAGES } from "../../../../schemas/words.js";
import { codeOf, given } from "../../registry/samples.js";
import { LOCATION, MAIL, NUMBER, OTHER, SelfRig } from "../rig.js";

let rig: SelfRig;
let me: SelfSession;
beforeEach(async () => {
  rig = new SelfRig();
  me = await rig.joined();
});

const identity = () => rig.service.identity;
const mine = () => rig.session(me.token);
const notices = async (to: string) => (await rig.sentTo(to)).filter(({ text }) => text === noticeText(0).text);
const waitDays = PROPOSALS.waitMs / 86_400_000;

describe("a new contact", () => {
  it("counts at once where the old one approves of it, and ends the other sessions", async () => {
    const other = await rig.enter(rig.ask(NUMBER), NUMBER);
    await rig.approve(me.token, "contact");
    const outcome = given(await rig.confirm(me.token, { number: OTHER }));
    expect(outcome).toMatchObject({ waiting: null, participant: { number: OTHER } });
    expect(rig.service.use(me.token)).toBeDefined();
    expect(rig.service.use(other.token)).toBeUndefined();
    expect(rig.registry.byNumber(31612345678)).toEqual([]);
    expect(await notices(NUMBER)).toEqual([]);
  });

  it("waits without that: the old one is told at once and again, and what was is so until then", async () => {
    const outcome = given(await rig.confirm(me.token, { number: OTHER }));
    expect(outcome.participant.number).toBe(NUMBER);
    expect(outcome.waiting).toMatchObject({
      ...{ kind: "number", from: null, state: "waiting", value: OTHER },
      until: new Date(rig.nowMs + PROPOSALS.waitMs).toISOString(),
    });
    expect(await notices(NUMBER)).toHaveLength(1);
    await rig.days(waitDays - 0.5);
    expect(await notices(NUMBER)).toHaveLength(PROPOSALS.notices);
    expect(rig.registry.byNumber(31687654321)).toEqual([]);
    await rig.days(1);
    expect(rig.registry.byNumber(31687654321)).toEqual([me.participant.participant]);
    expect(rig.service.use(me.token)).toBeUndefined();
    const entered = await rig.enter(rig.ask(OTHER), OTHER);
    expect(given(identity().proposals.list(rig.session(entered.token)))).toEqual([]);
    expect(await notices(OTHER)).toEqual([]);
  });

  it("that waits is declined by whoever has the old one, for good", async () => {
    const thief = await rig.enter(rig.ask(NUMBER), NUMBER);
    const { waiting } = given(await rig.confirm(thief.token, { number: OTHER }));
    const [seen] = given(identity().proposals.list(mine()));
    expect(seen).toEqual(waiting);
    given(await identity().proposals.decline(mine(), seen!.proposal));
    await rig.days(waitDays + 1);
    expect(rig.registry.byNumber(31687654321)).toEqual([]);
  });

  it("does not begin to wait before somebody could be told", async () => {
    const { challenge } = given(identity().contacts.request(mine(), { mail: MAIL }, rig.client()));
    const code = await rig.codeTo(MAIL);
    rig.channels.number.takes = false;
    const { waiting } = given(await identity().contacts.confirm(mine(), { challenge, code }, rig.client()));
    expect(waiting?.until).toBeNull();
    await rig.days(waitDays + 1);
    expect(rig.registry.byMail(MAIL)).toEqual([]);
    rig.channels.number.takes = true;
    await rig.days(waitDays - 0.5);
    expect([rig.registry.byMail(MAIL), (await notices(NUMBER)).length]).toEqual([[], PROPOSALS.notices]);
    await rig.days(1);
    expect(rig.registry.byMail(MAIL)).toEqual([me.participant.participant]);
  });

  it("is approved of by the one that goes, and not by another that stays", async () => {
    await rig.approve(me.token, "contact");
    given(await rig.confirm(me.token, { mail: MAIL }));
    const byMail = await rig.enter(rig.service.requestCode({ mail: MAIL }, rig.client()), MAIL);
    await rig.approve(byMail.token, "contact", MAIL);
    const { waiting, participant } = given(await rig.confirm(byMail.token, { number: OTHER }));
    expect([participant.number, waiting?.state]).toEqual([NUMBER, "waiting"]);
    // Once: the next one is approved of anew.
    await rig.approve(byMail.token, "contact");
    expect(given(await rig.confirm(byMail.token, { number: OTHER })).participant.number).toBe(OTHER);
    expect(given(identity().proposals.list(rig.session(byMail.token)))).toEqual([]);
  });

  it("is confirmed in a session of the same participant alone, and opens none", async () => {
    const theirs = await rig.joined(OTHER);
    const asked = () => given(identity().contacts.request(mine(), { mail: MAIL }, rig.client()));
    const first = { challenge: asked().challenge, code: await rig.codeTo(MAIL) };
    expect(codeOf(await rig.service.enter(first, rig.client()))).toBe("CODE_WRONG");
    const second = { challenge: asked().challenge, code: await rig.codeTo(MAIL) };
    expect(codeOf(await identity().contacts.confirm(rig.session(theirs.token), second, rig.client()))).toBe(
      "CODE_WRONG",
    );
    expect(rig.registry.byMail(MAIL)).toEqual([]);
    const entering = { challenge: given(rig.ask(NUMBER)).challenge, code: await rig.codeTo(NUMBER) };
    expect(codeOf(await identity().contacts.confirm(mine(), entering, rig.client()))).toBe("CODE_WRONG");
  });

  it("that another participant has stays theirs, which only who reads its messages is told", async () => {
    const theirs = rig.person({ number: 31687654321 });
    expect(codeOf(await rig.confirm(me.token, { number: OTHER }))).toBe("NUMBER_TAKEN");
    expect(rig.registry.byNumber(31687654321)).toEqual([theirs]);
    expect(given(identity().proposals.list(mine()))).toEqual([]);
  });

  it("that somebody else got while it waited is not taken from them", async () => {
    given(await rig.confirm(me.token, { number: OTHER }));
    const theirs = rig.person({ number: 31687654321 });
    await rig.days(waitDays + 1);
    expect(rig.registry.byNumber(31687654321)).toEqual([theirs]);
    expect(rig.registry.byNumber(31612345678)).toEqual([me.participant.participant]);
    expect(given(identity().proposals.list(rig.session((await rig.enter(rig.ask(NUMBER), NUMBER)).token)))).toEqual([]);
  });

  it("can be taken away where another is left, with what was welcome over it: at once, or later", async () => {
    expect(codeOf(await identity().contacts.remove(mine(), "number"))).toBe("WRONG_STATE");
    await rig.approve(me.token, "contact");
    given(await rig.confirm(me.token, { mail: MAIL }));
    const both = { sms: ["alarm" as const], email: ["inform" as const] };
    given(await rig.service.change(mine(), { locations: [{ ...LOCATION, channels: both }] }));
    const later = given(await identity().contacts.remove(mine(), "number"));
    expect([later.participant.number, later.waiting?.value]).toEqual([NUMBER, null]);
    await rig.approve(me.token, "contact");
    const { participant, waiting } = given(await identity().contacts.remove(mine(), "number"));
    expect(waiting).toBeNull();
    expect(participant).toMatchObject({ number: null, mail: MAIL, locations: [{ channels: { email: ["inform"] } }] });
    expect(codeOf(await identity().contacts.remove(mine(), "mail"))).toBe("WRONG_STATE");
  });

  it("that somebody else corrected ends what was entered by it, and nothing that was entered by another", async () => {
    await rig.approve(me.token, "contact");
    given(await rig.confirm(me.token, { mail: MAIL }));
    const again = await rig.enter(rig.ask(NUMBER), NUMBER);
    const byMail = await rig.enter(rig.service.requestCode({ mail: MAIL }, rig.client()), MAIL);
    given(rig.registry.change(again.participant.participant, (now) => ({ ...now, number: 31687654321 })));
    const session = rig.session(again.token);
    expect(codeOf(rig.service.view(session))).toBe("SESSION_ENDED");
    expect(codeOf(identity().contacts.request(session, { mail: "x@example.org" }, rig.client()))).toBe("SESSION_ENDED");
    expect(codeOf(identity().requestApproval(session, { act: "erase" }, rig.client()))).toBe("SESSION_ENDED");
    expect(codeOf(await rig.service.dropPosition(session))).toBe("SESSION_ENDED");
    expect(codeOf(await identity().leave(session))).toBe("SESSION_ENDED");
    expect(given(rig.service.view(rig.session(byMail.token))).number).toBe(OTHER);
  });
});

describe("sessions", () => {
  it("are shown to their participant, without what opens them", async () => {
    rig.minutes(5);
    const other = await rig.enter(rig.ask(NUMBER), NUMBER);
    const shown = identity().sessions(mine());
    expect(shown.map(({ isThis, by }) => [isThis, by])).toEqual([
      [true, "number"],
      [false, "number"],
    ]);
    expect(Date.parse(shown[1]!.openedAt) - Date.parse(shown[0]!.openedAt)).toBe(300_000);
    for (const { token } of [me, other]) {
      expect(JSON.stringify(shown)).not.toContain(token);
      expect(JSON.stringify(shown)).not.toContain(rig.session(token).hash);
    }
    expect(shown[0]!.expiresAt).toBe(new Date(rig.nowMs + SELF.sessionIdleMs).toISOString());
  });

  it("end by themselves, and others with a fresh code alone", async () => {
    const other = await rig.enter(rig.ask(NUMBER), NUMBER);
    const third = await rig.enter(rig.ask(NUMBER), NUMBER);
    const nameOf = ({ token }: SelfSession) =>
      identity()
        .sessions(rig.session(token))
        .find(({ isThis }) => isThis)!.session;
    expect(codeOf(identity().endSession(mine(), nameOf(other)))).toBe("CODE_REQUIRED");
    expect(codeOf(identity().endOthers(mine()))).toBe("CODE_REQUIRED");
    expect(codeOf(identity().endSession(mine(), "A".repeat(16)))).toBe("NOT_FOUND");
    await rig.approve(me.token, "sessions");
    given(identity().endSession(mine(), nameOf(other)));
    expect([other, third].map(({ token }) => rig.service.use(token) !== undefined)).toEqual([false, true]);
    expect(codeOf(identity().endOthers(mine()))).toBe("CODE_REQUIRED");
    given(identity().endSession(mine(), nameOf(me)));
    expect(rig.service.use(me.token)).toBeUndefined();
  });

  it("of another participant are nobody's to end", async () => {
    const theirs = await rig.joined(OTHER);
    const { session } = identity().sessions(rig.session(theirs.token))[0]!;
    await rig.approve(me.token, "sessions");
    expect(codeOf(identity().endSession(mine(), session))).toBe("NOT_FOUND");
    expect(rig.service.use(theirs.token)).toBeDefined();
  });
});

describe("who stole a session", () => {
  it("changes no contact, ends no other session and erases nobody", async () => {
    const stolen = rig.session(me.token);
    const owner = await rig.enter(rig.ask(NUMBER), NUMBER);
    expect(codeOf(await identity().leave(stolen))).toBe("CODE_REQUIRED");
    expect(codeOf(identity().endOthers(stolen))).toBe("CODE_REQUIRED");
    given(await rig.confirm(me.token, { number: OTHER }));
    expect(rig.registry.byNumber(31612345678)).toEqual([me.participant.participant]);
    expect(rig.service.use(owner.token)).toBeDefined();
    expect(await notices(NUMBER)).toHaveLength(1);
  });

  it("can use no approval but the one that was asked for in it, for what it was asked for, once, and soon", async () => {
    const owner = await rig.enter(rig.ask(NUMBER), NUMBER);
    const asked = given(identity().requestApproval(rig.session(owner.token), { act: "erase" }, rig.client()));
    const answer = { challenge: asked.challenge, code: await rig.codeTo(NUMBER) };
    expect(codeOf(identity().approve(mine(), answer, rig.client()))).toBe("CODE_WRONG");
    await rig.approve(me.token, "sessions");
    expect(codeOf(await identity().leave(mine()))).toBe("CODE_REQUIRED");
    rig.nowMs += SELF.approvalMs;
    expect(codeOf(identity().endOthers(mine()))).toBe("CODE_REQUIRED");
    rig.minutes(15);
    await rig.approve(me.token, "sessions");
    given(identity().endOthers(mine()));
    expect(codeOf(identity().endOthers(mine()))).toBe("CODE_REQUIRED");
  });

  it("asks for a code to no contact but the participant's", () => {
    expect(codeOf(identity().requestApproval(mine(), { act: "erase", by: "mail" }, rig.client()))).toBe("WRONG_STATE");
  });
});

describe("a place that a municipality gave under somebody's number", () => {
  const claim = () =>
    rig.person({
      number: 31612345678,
      contacts: contactBit("numberClaimed"),
      locations: [
        { ...rig.registry.people.get(me.participant.participant)!.locations[0]!, lng: 5.5, municipality: 363 },
      ],
    });

  it("is theirs to take, and then the double is gone", async () => {
    const double = claim();
    const [proposed] = given(identity().proposals.list(mine()));
    expect(proposed).toMatchObject({
      kind: "place",
      from: "GM0363",
      state: "open",
      locations: [{ position: [5.5, 52.08] }],
    });
    const view = given(await identity().proposals.acceptPlace(mine(), proposed!.proposal));
    expect(view.locations.map(({ municipality }) => municipality)).toEqual(["GM0632", "GM0363"]);
    expect(rig.registry.people.has(double)).toBe(false);
    expect(given(identity().proposals.list(mine()))).toEqual([]);
  });

  it("is theirs to send away, and leaves with them", async () => {
    const double = claim();
    const [proposed] = given(identity().proposals.list(mine()));
    given(await identity().proposals.decline(mine(), proposed!.proposal));
    expect(rig.registry.people.has(double)).toBe(false);
    const another = claim();
    await rig.approve(me.token, "erase");
    given(await identity().leave(mine()));
    expect([rig.registry.people.size, rig.registry.people.has(another)]).toEqual([0, false]);
  });

  it.each([
    ["taken", (name: string) => identity().proposals.acceptPlace(mine(), name)],
    ["sent away", (name: string) => identity().proposals.decline(mine(), name)],
  ] as const)(
    "takes what was proposed of it along once it is %s: else nobody could join by that contact",
    async (_, go) => {
      const double = claim();
      const [kind, value] = ["number", "31687654321"] as const;
      const open = { municipality: 632, state: "open", createdAtMs: rig.nowMs, notices: 0, noticedAtMs: 0 } as const;
      const id = "0190a1b2-0000-7000-8000-000000000001";
      given(rig.proposals.add({ id, participant: double, kind, value, ...open }));
      const done = await go(`place-${double}`);
      expect(done.ok).toBe(true);
      expect(rig.proposals.openFor(kind, value)).toBeUndefined();
    },
  );

  it("is active once the number is nobody else's: it was given up at once", async () => {
    const double = claim();
    await rig.approve(me.token, "contact");
    given(await rig.confirm(me.token, { number: OTHER }));
    expect(rig.registry.people.get(double)!.contacts).toBe(0);
  });

  it("is active once its number was given up after a while", async () => {
    const double = claim();
    await rig.approve(me.token, "contact");
    given(await rig.confirm(me.token, { mail: MAIL }));
    given(await identity().contacts.remove(mine(), "number"));
    expect(rig.registry.people.get(double)!.contacts).toBe(contactBit("numberClaimed"));
    await rig.days(waitDays + 1);
    expect(rig.registry.people.get(double)!.contacts).toBe(0);
  });

  it("is nobody else's, and no code opens it while its number has an owner", async () => {
    const double = claim();
    const theirs = await rig.joined(OTHER);
    expect(given(identity().proposals.list(rig.session(theirs.token)))).toEqual([]);
    expect(codeOf(await identity().proposals.acceptPlace(rig.session(theirs.token), `place-${double}`))).toBe(
      "NOT_FOUND",
    );
    expect(codeOf(await identity().proposals.decline(rig.session(theirs.token), `place-${double}`))).toBe("NOT_FOUND");
    const entered = await rig.enter(rig.ask(NUMBER), NUMBER);
    expect(entered.participant.participant).toBe(me.participant.participant);
  });

  it("opens by a code once nobody owns the number, and is active from then on", async () => {
    const double = claim();
    rig.registry.people.delete(me.participant.participant);
    const entered = await rig.enter(rig.ask(NUMBER), NUMBER);
    expect(entered.participant).toMatchObject({ participant: double, status: "active" });
    expect(rig.registry.people.get(double)!.contacts).toBe(contactBit("numberConfirmed"));
  });
});

describe("what a municipality proposes", () => {
  const propose = (kind: "number" | "mail" | "erasure", value: string) => {
    const { participant } = me.participant;
    const blank = { state: "open", notices: 0, noticedAtMs: 0, createdAtMs: rig.nowMs } as const;
    const id = `0190a1b2-0000-7000-8000-00000000000${rig.proposals.size}`;
    given(rig.proposals.add({ id, participant, kind, value, municipality: 632, ...blank }));
    return id;
  };
  const states = () => given(identity().proposals.list(mine())).map(({ kind, state, value }) => [kind, state, value]);

  it("is shown, and done when the participant gives the contact or leaves", async () => {
    propose("mail", MAIL);
    expect(given(identity().proposals.list(mine()))[0]).toMatchObject({
      ...{ kind: "mail", from: "GM0632", state: "open", value: MAIL },
      until: new Date(rig.nowMs + PROPOSALS.openMs).toISOString(),
    });
    await rig.approve(me.token, "contact");
    given(await rig.confirm(me.token, { mail: MAIL }));
    expect(states()).toEqual([["mail", "accepted", null]]);
    const id = propose("erasure", "");
    expect(codeOf(await identity().proposals.acceptPlace(mine(), id))).toBe("WRONG_STATE");
    await rig.approve(me.token, "erase");
    given(await identity().leave(mine()));
    expect(rig.proposals.size).toBe(0);
  });

  it("is declined, or lapses, and what it was about is forgotten then", async () => {
    given(await identity().proposals.decline(mine(), propose("number", "31687654321")));
    expect(states()).toEqual([["number", "declined", null]]);
    propose("number", "31687654321");
    const openDays = PROPOSALS.openMs / 86_400_000;
    await rig.days(openDays - 1);
    me = await rig.enter(rig.ask(NUMBER), NUMBER);
    expect(states().at(-1)).toEqual(["number", "open", OTHER]);
    await rig.days(2);
    me = await rig.enter(rig.ask(NUMBER), NUMBER);
    expect(states().at(-1)).toEqual(["number", "expired", null]);
    await rig.days((PROPOSALS.keptMs - PROPOSALS.openMs) / 86_400_000);
    expect(rig.proposals.size).toBe(0);
  });

  it("gives who lost their telephone their account back: by a code to the new number, and a while to object", async () => {
    propose("number", "31687654321");
    const { challenge } = given(rig.ask(OTHER));
    const answer = { challenge, code: await rig.codeTo(OTHER) };
    const waits = await rig.service.enter(answer, rig.client());
    expect(waits).toMatchObject({
      ok: false,
      problem: { code: "CONTACT_WAITS", retryAfterSeconds: PROPOSALS.waitMs / 1_000 },
    });
    expect(await notices(NUMBER)).toHaveLength(1);
    await rig.days(waitDays + 1);
    const entered = await rig.enter(rig.ask(OTHER), OTHER);
    expect(entered.participant).toMatchObject({ participant: me.participant.participant, number: OTHER });
    me = entered;
    expect(states()).toEqual([["number", "accepted", null]]);
  });

  it("and was accepted so is still the old contact's to decline", async () => {
    const id = propose("number", "31687654321");
    const { challenge } = given(rig.ask(OTHER));
    await rig.service.enter({ challenge, code: await rig.codeTo(OTHER) }, rig.client());
    given(await identity().proposals.decline(mine(), id));
    await rig.days(waitDays + 1);
    expect(rig.registry.byNumber(31612345678)).toEqual([me.participant.participant]);
  });

  it("to one participant is nobody else's to see or to decline", async () => {
    const id = propose("number", "31687654321");
    const theirs = await rig.joined("+31687654322");
    expect(given(identity().proposals.list(rig.session(theirs.token)))).toEqual([]);
    expect(codeOf(await identity().proposals.decline(rig.session(theirs.token), id))).toBe("NOT_FOUND");
  });
});

it.each(LANGUAGES.map((language, at) => [language, at] as const))("a notice in %s fits one SMS", (_, at) => {
  const { text } = noticeText(at);
  const isGsm = /^[\x20-\x7eàèéùìòÇØøÅåÆæßÉÄÖÑÜäöñü]*$/.test(text);
  expect(text.length).toBeLessThanOrEqual(isGsm ? 160 : 70);
});
