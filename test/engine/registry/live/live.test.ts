import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Pauses } from "../../../../engine/registry/live/pauses.js";
import { contactBit } from "../../../../engine/registry/record/contact-marks.js";
import type { Participant } from "../../../../engine/registry/record/participant.js";
import { TERMS_WORDS, termsAt } from "../../../../engine/registry/record/terms.js";
import { REGISTRY } from "../../../../schemas/limits.js";
import { CHANNELS, switchedOffBit } from "../../../../schemas/words.js";
import { temporaryFolder } from "../../../temp-folder.js";
import { codeOf, given, somePeople, writeSample } from "../samples.js";
import { locationAt, SOMEBODY, termsOf } from "../somebody.js";
import { DAY_MS, FULL, LiveRig } from "./rig.js";

const NUMBER = 31_690_000_000;
const UNUSED = 3;

let folder: string;
let rig: LiveRig;

beforeEach(async () => {
  folder = temporaryFolder();
  rig = await LiveRig.open(folder);
});
afterEach(async () => {
  expect(rig.problems).toEqual([]);
  await rig.close();
});

async function restart(): Promise<void> {
  await rig.close();
  rig = await LiveRig.open(folder, rig.nowMs);
}

/** Ends as a power cut would; what is not on the disk is lost. */
async function crash(): Promise<void> {
  await rig.crash();
  rig = await LiveRig.open(folder);
}

function join(who: Partial<Participant> = {}): number {
  return given(rig.live.add({ ...SOMEBODY, ...who }));
}

describe("a participant who joins", () => {
  it("is there at once and after a restart, in a registry that was empty", async () => {
    const who: Participant = {
      ...SOMEBODY,
      ...{ number: NUMBER, mail: "a@example.org", language: 3, kind: 1, name: "Bakkerij Ö", needs: 3 },
      phone: { channels: 2, terms: termsOf("mo 08-12") },
    };
    const one = join(who);
    const seen = () => {
      expect([one, rig.live.count]).toEqual([0, 1]);
      expect(given(rig.live.get(one))).toEqual(who);
      expect([rig.live.byNumber(NUMBER), rig.live.byMail("a@example.org")]).toEqual([[one], [one]]);
      expect([rig.numbers[one], rig.status[one], rig.language[one]]).toEqual([NUMBER, 0, 3]);
    };
    seen();
    expect(rig.placed.get(one)).toEqual([{ lng: 5.1, lat: 52.1, channels: 0xffff, terms: 0, municipality: 344 }]);
    expect(rig.wishes.get(one)).toEqual({ channels: 2, terms: 1 });
    expect(termsAt(rig.terms, 1)).toEqual(termsOf("mo 08-12"));
    await restart();
    seen();
    expect([...rig.registry.sparse.phones]).toEqual([one, 2, 1]);
  });

  it("has an address over each channel that theirs serve, at once and after a restart, but for what is only claimed", async () => {
    const all = join({ number: NUMBER, mail: "a@example.org" });
    const byNumber = join({ number: NUMBER + 1 });
    const byMail = join({ mail: "b@example.org" });
    const claimed = join({ number: NUMBER + 2, mail: "c@example.org", contacts: contactBit("mailClaimed") });
    const seen = () => {
      const told = [all, byNumber, byMail, claimed].map((one) =>
        CHANNELS.filter((_, at) => (rig.addresses[one]! >> at) & 1),
      );
      const [called, mailed] = [
        ["sms", "push", "voice"],
        ["push", "email"],
      ];
      expect(told).toEqual([CHANNELS, called, mailed, called]);
    };
    seen();
    await restart();
    seen();
    given(rig.live.erase(all));
    expect(rig.addresses[all]).toBe(0);
  });

  it("is refused with a number or address that another has, and not with one of who was erased", () => {
    const one = join({ number: NUMBER, mail: "a@example.org" });
    expect(codeOf(rig.live.add({ ...SOMEBODY, number: NUMBER }))).toBe("NUMBER_TAKEN");
    expect(codeOf(rig.live.add({ ...SOMEBODY, mail: "a@example.org" }))).toBe("MAIL_TAKEN");
    given(rig.live.erase(one));
    expect(join({ number: NUMBER, mail: "a@example.org" })).toBe(one + 1);
    expect(rig.live.byNumber(NUMBER)).toEqual([one + 1]);
  });

  it("is refused when no row is left, and finds room after a restart", async () => {
    expect([rig.status.length, rig.live.room]).toEqual([REGISTRY.roomToJoin, REGISTRY.roomToJoin]);
    await rig.close();
    rig = await LiveRig.open(folder, rig.nowMs, { room: 3 });
    for (let left = 3; left > 0; left--) {
      expect(rig.live.room).toBe(left);
      join();
    }
    expect(codeOf(rig.live.add(SOMEBODY))).toBe("REGISTRY_FULL");
    expect(given(rig.live.get(3))).toBeUndefined();
    await restart();
    expect([rig.status.length, rig.live.room]).toEqual([3 + REGISTRY.roomToJoin, REGISTRY.roomToJoin]);
    expect(join()).toBe(3);
  });

  it("gets a number that nobody had, also when that one was erased last, or is in no block yet", async () => {
    join();
    given(rig.live.erase(join()));
    await restart();
    expect(join()).toBe(2);
    await rig.ledger();
    await crash();
    expect(join()).toBe(3);
  });

  it("is in the ledger's next commit, for a wave of that commit may name them", async () => {
    join({ number: NUMBER });
    expect(rig.live.hasWork).toBe(true);
    await rig.ledger();
    expect(rig.live.hasWork).toBe(false);
    await crash();
    expect(rig.live.byNumber(NUMBER)).toEqual([0]);
  });

  it("fills one block after the other", async () => {
    for (let who = 0; who < 600; who++) join({ number: NUMBER + who });
    await restart();
    expect(rig.live.count).toBe(600);
    expect(Array.from(rig.numbers.subarray(0, 601))).toEqual([
      ...Array.from({ length: 600 }, (_, who) => NUMBER + who),
      0,
    ]);
    expect(rig.registry.locations.count).toBe(600);
  });
});

