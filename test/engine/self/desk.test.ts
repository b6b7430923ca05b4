import { beforeEach, describe, expect, it } from "vitest";
import { codeText } from "../../../engine/self/texts.js";
import { SELF } from "../../../schemas/limits.js";
import { LANGUAGES, PARTICIPANT_STATUSES } from "../../../schemas/words.js";
import { codeOf, given } from "../registry/samples.js";
import { MAIL, NUMBER, OTHER, POSTCODE, SelfRig, START_MS, wrong } from "./rig.js";

const JOIN = { postcode: POSTCODE, language: "nl" } as const;

let rig: SelfRig;
beforeEach(() => {
  rig = new SelfRig();
});

const join = (number: string) => rig.desk.join({ ...JOIN, number }, rig.client());
const ask = (number: string) => rig.desk.requestCode({ number }, rig.client());

describe("joining", () => {
  it("counts when the code comes back, and not before", async () => {
    const opened = given(join(NUMBER));
    expect(opened.expiresAt).toBe(new Date(START_MS + SELF.codeMs).toISOString());
    expect((await rig.sentTo(NUMBER)).map(({ text }) => text)).toEqual([
      expect.stringMatching(/^Burgernet: .* \d{6}$/),
    ]);
    expect([rig.registry.people.size, rig.registry.settles]).toEqual([0, 0]);
    const session = await rig.enter({ ok: true, value: opened }, NUMBER);
    expect(rig.registry.people.size).toBe(1);
    expect(session.participant).toMatchObject({
      number: NUMBER,
      mail: null,
      status: "active",
      joinedOn: "2026-05-01",
      language: "nl",
      locations: [{ kind: "home", position: [4.88, 52.08], municipality: "GM0632", hours: "always" }],
    });
    expect(session.participant.locations[0]!.channels).toEqual({ sms: ["inform", "involve", "alarm", "trace"] });
    expect(session.token).toMatch(/^sps_[\w-]{43}$/);
  });

  it("by mail wants mail, in the language that was asked for", async () => {
    const session = await rig.enter(
      rig.desk.join({ mail: MAIL, position: [5.1, 52.1], language: "pl" }, rig.client()),
      MAIL,
    );
    expect(session.participant).toMatchObject({ number: null, mail: MAIL, language: "pl" });
    expect(Object.keys(session.participant.locations[0]!.channels)).toEqual(["email"]);
    expect((await rig.sentTo(MAIL))[0]!.subject).toBe(codeText("", LANGUAGES.indexOf("pl")).subject);
  });

  it("takes a number as people write it", async () => {
    const session = await rig.enter(join("06 12 34 56 78"), NUMBER);
    expect(session.participant.number).toBe(NUMBER);
  });

  it.each([
    ["a number of no plan", { number: "+3112" }, "INVALID_FIELD", "/number"],
    ["a number at a premium rate", { number: "0900 1234567" }, "INVALID_FIELD", "/number"],
    ["an unknown postcode", { number: NUMBER, postcode: "9999" }, "POSTCODE_UNKNOWN", "/postcode"],
    [
      "the sea",
      { number: NUMBER, postcode: undefined, position: [3, 52] as [number, number] },
      "POSITION_AT_SEA",
      "/position",
    ],
  ])("refuses %s at its field, and sends nothing", async (_, change, code, field) => {
    const refused = rig.desk.join({ ...JOIN, ...change }, rig.client());
    expect(refused).toMatchObject({ ok: false, problem: { code, field } });
    expect(await rig.sentTo(NUMBER)).toEqual([]);
  });

  it("with a number that takes part already sends a code that opens what is there, unchanged", async () => {
    const participant = rig.person({ number: 31612345678, language: LANGUAGES.indexOf("fr"), mail: MAIL });
    const before = rig.registry.people.get(participant);
    const session = await rig.enter(join(NUMBER), NUMBER);
    expect(session.participant.participant).toBe(participant);
    expect(rig.registry.people.get(participant)).toBe(before);
    expect(rig.registry.people.size).toBe(1);
    // In the language of who gets it, which whoever asked can't know.
    expect((await rig.sentTo(NUMBER))[0]!.text).toContain("Votre code");
  });

  it("twice at the same time is once: whoever answers last enters what the first has made", async () => {
    const first = given(join(NUMBER));
    const firstCode = await rig.codeTo(NUMBER);
    const second = given(rig.desk.join({ ...JOIN, number: NUMBER, language: "de" }, rig.client()));
    const secondCode = await rig.codeTo(NUMBER);
    let open = (): void => {};
    rig.registry.gate = new Promise((resolve) => {
      open = resolve;
    });
    const both = Promise.all([
      rig.desk.enter({ challenge: first.challenge, code: firstCode }, rig.client()),
      rig.desk.enter({ challenge: second.challenge, code: secondCode }, rig.client()),
    ]);
    let answered = false;
    void both.then(() => {
      answered = true;
    });
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    // Nobody is told that they take part before that is on the disk.
    expect([answered, rig.registry.people.size]).toEqual([false, 1]);
    open();
    const [one, other] = (await both).map(given);
    expect(rig.registry.people.size).toBe(1);
    expect(one!.participant).toEqual(other!.participant);
    expect(one!.token).not.toBe(other!.token);
    expect(other!.participant.language).toBe("nl");
  });

  it("that was never confirmed leaves nothing", async () => {
    const opened = given(join(NUMBER));
    const code = await rig.codeTo(NUMBER);
    rig.nowMs += SELF.codeMs;
    expect(codeOf(await rig.desk.enter({ challenge: opened.challenge, code }, rig.client()))).toBe("CODE_WRONG");
    expect([rig.registry.people.size, rig.registry.settles]).toEqual([0, 0]);
  });
});

