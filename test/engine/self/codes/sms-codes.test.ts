import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { rankOf } from "../../../../engine/dispatch/ledger/wave-record.js";
import { SmsCodes } from "../../../../engine/self/codes/sms-codes.js";
import { codeText } from "../../../../engine/self/codes/texts.js";
import { DISPATCH, FAILOVER, SELF } from "../../../../schemas/limits.js";
import { STATE } from "../../../../schemas/words.js";
import { temporaryFolder } from "../../../temp-folder.js";
import { writeSample } from "../../registry/samples.js";
import { people, ReplyRig } from "../../replies/rig.js";

/** Of somebody who is not registered. */
const NUMBER = 31_612_345_678;
const CODE = "271828";

let folder: string;
let rig: ReplyRig;
let codes: SmsCodes;
let isConfigured: boolean;

beforeEach(async () => {
  folder = temporaryFolder();
  await writeSample(folder, people(10));
  rig = await ReplyRig.start(folder);
  isConfigured = true;
  codes = codesOf(rig);
});
afterEach(async () => {
  expect(rig.problems).toEqual([]);
  await codes.close();
  await rig.crash();
});

function codesOf(over: ReplyRig, count: number = SELF.codeWaves): SmsCodes {
  const { generation, participants } = over.registry;
  const seats = { numbers: new Float64Array(participants.numbers), first: participants.count, count };
  return new SmsCodes(over, generation, seats, {
    now: () => over.now(),
    canSend: () => isConfigured,
    onFatal: (problem) => void over.problems.push(problem),
  });
}

const column = () => new Float64Array(rig.registry.participants.numbers);

function send(number = NUMBER, code = CODE, to = codes): void {
  const { subject, text } = codeText(code, 0);
  to.send({ contact: { kind: "number", number }, subject, text, expiresAtMs: rig.now() + SELF.codeMs }, false);
}

/** What was sent has been taken up, as far as it can be. */
async function tidied(of = codes): Promise<void> {
  await of.tidy();
  await rig.dispatcher.commit();
  await of.tidy();
}

/** The waves of codes that live, with the number that each goes to. */
function live(): [text: string, number: number][] {
  return rig.dispatcher.waves
    .filter(({ record }) => record.kind === "code")
    .map(({ record, participants }) => [record.texts[0]!, column()[participants[0]!]!]);
}

/** The carrier takes all that it was granted. */
async function delivered(): Promise<void> {
  for (const wave of rig.dispatcher.waves) if (wave.inFlight > 0) rig.outcome(wave, [0]);
  await rig.settled();
}

/** Every byte of every file in the data folder. */
function disk(): string {
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name)).toString("latin1"))
    .join("");
}

describe("a code by SMS", () => {
  it("is a wave of one that goes before all others but extreme alarms, to a number that nobody has", async () => {
    send();
    await tidied();
    expect(live()).toEqual([[codeText(CODE, 0).text, NUMBER]]);
    const [wave] = rig.dispatcher.waves;
    expect(wave).toMatchObject({
      // The least that what is not extreme can have.
      rank: rankOf({ timeCritical: true, count: 1 }),
      record: { kind: "code", count: 1, timeCritical: true, onUnknown: "resend" },
    });
    const { expiresAtMs, texts, urgent } = rig.opened[0]!;
    expect([texts, urgent]).toEqual([[codeText(CODE, 0).text], true]);
    expect(expiresAtMs - rig.now()).toBeLessThanOrEqual(SELF.codeMs);
    await delivered();
    expect(wave!.counts[STATE.acknowledged]).toBe(1);
  });

  it("leaves neither text nor number on the disk, while it lives or after", async () => {
    send();
    await tidied();
    await delivered();
    const written = disk();
    expect(written).toContain('"kind":"code"');
    // As a number of its own: any six digits stand somewhere in a moment in time.
    expect(written).not.toMatch(new RegExp(`(?<!\\d)${CODE}(?!\\d)`));
    for (const secret of [String(NUMBER), "Uw code"]) expect(written, secret).not.toContain(secret);
    const bytes = Buffer.from(new Float64Array([NUMBER]).buffer).toString("latin1");
    expect(written).not.toContain(bytes);
    rig.aheadMs += DISPATCH.restMs;
    await rig.archive.tidy();
    await tidied();
    for (const table of ["waves", "rosters", "outcomes", "journal"] as const) {
      expect([table, rig.store.table(table).count()]).toEqual([table, 0]);
    }
    expect(column().indexOf(NUMBER)).toBe(-1);
  });

  it("is not sent after a restart, and nothing of it is left", async () => {
    send();
    await tidied();
    expect(rig.store.table("waves").count()).toBe(1);
    await codes.close();
    await rig.crash();
    rig = await ReplyRig.start(folder);
    expect(rig.dispatcher.waves).toEqual([]);
    expect(rig.opened).toEqual([]);
    for (const table of ["waves", "rosters", "outcomes", "journal"] as const) {
      expect([table, rig.store.table(table).count()]).toEqual([table, 0]);
    }
    codes = codesOf(rig);
    send(NUMBER + 1, "314159");
    await tidied();
    expect(live()).toEqual([[codeText("314159", 0).text, NUMBER + 1]]);
  });

  it("that nobody knows the fate of goes again", async () => {
    send();
    await tidied();
    const wave = rig.dispatcher.waves[0]!;
    rig.unknown(wave, 0);
    await rig.settled();
    // The only carrier has fallen silent, and is left alone for a while.
    rig.aheadMs += FAILOVER.rejectingFirstMs;
    rig.dispatcher.turn();
    await rig.dispatcher.commit();
    expect([wave.inFlight, wave.possibleDuplicates]).toEqual([1, 1]);
  });

  it("that no carrier can take is over with its time", async () => {
    rig.port.gauges.fill(0);
    send();
    await tidied();
    expect(rig.dispatcher.waves[0]!.inFlight).toBe(0);
    rig.aheadMs += SELF.codeMs;
    rig.dispatcher.turn();
    await rig.dispatcher.commit();
    expect(rig.dispatcher.waves[0]!.counts[STATE.expired]).toBe(1);
  });
});