describe("a change", () => {
  it("is seen at once and after a restart", async () => {
    const one = join({ number: NUMBER, mail: "a@example.org" });
    await restart();
    const changed = rig.live.change(one, (now) => ({
      ...now,
      ...{ number: NUMBER + 1, mail: "b@example.org", status: 1, language: 2, switchedOff: switchedOffBit("voice") },
      locations: [locationAt(4.9, 52.3, 363), { ...locationAt(6, 53, 14), terms: termsOf("sa 10-12") }],
    }));
    const after = given(changed);
    const seen = () => {
      expect(given(rig.live.get(one))).toEqual(after);
      expect([rig.live.byNumber(NUMBER), rig.live.byNumber(NUMBER + 1)]).toEqual([[], [one]]);
      expect([rig.live.byMail("a@example.org"), rig.live.byMail("b@example.org")]).toEqual([[], [one]]);
      expect([rig.numbers[one], rig.status[one]]).toEqual([-NUMBER - 1, 1 | switchedOffBit("voice")]);
    };
    seen();
    expect(rig.placed.get(one)?.map(({ municipality }) => municipality)).toEqual([363, 14]);
    await restart();
    seen();
  });

  it("tells selection of locations only when they are others", () => {
    const one = join();
    rig.placed.clear();
    given(rig.live.change(one, (now) => ({ ...now, language: 2, locations: [{ ...now.locations[0]!, kind: 1 }] })));
    expect(rig.placed.size).toBe(0);
    given(rig.live.change(one, (now) => ({ ...now, locations: [] })));
    expect(rig.placed.get(one)).toEqual([]);
  });

  it("tells of wishes for the phone only when they are others", () => {
    const phone = { channels: 2, terms: termsOf("mo 08-12") };
    const one = join({ phone });
    expect(rig.wishes.get(one)).toEqual({ channels: 2, terms: 1 });
    rig.wishes.clear();
    given(rig.live.change(one, (now) => ({ ...now, language: 2, phone: { ...phone } })));
    expect(rig.wishes.size).toBe(0);
    given(rig.live.change(one, (now) => ({ ...now, phone: undefined })));
    expect([rig.wishes.has(one), rig.wishes.get(one), rig.dropped]).toEqual([true, undefined, [one]]);
  });

  it("that is refused has changed nothing", async () => {
    const one = join({ number: NUMBER, mail: "a@example.org" });
    const other = join({ number: NUMBER + 1, mail: "b@example.org" });
    const before = given(rig.live.get(one));
    expect(codeOf(rig.live.change(one, (now) => ({ ...now, language: 1, number: NUMBER + 1 })))).toBe("NUMBER_TAKEN");
    expect(codeOf(rig.live.change(one, (now) => ({ ...now, mail: "b@example.org", number: 5 })))).toBe("MAIL_TAKEN");
    rig.admits = FULL;
    expect(codeOf(rig.live.change(one, (now) => ({ ...now, number: 0, locations: [locationAt(1, 1)] })))).toBe("BUSY");
    expect(codeOf(rig.live.add({ ...SOMEBODY, number: NUMBER + 2 }))).toBe("BUSY");
    expect(codeOf(rig.live.change(other + 1, (now) => now))).toBe("NOT_FOUND");
    expect([given(rig.live.get(one)), rig.numbers[one], rig.live.count]).toEqual([before, NUMBER, 2]);
    expect(rig.live.byNumber(NUMBER + 2)).toEqual([]);
    await restart();
    expect([given(rig.live.get(one)), rig.live.count]).toEqual([before, 2]);
  });

  it("keeps a number that others share since an import", () => {
    const one = join({ number: NUMBER });
    given(rig.live.change(one, (now) => ({ ...now, number: NUMBER, mail: "" })));
    expect(rig.live.byNumber(NUMBER)).toEqual([one]);
  });

  it("is refused as BUSY when too many blocks wait for the disk, and never a STOP", async () => {
    const { changedBlocks, participantsPerBlock } = REGISTRY;
    await rig.close();
    // One participant in each block.
    await writeSample(folder, somePeople(changedBlocks + 1, participantsPerBlock), true);
    rig = await LiveRig.open(folder);
    for (let block = 0; block < changedBlocks; block++) {
      given(rig.live.change(block * participantsPerBlock, (now) => ({ ...now, language: 1 })));
    }
    const next = changedBlocks * participantsPerBlock;
    expect(codeOf(rig.live.change(next, (now) => ({ ...now, language: 1 })))).toBe("BUSY");
    expect(codeOf(rig.live.erase(next))).toBe("BUSY");
    expect(codeOf(rig.live.change(0, (now) => ({ ...now, language: 2 })))).toBe("ok");
    expect(given(rig.live.switchSms([next], "off"))).toBe(1);
    given(await rig.live.settled());
    expect(codeOf(rig.live.change(next, (now) => ({ ...now, language: 1 })))).toBe("ok");
  });
});