describe("a code", () => {
  it("for who takes part opens a session, once", async () => {
    const participant = rig.person({ number: 31612345678 });
    const opened = given(ask(NUMBER));
    const answer = { challenge: opened.challenge, code: await rig.codeTo(NUMBER) };
    expect(given(await rig.desk.enter(answer, rig.client())).participant.participant).toBe(participant);
    expect(codeOf(await rig.desk.enter(answer, rig.client()))).toBe("CODE_WRONG");
  });

  it("that is wrong may be tried again, but not for ever", async () => {
    rig.person({ number: 31612345678 });
    const { challenge } = given(ask(NUMBER));
    const code = await rig.codeTo(NUMBER);
    for (let attempt = 1; attempt < SELF.attempts; attempt++) {
      expect(codeOf(await rig.desk.enter({ challenge, code: wrong(code) }, rig.client()))).toBe("CODE_WRONG");
    }
    expect(codeOf(await rig.desk.enter({ challenge, code }, rig.client()))).toBe("ok");
    const again = given(ask(NUMBER));
    const next = await rig.codeTo(NUMBER);
    for (let attempt = 0; attempt < SELF.attempts; attempt++) {
      await rig.desk.enter({ challenge: again.challenge, code: wrong(next) }, rig.client());
    }
    expect(codeOf(await rig.desk.enter({ challenge: again.challenge, code: next }, rig.client()))).toBe("CODE_WRONG");
  });

  it("counts for its own challenge, and until its time is over", async () => {
    rig.person({ number: 31612345678 });
    rig.person({ number: 31687654321 });
    const [one, other] = [given(ask(NUMBER)), given(ask(OTHER))];
    const code = await rig.codeTo(NUMBER);
    if (code !== (await rig.codeTo(OTHER))) {
      expect(codeOf(await rig.desk.enter({ challenge: other.challenge, code }, rig.client()))).toBe("CODE_WRONG");
    }
    expect(codeOf(await rig.desk.enter({ challenge: "never-given", code }, rig.client()))).toBe("CODE_WRONG");
    rig.nowMs += SELF.codeMs - 1;
    expect(codeOf(await rig.desk.enter({ challenge: one.challenge, code }, rig.client()))).toBe("ok");
    const late = given(ask(NUMBER));
    const lateCode = await rig.codeTo(NUMBER);
    rig.nowMs += SELF.codeMs;
    expect(codeOf(await rig.desk.enter({ challenge: late.challenge, code: lateCode }, rig.client()))).toBe(
      "CODE_WRONG",
    );
  });

  it("means nothing to another process: a restart ends challenges and sessions", async () => {
    const session = await rig.joined();
    const opened = given(ask(NUMBER));
    const code = await rig.codeTo(NUMBER);
    const restarted = new SelfRig();
    for (const [participant, person] of rig.registry.people) restarted.registry.people.set(participant, person);
    const answer = { challenge: opened.challenge, code };
    expect(codeOf(await restarted.desk.enter(answer, rig.client()))).toBe("CODE_WRONG");
    expect(restarted.desk.use(session.token)).toBeUndefined();
  });

  it("to enter by is sent to nobody where nobody takes part, with the same answer; no guess opens anything", async () => {
    rig.person({ number: 31612345678 });
    const known = given(ask(NUMBER));
    const unknown = given(ask(OTHER));
    expect(Object.keys(unknown)).toEqual(Object.keys(known));
    expect(unknown.challenge).toHaveLength(known.challenge.length);
    expect(unknown.expiresAt).toBe(known.expiresAt);
    expect(await rig.sentTo(NUMBER)).toHaveLength(1);
    expect(await rig.sentTo(OTHER)).toEqual([]);
  });

  it("is bounded alike whether or not somebody takes part", () => {
    rig.person({ number: 31612345678 });
    const outcomes = (number: string) =>
      Array.from({ length: 30 }, (_, time) => {
        rig.nowMs += time * 1_000;
        return codeOf(ask(number));
      });
    const known = outcomes(NUMBER);
    rig.nowMs = START_MS;
    expect(outcomes(OTHER)).toEqual(known);
    expect(known.filter((code) => code === "ok")).toHaveLength(3);
  });

  it("goes to a contact three times in a quarter of an hour, and ten times a day, whoever asks", () => {
    let sent = 0;
    for (let minute = 0; minute < 24 * 60; minute++) {
      if (codeOf(ask(NUMBER)) === "ok") sent++;
      expect(sent).toBeLessThanOrEqual(Math.min(10, 3 * (Math.floor(minute / 15) + 1)));
      rig.minutes(1);
    }
    expect(sent).toBe(10);
    expect(codeOf(ask(NUMBER))).toBe("ok");
  });

  it("is not given to one address without end, nor to all together", () => {
    const numbers = Array.from({ length: 200 }, (_, at) => `+3161234${1_000 + at}`);
    const client = rig.client();
    const given = numbers.filter((number) => {
      rig.nowMs += 1_000;
      return codeOf(rig.desk.requestCode({ number }, client)) === "ok";
    });
    expect(given).toHaveLength(SELF.codesPerClient[0].count);
    rig.nowMs += 3_600_000;
    const atOnce = numbers.filter((number) => codeOf(ask(number)) === "ok");
    expect(atOnce).toHaveLength(SELF.codes[0].count);
  });

  it("is refused to all where none can be sent: no mail server, no carrier", () => {
    rig.channels.mail.takes = false;
    rig.person({ mail: MAIL });
    expect(codeOf(rig.desk.requestCode({ mail: MAIL }, rig.client()))).toBe("CODE_NOT_SENT");
    expect(codeOf(rig.desk.requestCode({ mail: "nobody@example.org" }, rig.client()))).toBe("CODE_NOT_SENT");
    expect(codeOf(ask(NUMBER))).toBe("ok");
  });

  it("confirms who a file brought in unconfirmed", async () => {
    const participant = rig.person({ number: 31612345678, status: PARTICIPANT_STATUSES.indexOf("unconfirmed") });
    const session = await rig.enter(ask(NUMBER), NUMBER);
    expect(session.participant).toMatchObject({ participant, status: "active" });
  });

  it("to a number that a file gave to two opens the first of them", async () => {
    const first = rig.person({ number: 31612345678 });
    rig.registry.people.set(first + 50, { ...rig.registry.people.get(first)!, mail: MAIL });
    expect((await rig.enter(ask(NUMBER), NUMBER)).participant.participant).toBe(first);
  });

  it.each(LANGUAGES.map((language, at) => [language, at] as const))(
    "in %s fits one SMS and ends with the digits",
    (_, at) => {
      const { text } = codeText("012345", at);
      const isGsm = /^[\x20-\x7eàèéùìòÇØøÅåÆæßÉÄÖÑÜäöñü]*$/.test(text);
      expect(text.length).toBeLessThanOrEqual(isGsm ? 160 : 70);
      expect(text).toMatch(/ 012345$/);
    },
  );
});