describe("a pretence", () => {
  /** What the ledger and the store had to do from a message until all is at rest. */
  async function workOf(isPretence: boolean): Promise<Record<string, unknown>> {
    const before = rig.store.commits.count;
    const { subject, text } = codeText(CODE, 0);
    const expiresAtMs = rig.now() + SELF.codeMs;
    codes.send({ contact: { kind: "number", number: NUMBER }, subject, text, expiresAtMs }, isPretence);
    await tidied();
    const wave = rig.dispatcher.waves[0]!;
    const granted = wave.inFlight;
    const number = live()[0]![1];
    const { record } = wave;
    await delivered();
    rig.aheadMs += DISPATCH.restMs;
    await rig.archive.tidy();
    await tidied();
    const commits = rig.store.commits.count - before;
    return {
      granted,
      commits,
      number,
      left: rig.dispatcher.waves.length,
      record: { ...record, waveId: 0, startedAtMs: 0, expiresAtMs: 0 },
    };
  }

  it("is the same work as a code, to the last commit, and its number is one that nothing may go to", async () => {
    const { number, ...code } = await workOf(false);
    const { number: pretended, ...pretence } = await workOf(true);
    expect(pretence).toEqual(code);
    expect([number, pretended]).toEqual([NUMBER, -NUMBER]);
    expect(code).toMatchObject({ granted: 1, left: 0 });
  });
});

describe("a seat", () => {
  it("is given away only when the ledger has let go of its wave: no code goes to the next one's number", async () => {
    codes = codesOf(rig, 1);
    send(NUMBER, "111111");
    send(NUMBER + 1, "222222");
    await tidied();
    // The first is with a carrier that says nothing, and looks the number up whenever it sends.
    expect(live()).toEqual([[codeText("111111", 0).text, NUMBER]]);
    rig.aheadMs += DISPATCH.restMs * 2;
    await rig.archive.tidy();
    await tidied();
    expect(live()).toEqual([[codeText("111111", 0).text, NUMBER]]);
    await delivered();
    // It only awaits its receipt, and makes room.
    await tidied();
    expect(live()).toEqual([[codeText("222222", 0).text, NUMBER + 1]]);
  });

  it("is free again when nothing could be sent in time", async () => {
    codes = codesOf(rig, 1);
    rig.port.gauges.fill(0);
    send(NUMBER, "111111");
    send(NUMBER + 1, "222222");
    await tidied();
    rig.aheadMs += SELF.codeMs;
    rig.dispatcher.turn();
    await rig.dispatcher.commit();
    await tidied();
    // What waited is too old as well.
    await tidied();
    send(NUMBER + 2, "333333");
    await tidied();
    expect(live()).toEqual([[codeText("333333", 0).text, NUMBER + 2]]);
  });

  it("is one of few: the rest waits in a queue that has an end, and leaves most waves to actions", async () => {
    for (let at = 0; at < SELF.codeWaves + SELF.waitingCodes; at++) {
      expect(codes.takes).toBe(true);
      send(NUMBER + at, "123456");
      if (at < SELF.codeWaves) await tidied();
    }
    expect(codes.takes).toBe(false);
    expect(live()).toHaveLength(SELF.codeWaves);
    expect(rig.dispatcher.freeSlot()).toBeGreaterThanOrEqual(0);
    const action = await rig.open([0, 1, 2]);
    expect(action.inFlight).toBe(3);
    await delivered();
    await tidied();
    expect(codes.takes).toBe(true);
  });

  it("counts for nobody: a reply, STOP or receipt of its number finds no participant", async () => {
    send();
    await tidied();
    rig.message(NUMBER, "STOP");
    rig.receipt(rig.dispatcher.waves[0]!, 0);
    await rig.settled();
    expect(column()[rig.dispatcher.waves[0]!.participants[0]!]).toBe(NUMBER);
    expect(rig.status.every((status) => status === 0)).toBe(true);
    expect(rig.store.table("confirmations").count()).toBe(0);
  });

  it("is asked for only where there is a carrier", () => {
    isConfigured = false;
    expect(codes.takes).toBe(false);
  });
});