describe("SMS that somebody switched off", () => {
  const SMS_OFF = switchedOffBit("sms");

  it("makes the number negative, stays off through every change of others, and comes on by the person", async () => {
    const one = join({ number: NUMBER });
    const withoutNumber = join();
    expect(given(rig.live.switchSms([one, one, withoutNumber], "off"))).toBe(2);
    expect([rig.numbers[one], Object.is(rig.numbers[withoutNumber], 0)]).toEqual([-NUMBER, true]);
    const on = (now: Participant) => ({ ...now, number: NUMBER + 7, switchedOff: 0 });
    expect(given(rig.live.change(one, on)).switchedOff).toBe(SMS_OFF);
    await rig.ledger();
    await restart();
    expect([rig.numbers[one], rig.live.byNumber(NUMBER + 7)]).toEqual([-NUMBER - 7, [one]]);
    expect(given(rig.live.change(one, on, { byThemselves: true })).switchedOff).toBe(0);
    expect(rig.numbers[one]).toBe(NUMBER + 7);
  });

  it("is in the ledger's next commit, also when a change that is not on the disk yet switched it off before", async () => {
    const one = join({ number: NUMBER });
    given(await rig.live.settled());
    given(rig.live.change(one, (now) => ({ ...now, switchedOff: SMS_OFF })));
    expect(rig.live.hasWork).toBe(false);
    expect(given(rig.live.switchSms([one], "off"))).toBe(0);
    expect(rig.live.hasWork).toBe(true);
    await rig.ledger();
    await crash();
    expect(given(rig.live.get(one))?.switchedOff).toBe(SMS_OFF);
  });
});