describe("a session", () => {
  it("ends when it is not used, and in any case after half a day", async () => {
    const idle = await rig.joined();
    rig.nowMs += SELF.sessionIdleMs - 1;
    expect(rig.desk.use(idle.token)).toBeDefined();
    rig.nowMs += SELF.sessionIdleMs;
    expect(rig.desk.use(idle.token)).toBeUndefined();
    const busy = await rig.enter(ask(NUMBER), NUMBER);
    const openedMs = rig.nowMs;
    for (let time = 0; time < 100 && rig.desk.use(busy.token) !== undefined; time++) rig.minutes(20);
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
    const other = await rig.enter(ask(NUMBER), NUMBER);
    rig.desk.leave(rig.session(one.token));
    expect(rig.desk.use(one.token)).toBeUndefined();
    expect(rig.desk.use(other.token)).toBeDefined();
  });

  it("is one of few of a participant: the oldest ends", async () => {
    const tokens = [(await rig.joined()).token];
    for (let at = 0; at < SELF.sessionsPerParticipant; at++) {
      rig.minutes(6);
      for (const token of tokens) rig.desk.use(token);
      tokens.push((await rig.enter(ask(NUMBER), NUMBER)).token);
    }
    expect(tokens.map((token) => rig.desk.use(token) !== undefined)).toEqual([
      false,
      ...tokens.slice(1).map(() => true),
    ]);
  });

  it("is opened by its token alone", async () => {
    const { token } = await rig.joined();
    for (const other of ["", "sps_", token.slice(0, -1), `${token}A`, token.toLowerCase()]) {
      expect(rig.desk.use(other)).toBeUndefined();
    }
  });
});

