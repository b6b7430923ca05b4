/** Codes of self-service: whom they are sent to, how often, and what they open. */
import { beforeEach, describe, expect, it } from "vitest";
import { contactBit } from "../../../engine/registry/record/contact-marks.js";
import { codeText } from "../../../engine/self/codes/texts.js";
import { SELF } from "../../../schemas/limits.js";
import { LANGUAGES, PARTICIPANT_STATUSES } from "../../../schemas/words.js";
import { codeOf, given } from "../registry/samples.js";
import { MAIL, NUMBER, OTHER, POSTCODE, SelfRig, START_MS, wrong } from "./rig.js";

const JOIN = { postcode: POSTCODE, language: "nl" } as const;

let rig: SelfRig;
beforeEach(() => {
  rig = new SelfRig();
});

describe("joining", () => {
  it("counts when the code comes back, and not before", async () => {
    const opened = given(rig.join(NUMBER));
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
      rig.service.join({ mail: MAIL, position: [5.1, 52.1], language: "pl" }, rig.client()),
      MAIL,
    );
    expect(session.participant).toMatchObject({ number: null, mail: MAIL, language: "pl" });
    expect(Object.keys(session.participant.locations[0]!.channels)).toEqual(["email"]);
    expect((await rig.sentTo(MAIL))[0]!.subject).toBe(codeText("", LANGUAGES.indexOf("pl")).subject);
  });

  it("takes a number as people write it", async () => {
    const session = await rig.enter(rig.join("06 12 34 56 78"), NUMBER);
    expect(session.participant.number).toBe(NUMBER);
  });

  it.each([
    ["a number of no plan", { number: "+3112" }, "NUMBER_IMPOSSIBLE", "/number"],
    ["a number at a premium rate", { number: "0900 1234567" }, "NUMBER_NOT_PERSONAL", "/number"],
    ["a number that can have no code by SMS", { number: "020 1234567" }, "NUMBER_NOT_MOBILE", "/number"],
    ["an unknown postcode", { number: NUMBER, postcode: "9999" }, "POSTCODE_UNKNOWN", "/postcode"],
    [
      "the sea",
      { number: NUMBER, postcode: undefined, position: [3, 52] as [number, number] },
      "POSITION_AT_SEA",
      "/position",
    ],
  ])("refuses %s at its field, and sends nothing", async (_, change, code, field) => {
    const refused = rig.service.join({ ...JOIN, ...change }, rig.client());
    expect(refused).toMatchObject({ ok: false, problem: { code, field } });
    expect(await rig.sentTo(NUMBER)).toEqual([]);
  });

  it("with a number that takes part already sends a code that opens what is there, unchanged", async () => {
    const participant = rig.person({ number: 31612345678, language: LANGUAGES.indexOf("fr"), mail: MAIL });
    const before = rig.registry.people.get(participant);
    const session = await rig.enter(rig.join(NUMBER), NUMBER);
    expect(session.participant.participant).toBe(participant);
    // But for that the number is theirs for certain now.
    expect(rig.registry.people.get(participant)).toEqual({ ...before, contacts: contactBit("numberConfirmed") });
    expect(rig.registry.people.size).toBe(1);
    // In the language of who gets it, which whoever asked can't know.
    expect((await rig.sentTo(NUMBER))[0]!.text).toContain("Votre code");
  });

  it("twice at the same time is once: whoever answers last enters what the first has made", async () => {
    const first = given(rig.join(NUMBER));
    const firstCode = await rig.codeTo(NUMBER);
    const second = given(rig.service.join({ ...JOIN, number: NUMBER, language: "de" }, rig.client()));
    const secondCode = await rig.codeTo(NUMBER);
    let open = (): void => {};
    rig.registry.gate = new Promise((resolve) => {
      open = resolve;
    });
    const both = Promise.all([
      rig.service.enter({ challenge: first.challenge, code: firstCode }, rig.client()),
      rig.service.enter({ challenge: second.challenge, code: secondCode }, rig.client()),
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
    const opened = given(rig.join(NUMBER));
    const code = await rig.codeTo(NUMBER);
    rig.nowMs += SELF.codeMs;
    expect(codeOf(await rig.service.enter({ challenge: opened.challenge, code }, rig.client()))).toBe("CODE_WRONG");
    expect([rig.registry.people.size, rig.registry.settles]).toEqual([0, 0]);
  });
});

describe("a code", () => {
  it("for who takes part opens a session, once", async () => {
    const participant = rig.person({ number: 31612345678 });
    const opened = given(rig.ask(NUMBER));
    const answer = { challenge: opened.challenge, code: await rig.codeTo(NUMBER) };
    expect(given(await rig.service.enter(answer, rig.client())).participant.participant).toBe(participant);
    expect(codeOf(await rig.service.enter(answer, rig.client()))).toBe("CODE_WRONG");
  });

  it("that is wrong may be tried again, but not for ever", async () => {
    rig.person({ number: 31612345678 });
    const { challenge } = given(rig.ask(NUMBER));
    const code = await rig.codeTo(NUMBER);
    for (let attempt = 1; attempt < SELF.attempts; attempt++) {
      expect(codeOf(await rig.service.enter({ challenge, code: wrong(code) }, rig.client()))).toBe("CODE_WRONG");
    }
    expect(codeOf(await rig.service.enter({ challenge, code }, rig.client()))).toBe("ok");
    const again = given(rig.ask(NUMBER));
    const next = await rig.codeTo(NUMBER);
    for (let attempt = 0; attempt < SELF.attempts; attempt++) {
      await rig.service.enter({ challenge: again.challenge, code: wrong(next) }, rig.client());
    }
    expect(codeOf(await rig.service.enter({ challenge: again.challenge, code: next }, rig.client()))).toBe(
      "CODE_WRONG",
    );
  });

  it("counts for its own challenge, and until its time is over", async () => {
    rig.person({ number: 31612345678 });
    rig.person({ number: 31687654321 });
    const [one, other] = [given(rig.ask(NUMBER)), given(rig.ask(OTHER))];
    const code = await rig.codeTo(NUMBER);
    if (code !== (await rig.codeTo(OTHER))) {
      expect(codeOf(await rig.service.enter({ challenge: other.challenge, code }, rig.client()))).toBe("CODE_WRONG");
    }
    expect(codeOf(await rig.service.enter({ challenge: "never-given", code }, rig.client()))).toBe("CODE_WRONG");
    rig.nowMs += SELF.codeMs - 1;
    expect(codeOf(await rig.service.enter({ challenge: one.challenge, code }, rig.client()))).toBe("ok");
    const late = given(rig.ask(NUMBER));
    const lateCode = await rig.codeTo(NUMBER);
    rig.nowMs += SELF.codeMs;
    expect(codeOf(await rig.service.enter({ challenge: late.challenge, code: lateCode }, rig.client()))).toBe(
      "CODE_WRONG",
    );
  });

  it("means nothing to another process: a restart ends challenges and sessions", async () => {
    const session = await rig.joined();
    const opened = given(rig.ask(NUMBER));
    const code = await rig.codeTo(NUMBER);
    const restarted = new SelfRig();
    for (const [participant, person] of rig.registry.people) restarted.registry.people.set(participant, person);
    const answer = { challenge: opened.challenge, code };
    expect(codeOf(await restarted.service.enter(answer, rig.client()))).toBe("CODE_WRONG");
    expect(restarted.service.use(session.token)).toBeUndefined();
  });

  it("to enter by is sent to nobody where nobody takes part, with the same answer; no guess opens anything", async () => {
    rig.person({ number: 31612345678 });
    const known = given(rig.ask(NUMBER));
    const unknown = given(rig.ask(OTHER));
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
        return codeOf(rig.ask(number));
      });
    const known = outcomes(NUMBER);
    rig.nowMs = START_MS;
    expect(outcomes(OTHER)).toEqual(known);
    expect(known.filter((code) => code === "ok")).toHaveLength(5);
  });

  it("goes to a contact three times in a quarter of an hour, and ten times a day, whoever asks; and a few more from clean networks", () => {
    let sent = 0;
    for (let minute = 0; minute < 24 * 60; minute++) {
      if (codeOf(rig.ask(NUMBER)) === "ok") sent++;
      expect(sent).toBeLessThanOrEqual(Math.min(15, 5 * (Math.floor(minute / 15) + 1)));
      rig.minutes(1);
    }
    expect(sent).toBe(15);
    expect(codeOf(rig.ask(NUMBER))).toBe("ok");
  });

  it("is kept for its owner, whose contact somebody else has used up", async () => {
    const participant = rig.person({ number: 31612345678 });
    for (let at = 0; at < 600; at++) {
      rig.service.requestCode({ number: at % 9 === 0 ? NUMBER : `+3161234${1_000 + at}` }, `192.0.2.${at % 200}`);
      rig.beats(1);
    }
    const session = await rig.enter(rig.service.requestCode({ number: NUMBER }, "198.51.100.7"), NUMBER);
    expect(session.participant.participant).toBe(participant);
  });

  it("is not given to one address without end, nor to one network", () => {
    const asked = (clients: (at: number) => string): number => {
      const numbers = Array.from({ length: 900 }, (_, at) => `+3161234${1_000 + at}`);
      rig.nowMs += 86_400_000;
      return numbers.filter((number, at) => {
        rig.beats(1);
        return codeOf(rig.service.requestCode({ number }, clients(at))) === "ok";
      }).length;
    };
    expect(asked(() => "192.0.2.1")).toBe(SELF.codesPerClient[0].count);
    expect(asked((at) => `198.51.100.${at % 250}`)).toBe(SELF.codesPerNetwork[0].count);
    expect(asked((at) => `2001:db8:1:${at.toString(16)}::/64`)).toBe(SELF.codesPerNetwork[0].count);
    expect(asked((at) => `2001:db8:${at.toString(16)}:1::/64`)).toBe(900);
  });

  it("is refused to all where none can be sent: no mail server, no carrier", () => {
    rig.channels.mail.takes = false;
    rig.person({ mail: MAIL });
    expect(codeOf(rig.service.requestCode({ mail: MAIL }, rig.client()))).toBe("CODE_NOT_SENT");
    expect(codeOf(rig.service.requestCode({ mail: "nobody@example.org" }, rig.client()))).toBe("CODE_NOT_SENT");
    expect(codeOf(rig.ask(NUMBER))).toBe("ok");
  });

  it("confirms who a file brought in unconfirmed", async () => {
    const participant = rig.person({ number: 31612345678, status: PARTICIPANT_STATUSES.indexOf("unconfirmed") });
    const session = await rig.enter(rig.ask(NUMBER), NUMBER);
    expect(session.participant).toMatchObject({ participant, status: "active" });
  });

  it("to a number that a file gave to two opens the first of them", async () => {
    const first = rig.person({ number: 31612345678 });
    rig.registry.people.set(first + 50, { ...rig.registry.people.get(first)!, mail: MAIL });
    expect((await rig.enter(rig.ask(NUMBER), NUMBER)).participant.participant).toBe(first);
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