describe("who is erased", () => {
  it("is gone from everything at once and after a restart", async () => {
    const one = join({ number: NUMBER, mail: "a@example.org", phone: { channels: 1, terms: termsOf("never") } });
    const other = join({ number: NUMBER + 1 });
    given(await rig.live.settled());
    given(rig.live.erase(one));
    const gone = () => {
      expect(given(rig.live.get(one))).toBeUndefined();
      expect([rig.live.byNumber(NUMBER), rig.live.byMail("a@example.org")]).toEqual([[], []]);
      expect([rig.numbers[one], rig.status[one], rig.language[one], rig.live.count]).toEqual([0, UNUSED, 0, 1]);
      expect(given(rig.live.get(other))?.number).toBe(NUMBER + 1);
    };
    gone();
    expect([rig.placed.get(one), rig.dropped, rig.erased]).toEqual([[], [one], [one]]);
    expect(codeOf(rig.live.erase(one))).toBe("NOT_FOUND");
    expect(codeOf(rig.live.change(one, (now) => now))).toBe("NOT_FOUND");
    await restart();
    gone();
    expect(rig.registry.locations.count).toBe(1);
  });

  it("is under a new key, and the root is renewed once for many", async () => {
    for (let who = 0; who < 20; who++) join({ number: NUMBER + who });
    given(await rig.live.settled());
    const { vault } = rig.data;
    let renewals = 0;
    const finish = vault.finishRenewal.bind(vault);
    vault.finishRenewal = () => {
      renewals++;
      return finish();
    };
    const keyBefore = Buffer.from(new Uint8Array(vault.blockKeys(rig.live.generation), 0, 32));
    const settled = [];
    for (let who = 0; who < 10; who++) {
      given(rig.live.erase(who));
      settled.push(rig.live.settled());
    }
    for (const each of await Promise.all(settled)) given(each);
    expect(renewals).toBe(1);
    expect(vault.needsRenewal).toBe(false);
    expect(Buffer.from(new Uint8Array(vault.blockKeys(rig.live.generation), 0, 32))).not.toEqual(keyBefore);
  });

  it("does not count as forgotten by the ledger's commit alone; the next start makes up for what a crash left", async () => {
    const one = join({ number: NUMBER });
    const other = join({ number: NUMBER + 1 });
    given(await rig.live.settled());
    // The process ends before the renewal has begun.
    rig.data.vault.prepareRenewal = () => new Promise(() => {});
    given(rig.live.erase(one));
    given(rig.live.switchSms([other], "off"));
    await rig.ledger();
    expect(rig.data.vault.needsRenewal).toBe(true);
    await crash();
    expect(rig.data.vault.needsRenewal).toBe(false);
    expect(given(rig.live.get(one))).toBeUndefined();
    expect(rig.numbers[other]).toBe(-NUMBER - 1);
  });
});

it("whom a file has brought as erased is nobody, and their number is free", async () => {
  await rig.close();
  await writeSample(folder, [{ ...somePeople(1)[0]!, number: NUMBER, status: UNUSED }], true);
  rig = await LiveRig.open(folder);
  expect([rig.live.byNumber(NUMBER), given(rig.live.get(0))]).toEqual([[], undefined]);
  expect(codeOf(rig.live.erase(0))).toBe("NOT_FOUND");
  expect(given(rig.live.switchSms([0], "off"))).toBe(0);
  expect(join({ number: NUMBER })).toBe(1);
  expect(rig.live.byNumber(NUMBER)).toEqual([1]);
});

describe("a pause", () => {
  it("keeps back what a wave has not sent yet, and no longer than it lasts", async () => {
    const until = rig.nowMs / 1_000 + 10;
    const who = join({ number: NUMBER });
    given(rig.live.change(who, (now) => ({ ...now, status: 1, pausedUntil: until })));
    expect([rig.numbers[who], rig.live.byNumber(NUMBER)]).toEqual([-NUMBER, [who]]);
    given(await rig.live.settled());
    await restart();
    expect(rig.numbers[who]).toBe(-NUMBER);
    given(await rig.live.sweep(rig.nowMs + 10_000));
    expect(rig.numbers[who]).toBe(NUMBER);
    given(rig.live.change(who, (now) => ({ ...now, status: 1, pausedUntil: 0 })));
    given(rig.live.switchSms([who], "off"));
    given(rig.live.change(who, (now) => ({ ...now, status: 0 })));
    expect(rig.numbers[who]).toBe(-NUMBER);
  });

  it("ends with however many others in the same second", () => {
    const pauses = new Pauses();
    const count = 300_000;
    for (let participant = 0; participant < count; participant++) pauses.add(participant, 1_000);
    expect(pauses.take(999, count)).toEqual([]);
    expect(pauses.take(1_000, count)).toHaveLength(count);
    expect(pauses.take(1_001, count)).toEqual([]);
  });

  it("ends by itself, also one that was over before the start", async () => {
    const seconds = rig.nowMs / 1_000;
    const paused = [10, 20, 20, 0].map((after) => join({ status: 1, pausedUntil: after && seconds + after }));
    const statuses = () => paused.map((who) => rig.status[who]);
    given(await rig.live.sweep(rig.nowMs + 9_999));
    expect(statuses()).toEqual([1, 1, 1, 1]);
    given(await rig.live.sweep(rig.nowMs + 10_000));
    expect(statuses()).toEqual([0, 1, 1, 1]);
    expect(given(rig.live.get(paused[0]!))?.pausedUntil).toBe(0);
    await restart();
    given(await rig.live.sweep(rig.nowMs + 3_600_000));
    expect(statuses()).toEqual([0, 0, 0, 1]);
    await restart();
    expect(statuses()).toEqual([0, 0, 0, 1]);
  });

  it("that was moved, or of somebody who was erased, ends nothing", async () => {
    const seconds = rig.nowMs / 1_000;
    const later = join({ status: 1, pausedUntil: seconds + 10 });
    const gone = join({ status: 1, pausedUntil: seconds + 10 });
    given(rig.live.change(later, (now) => ({ ...now, pausedUntil: seconds + 30 })));
    given(rig.live.erase(gone));
    given(await rig.live.sweep(rig.nowMs + 20_000));
    expect([rig.status[later], rig.status[gone]]).toEqual([1, UNUSED]);
    given(await rig.live.sweep(rig.nowMs + 30_000));
    expect(rig.status[later]).toBe(0);
  });

  it("of many ends after the next start, for those whose turn does not come before the registry closes", async () => {
    const until = rig.nowMs / 1_000 + 1;
    const count = 3 * REGISTRY.pausesPerTurn;
    for (let who = 0; who < count; who++) join({ status: 1, pausedUntil: until });
    const paused = () => rig.status.subarray(0, count).reduce((sum, status) => sum + status, 0);
    rig.nowMs += 1_000;
    const sweep = rig.live.sweep(rig.nowMs);
    await restart();
    given(await sweep);
    expect(paused()).toBe(2 * REGISTRY.pausesPerTurn);
    given(await rig.live.sweep(rig.nowMs));
    expect(paused()).toBe(0);
  });

  it("of very many ends in slices", async () => {
    const until = rig.nowMs / 1_000 + 1;
    for (let who = 0; who < 100; who++) join({ status: 1, pausedUntil: until });
    given(await rig.live.sweep(rig.nowMs + 1_000));
    expect([...rig.status.subarray(0, 100)].every((status) => status === 0)).toBe(true);
  });
});