describe("a participant", () => {
  it("changes what they want, and what they left out stays", async () => {
    const { token } = await rig.joined();
    const view = given(
      await rig.desk.change(rig.session(token), { language: "fy", paused: true, needs: ["simpleLanguage"] }),
    );
    expect(view).toMatchObject({ language: "fy", status: "paused", needs: ["simpleLanguage"], number: NUMBER });
    expect(view.locations).toHaveLength(1);
    const refused = await rig.desk.change(rig.session(token), {
      locations: [{ ...LOCATION, channels: { email: ["alarm"] } }],
    });
    expect(refused).toMatchObject({
      ok: false,
      problem: { code: "INVALID_FIELD", field: "/locations/0/channels/email" },
    });
    expect(given(rig.desk.view(rig.session(token)))).toEqual(view);
  });

  it("shows where the phone is only after saying what is wanted there, and is forgotten with it", async () => {
    const { token, participant } = await rig.joined();
    expect(codeOf(await rig.desk.move(rig.session(token), [5, 52]))).toBe("WRONG_STATE");
    const wishes = { channels: { sms: ["alarm" as const] }, except: {}, hours: "always", timeZone: "Europe/Amsterdam" };
    given(await rig.desk.change(rig.session(token), { phone: { ...wishes, timeZone: "UTC", inDanger: "hours" } }));
    given(await rig.desk.move(rig.session(token), [5, 52]));
    expect(given(rig.desk.view(rig.session(token))).phone).toMatchObject({ position: [5, 52] });
    given(await rig.desk.dropPosition(rig.session(token)));
    expect(given(rig.desk.view(rig.session(token))).phone).toMatchObject({ position: null });
    given(await rig.desk.move(rig.session(token), [5, 52]));
    given(await rig.desk.change(rig.session(token), { phone: null }));
    expect(rig.positions.seen(participant.participant)).toBeUndefined();
  });

  it("changes wishes so often, for the registry's terms are for all; and is left alone however often they ask", async () => {
    const { token } = await rig.joined();
    const wish = async () => codeOf(await rig.desk.change(rig.session(token), { locations: [LOCATION] }));
    const [{ count, ms }] = SELF.wishesPerParticipant;
    for (let time = 0; time < count; time++) expect(await wish()).toBe("ok");
    expect(await wish()).toBe("TOO_MANY_REQUESTS");
    given(await rig.desk.change(rig.session(token), { paused: true, phone: null, switchedOff: ["sms"] }));
    rig.nowMs += ms / 4;
    expect(await wish()).toBe("TOO_MANY_REQUESTS");
  });

  it("sees and takes with them all that is stored", async () => {
    const { token, participant } = await rig.joined();
    const taken = given(rig.desk.export(rig.session(token)));
    expect(taken.participant).toEqual(participant);
    expect(taken.alsoStored.join()).toMatch(/Replies.*ledger/);
  });

  it("is gone after leaving: sessions, position, codes under way; and nothing is sent any more", async () => {
    const { token, participant } = await rig.joined();
    const other = await rig.enter(ask(NUMBER), NUMBER);
    // A second request to join, which would bring back who has just left.
    rig.minutes(15);
    const late = given(join(NUMBER));
    const code = await rig.codeTo(NUMBER);
    const moving = given(rig.desk.requestContact(rig.session(token), { number: OTHER }, rig.client()));
    const sent = (await rig.sentTo(NUMBER)).length;
    rig.positions.seenAt.set(participant.participant, { lng: 5, lat: 52, seenAtMs: 0 });
    const settles = rig.registry.settles;
    given(await rig.desk.erase(rig.session(token)));
    expect(rig.registry.people.size).toBe(0);
    expect(rig.registry.settles).toBe(settles + 1);
    expect(rig.positions.seen(participant.participant)).toBeUndefined();
    for (const each of [token, other.token]) expect(rig.desk.use(each)).toBeUndefined();
    expect(codeOf(await rig.desk.enter({ challenge: late.challenge, code }, rig.client()))).toBe("CODE_WRONG");
    const moved = { challenge: moving.challenge, code: await rig.codeTo(OTHER) };
    expect(codeOf(await rig.desk.enter(moved, rig.client()))).toBe("CODE_WRONG");
    expect(await rig.sentTo(NUMBER)).toHaveLength(sent);
  });

  it("who left while a code was asked for is told nothing more", async () => {
    const { token } = await rig.joined();
    const before = (await rig.sentTo(NUMBER)).length;
    given(ask(NUMBER));
    given(await rig.desk.erase(rig.session(token)));
    expect(await rig.sentTo(NUMBER)).toHaveLength(before);
  });
});