describe("growth", () => {
  it("counts who joins and leaves by day, for each municipality and the whole once", async () => {
    const two = [locationAt(5, 52, 344), locationAt(4.9, 52.3, 363), locationAt(5, 52.01, 344)];
    const one = join({ locations: two });
    join({ locations: [locationAt(5, 52, 344)] });
    given(rig.live.change(one, (now) => ({ ...now, locations: two.slice(1, 2) })));
    given(await rig.live.settled());
    rig.nowMs += DAY_MS;
    given(rig.live.erase(one));
    await restart();
    rig.nowMs += DAY_MS;
    join();
    given(await rig.live.settled());
    const growth = (municipality?: number) =>
      given(rig.live.growth(municipality, 19_999, 20_002)).map(({ joined, left }) => [joined, left]);
    expect(growth()).toEqual([
      [0, 0],
      [2, 0],
      [0, 1],
      [1, 0],
    ]);
    expect(growth(344)).toEqual([
      [0, 0],
      [2, 1],
      [0, 0],
      [1, 0],
    ]);
    expect(growth(363)).toEqual([
      [0, 0],
      [1, 0],
      [0, 1],
      [0, 0],
    ]);
    expect(codeOf(rig.live.growth(undefined, 0, REGISTRY.growthDays))).toBe("INVALID_FIELD");
  });
});

it("terms are numbered as they come, and those of before keep their row", async () => {
  const hours = ["mo 08-12", "tu 08-12", "mo 08-12", "we 08-12"];
  const people = hours.map((text) => join({ locations: [{ ...locationAt(5, 52), terms: termsOf(text) }] }));
  expect(people.map((who) => rig.placed.get(who)![0]!.terms)).toEqual([1, 2, 1, 3]);
  expect(rig.terms.length).toBe(4 * TERMS_WORDS);
  await restart();
  const again = join({ locations: [{ ...locationAt(5, 52), terms: termsOf("we 08-12") }] });
  expect(rig.placed.get(again)![0]!.terms).toBe(3);
});

it("a home that becomes a phone in one change is placed first, which selections rely on", () => {
  const participant = join({ locations: [locationAt(5, 52)] });
  const order: string[] = [];
  const { placed, live } = rig;
  const place = placed.set.bind(placed);
  placed.set = (who, rows) => {
    order.push("home");
    return place(who, rows);
  };
  live.phones = { phoneWishes: () => void order.push("phone"), erased: () => {} };
  const { channels, terms } = locationAt(5, 52);
  given(live.change(participant, (now) => ({ ...now, locations: [], phone: { channels, terms } })));
  expect(order).toEqual(["home", "phone"]);
});