describe("a new contact", () => {
  it("counts once its code came back, and ends the other sessions", async () => {
    const { token, participant } = await rig.joined();
    const other = await rig.enter(ask(NUMBER), NUMBER);
    const { challenge } = given(rig.desk.requestContact(rig.session(token), { number: OTHER }, rig.client()));
    expect(given(rig.desk.view(rig.session(token))).number).toBe(NUMBER);
    const code = await rig.codeTo(OTHER);
    const view = given(await rig.desk.confirmContact(rig.session(token), { challenge, code }, rig.client()));
    expect(view).toMatchObject({ participant: participant.participant, number: OTHER });
    expect(rig.desk.use(token)).toBeDefined();
    expect(rig.desk.use(other.token)).toBeUndefined();
    expect(rig.registry.byNumber(31612345678)).toEqual([]);
  });

  it("that somebody else corrected ends what was entered by it, and nothing that was entered by another", async () => {
    const byNumber = await rig.joined();
    const opened = given(rig.desk.requestContact(rig.session(byNumber.token), { mail: MAIL }, rig.client()));
    const answer = { challenge: opened.challenge, code: await rig.codeTo(MAIL) };
    given(await rig.desk.confirmContact(rig.session(byNumber.token), answer, rig.client()));
    const again = await rig.enter(ask(NUMBER), NUMBER);
    const byMail = await rig.enter(rig.desk.requestCode({ mail: MAIL }, rig.client()), MAIL);
    given(rig.registry.change(again.participant.participant, (now) => ({ ...now, number: 31687654321 })));
    expect(codeOf(rig.desk.view(rig.session(again.token)))).toBe("SESSION_ENDED");
    expect(codeOf(rig.desk.requestContact(rig.session(again.token), { mail: "x@example.org" }, rig.client()))).toBe(
      "SESSION_ENDED",
    );
    expect(codeOf(await rig.desk.dropPosition(rig.session(again.token)))).toBe("SESSION_ENDED");
    expect(codeOf(await rig.desk.erase(rig.session(again.token)))).toBe("SESSION_ENDED");
    expect(given(rig.desk.view(rig.session(byMail.token))).number).toBe(OTHER);
  });

  it("is confirmed in a session of the same participant alone, and opens none", async () => {
    const mine = await rig.joined();
    const theirs = await rig.joined(OTHER);
    const { challenge } = given(rig.desk.requestContact(rig.session(mine.token), { mail: MAIL }, rig.client()));
    const code = await rig.codeTo(MAIL);
    const answer = { challenge, code };
    expect(codeOf(await rig.desk.enter(answer, rig.client()))).toBe("CODE_WRONG");
    const again = given(rig.desk.requestContact(rig.session(mine.token), { mail: MAIL }, rig.client()));
    const second = { challenge: again.challenge, code: await rig.codeTo(MAIL) };
    expect(codeOf(await rig.desk.confirmContact(rig.session(theirs.token), second, rig.client()))).toBe("CODE_WRONG");
    expect(rig.registry.byMail(MAIL)).toEqual([]);
  });

  it("opens no session of whoever has it already, and a code to enter by makes no contact", async () => {
    const mine = await rig.joined();
    rig.person({ number: 31687654321 });
    const asked = given(rig.desk.requestContact(rig.session(mine.token), { number: OTHER }, rig.client()));
    const toMine = { challenge: asked.challenge, code: await rig.codeTo(OTHER) };
    expect(codeOf(await rig.desk.enter(toMine, rig.client()))).toBe("CODE_WRONG");
    const entering = given(ask(NUMBER));
    const toEnter = { challenge: entering.challenge, code: await rig.codeTo(NUMBER) };
    expect(codeOf(await rig.desk.confirmContact(rig.session(mine.token), toEnter, rig.client()))).toBe("CODE_WRONG");
  });

  it("that another participant has stays theirs, which only who reads its messages is told", async () => {
    const mine = await rig.joined();
    const theirs = rig.person({ number: 31687654321 });
    const opened = given(rig.desk.requestContact(rig.session(mine.token), { number: OTHER }, rig.client()));
    const answer = { challenge: opened.challenge, code: await rig.codeTo(OTHER) };
    expect(codeOf(await rig.desk.confirmContact(rig.session(mine.token), answer, rig.client()))).toBe("NUMBER_TAKEN");
    expect(rig.registry.byNumber(31687654321)).toEqual([theirs]);
    expect(given(rig.desk.view(rig.session(mine.token))).number).toBe(NUMBER);
  });

  it("can be taken away where another is left, with what was welcome over it", async () => {
    const { token } = await rig.joined();
    expect(codeOf(await rig.desk.removeContact(rig.session(token), "number"))).toBe("WRONG_STATE");
    const opened = given(rig.desk.requestContact(rig.session(token), { mail: MAIL }, rig.client()));
    const answer = { challenge: opened.challenge, code: await rig.codeTo(MAIL) };
    given(await rig.desk.confirmContact(rig.session(token), answer, rig.client()));
    const both = { sms: ["alarm" as const], email: ["inform" as const] };
    given(await rig.desk.change(rig.session(token), { locations: [{ ...LOCATION, channels: both }] }));
    const stolen = await rig.enter(ask(NUMBER), NUMBER);
    const view = given(await rig.desk.removeContact(rig.session(token), "number"));
    expect(rig.desk.use(stolen.token)).toBeUndefined();
    expect(view).toMatchObject({ number: null, mail: MAIL, locations: [{ channels: { email: ["inform"] } }] });
    expect(codeOf(await rig.desk.removeContact(rig.session(token), "mail"))).toBe("WRONG_STATE");
  });
});

const LOCATION = {
  kind: "home",
  position: [5.1, 52.1] as [number, number],
  channels: {},
  except: {},
  hours: "always",
  timeZone: "Europe/Amsterdam",
  inDanger: "hours",
} as const;
