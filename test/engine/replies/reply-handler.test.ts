import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MISSING } from "../../../engine/replies/assembly.js";
import { ReplyStore } from "../../../engine/replies/reply-store.js";
import { REPLIES } from "../../../schemas/limits.js";
import { copyOf, temporaryFolder } from "../../temp-folder.js";
import { given, withData, writeSample } from "../registry/samples.js";
import { ACTIONS, NUMBER, people, ReplyRig } from "./rig.js";

const [FIRST, SECOND] = ACTIONS;
const HOUR_MS = 3_600_000;

let folder: string;
let rig: ReplyRig;

beforeEach(async () => {
  folder = temporaryFolder();
  // Two who share a number, far apart.
  await writeSample(folder, [...people(600), { ...people(1)[0]!, row: 700, number: NUMBER + 5 }]);
  rig = await ReplyRig.start(folder);
});
afterEach(async () => {
  expect(rig.problems).toEqual([]);
  await rig.crash();
});

describe("a reply", () => {
  it("goes to the action in which its sender was asked last", async () => {
    const first = await rig.open([0, 1, 2, 3], { actionId: FIRST });
    const second = await rig.open([2, 3, 4], { actionId: SECOND });
    rig.outcome(second, [0, 1]);
    rig.outcome(first, [0, 1, 2, 3]);
    for (const who of [0, 2, 3]) rig.message(NUMBER + who, `from ${who}`);
    await rig.settled();
    expect(rig.texts(FIRST)).toEqual(["from 0"]);
    expect(rig.texts(SECOND)).toEqual(["from 2", "from 3"]);
    expect(rig.replies.last(SECOND)).toBe(2);
    expect(rig.handler.incoming).toMatchObject({ reply: 3, unassigned: 0 });
  });

  it("goes to the action from the thank-you, too, and from any part of a message that may have arrived", async () => {
    const ending = await rig.open([0], { actionId: FIRST, kind: "ending" });
    const long = await rig.open([1], { actionId: SECOND, segments: 2, texts: ["x".repeat(200)] });
    rig.outcome(ending, [0]);
    rig.outcome(long, [0]);
    rig.message(NUMBER, "graag gedaan");
    rig.message(NUMBER + 1, "ik zie hem");
    await rig.settled();
    expect([rig.texts(FIRST), rig.texts(SECOND)]).toEqual([["graag gedaan"], ["ik zie hem"]]);
  });

  it("belongs to no action from who was refused, only granted, never asked, or is not known", async () => {
    const wave = await rig.open([0, 1, 2], { actionId: FIRST });
    rig.outcome(wave, [0], 0x0b);
    for (const number of [NUMBER, NUMBER + 1, NUMBER + 9, 4_915_112_345_678, 0]) rig.message(number, String(number));
    await rig.settled();
    expect(rig.texts(FIRST)).toEqual([]);
    expect(rig.texts()).toHaveLength(5);
    expect(rig.handler.incoming).toMatchObject({ reply: 0, unassigned: 5 });
  });

  it("belongs to no action when that was too long ago, and the wave's end is what counts", async () => {
    const wave = await rig.open([0, 1], { actionId: FIRST });
    rig.outcome(wave, [0]);
    await rig.settled();
    rig.aheadMs = (REPLIES.withinHours + 10) * HOUR_MS;
    rig.message(NUMBER, "while it runs");
    rig.outcome(wave, [1]);
    await rig.settled();
    rig.aheadMs += (REPLIES.withinHours - 1) * HOUR_MS;
    rig.message(NUMBER, "in time");
    await rig.settled();
    rig.aheadMs += 2 * HOUR_MS;
    rig.message(NUMBER, "too late");
    await rig.settled();
    expect(rig.texts(FIRST)).toEqual(["while it runs", "in time"]);
    expect(rig.texts()).toEqual(["too late"]);
  });

  it("finds its action after the wave was put to rest, and after a restart, whether the wave lives or not", async () => {
    const first = await rig.open([0, 1, 2], { actionId: FIRST });
    await rig.finish(first);
    expect(rig.dispatcher.waves).toEqual([]);
    rig.message(NUMBER, "at rest");
    await rig.settled();
    const second = await rig.open([1, 2], { actionId: SECOND });
    rig.outcome(second, [0]);
    await rig.settled();
    await rig.crash();
    // The message waits already when the service comes up.
    rig = await ReplyRig.start(folder, 0, (next) => {
      next.message(NUMBER, "first");
      next.message(NUMBER + 1, "second");
      // Granted when it ended: perhaps it went out.
      next.message(NUMBER + 2, "uncertain");
    });
    await rig.settled();
    expect(rig.texts(FIRST)).toEqual(["at rest", "first"]);
    expect(rig.texts(SECOND)).toEqual(["second", "uncertain"]);
    await rig.crash();
    rig = await ReplyRig.start(folder, (REPLIES.withinHours + 1) * HOUR_MS);
    rig.message(NUMBER, "too late");
    await rig.settled();
    expect(rig.texts()).toEqual(["too late"]);
  });

  it("finds no action of another registry", async () => {
    await rig.finish(await rig.open([0, 1], { actionId: FIRST }));
    const second = await rig.open([1], { actionId: SECOND });
    rig.outcome(second, [0]);
    await rig.settled();
    await rig.crash();
    await writeSample(folder, people(300), true);
    rig = await ReplyRig.start(folder);
    rig.message(NUMBER, "somebody else");
    rig.message(NUMBER + 1, "somebody else");
    await rig.settled();
    expect([rig.texts(FIRST), rig.texts(SECOND), rig.texts()]).toEqual([[], [], ["somebody else", "somebody else"]]);
  });

  it("goes to the latest action of all who share a number", async () => {
    const first = await rig.open([5], { actionId: FIRST });
    const second = await rig.open([700], { actionId: SECOND });
    rig.outcome(second, [0]);
    rig.outcome(first, [0]);
    rig.message(NUMBER + 5, "one of us");
    await rig.settled();
    expect(rig.texts(SECOND)).toEqual(["one of us"]);
  });

  it("is on the disk before the carrier may be answered", async () => {
    const wave = await rig.open([0], { actionId: FIRST });
    rig.outcome(wave, [0]);
    await rig.settled();
    let copy = "";
    const { events } = rig.port;
    const release = events.release.bind(events);
    events.release = (position) => {
      copy = copyOf(folder);
      release(position);
    };
    rig.message(NUMBER, "keep this");
    rig.message(NUMBER + 1, "STOP");
    await rig.settled();
    await withData(copy, async ({ store, vault }) => {
      const { replies } = new ReplyStore(store, vault).page(FIRST, 0, 10);
      expect(replies.map(({ text }) => text)).toEqual(["keep this"]);
    });
    const there = await ReplyRig.start(copy);
    expect(there.numbers[1]).toBe(-(NUMBER + 1));
    expect(there.status[1]).toBe(0x10);
    await there.crash();
  });

  it("keeps nothing of its sender: neither number nor participant stand anywhere beside it", async () => {
    const wave = await rig.open([123], { actionId: FIRST });
    rig.outcome(wave, [0]);
    rig.message(NUMBER + 123, "ik zag hem");
    await rig.settled();
    const stored = [...rig.store.table("replies").range()].map(({ key, value }) => {
      const plain = given(rig.vault.open("content", given(value), key));
      return { key: key.toString("hex"), value: JSON.parse(plain.toString()) };
    });
    const receivedAtMs = stored[0]!.value.receivedAtMs;
    expect(stored).toEqual([
      {
        key: `${FIRST.replaceAll("-", "")}00000001`,
        value: { receivedAtMs, channel: "sms", text: "ik zag hem", missing: 0 },
      },
    ]);
    expect(receivedAtMs % 1_000).toBe(0);
  });

  it("can't be found on the disk, whole or not whole yet", async () => {
    const wave = await rig.open([0], { actionId: FIRST });
    rig.outcome(wave, [0]);
    rig.message(NUMBER, "bel mij op 0612345678");
    rig.message(NUMBER, "of mijn vrouw op 0687654321 want", [9, 1, 2]);
    await rig.settled();
    expect(rig.texts(FIRST)).toHaveLength(2);
    const stored = readFileSync(join(folder, "seinpost.lmdb")).toString("latin1");
    for (const word of ["0612345678", "0687654321", "bel mij", "want"]) expect(stored).not.toContain(word);
  });
});

describe("a message in parts", () => {
  it("is one reply from its first part on, and grows in its place", async () => {
    const wave = await rig.open([0, 1], { actionId: FIRST });
    rig.outcome(wave, [0, 1]);
    rig.message(NUMBER, "b", [9, 2, 3]);
    await rig.settled();
    expect(rig.texts(FIRST)).toEqual([`${MISSING}b${MISSING} …`]);
    rig.message(NUMBER + 1, "beside it");
    rig.message(NUMBER, "a\ud83d", [9, 1, 3]);
    rig.message(NUMBER, "b", [9, 2, 3]);
    await rig.settled();
    rig.message(NUMBER, "c", [9, 3, 3]);
    rig.message(NUMBER, "c", [9, 3, 3]);
    await rig.settled();
    expect(rig.texts(FIRST)).toEqual(["a\ud83dbc", "beside it"]);
    expect(rig.handler.incoming.reply).toBe(2);
  });

  it("stays readable when a restart loses its thread, and its later parts are kept as well", async () => {
    const wave = await rig.open([0], { actionId: FIRST });
    rig.outcome(wave, [0]);
    rig.message(NUMBER, "hij heeft ", [9, 1, 2]);
    await rig.settled();
    await rig.crash();
    rig = await ReplyRig.start(folder);
    rig.message(NUMBER, "een rode jas", [9, 2, 2]);
    await rig.settled();
    expect(rig.texts(FIRST)).toEqual([`hij heeft ${MISSING} …`, `${MISSING}een rode jas …`]);
  });

  it.each([
    [0, 3],
    [4, 3],
    [2, 1],
    [255, 0],
  ])(
    "with the numbers %i of %i is a message of its own, and no keyword where it says there is more",
    async (part, parts) => {
      rig.message(NUMBER, "STOP", [9, part, parts]);
      await rig.settled();
      expect(rig.texts()).toEqual(parts > 1 ? ["STOP"] : []);
      expect(rig.handler.incoming.stop).toBe(parts > 1 ? 0 : 1);
    },
  );
});

describe("what is kept", () => {
  it("of messages without an action are the last ones", async () => {
    const before = REPLIES.unassigned - 2;
    await rig.store.commit(() => {
      const reply = { receivedAtMs: 0, channel: "sms", text: "old", missing: 0 } as const;
      for (let place = 1; place <= before; place++) rig.replies.put("0".repeat(32), place, reply);
    });
    for (let i = 0; i < 5; i++) rig.message(NUMBER, `new ${i}`);
    await rig.settled();
    expect(rig.store.table("replies").count()).toBe(REPLIES.unassigned);
    const { replies, next } = rig.replies.page("0".repeat(32), before, 10);
    expect(replies.map(({ sequence }) => sequence - before)).toEqual([1, 2, 3, 4, 5]);
    expect(next).toBeNull();
    expect(rig.of()[0]!.sequence).toBe(4);
  });

  it("comes in pages", async () => {
    for (let i = 1; i <= 5; i++) rig.message(NUMBER, `${i}`);
    await rig.settled();
    const page = (after: number) => rig.replies.page("0".repeat(32), after, 2);
    expect([page(0).next, page(2).next, page(4).next, page(5).next]).toEqual([2, 4, null, null]);
    expect(page(4).replies.map(({ text }) => text)).toEqual(["5"]);
  });

  it("of an action has a bound, beyond which messages are counted", async () => {
    const wave = await rig.open([0], { actionId: FIRST });
    rig.outcome(wave, [0]);
    await rig.store.commit(() => {
      const reply = { receivedAtMs: 0, channel: "sms", text: "one", missing: 0 } as const;
      rig.replies.put(FIRST, REPLIES.perAction - 1, reply);
    });
    rig.message(NUMBER, "the last");
    rig.message(NUMBER, "one too many");
    await rig.settled();
    expect(rig.texts(FIRST)).toEqual(["one", "the last"]);
    expect(rig.handler.incoming).toMatchObject({ reply: 1, refused: 1 });
  });

  it("is all of a flood, in turns that each take a share of it", async () => {
    const wave = await rig.open(
      people(600).map(({ row }) => row),
      { actionId: FIRST },
    );
    rig.outcome(wave, [...wave.states.keys()]);
    await rig.settled();
    let commits = 0;
    const { commit } = rig.store;
    rig.store.commit = (write) => {
      commits++;
      return commit.call(rig.store, write);
    };
    for (let i = 0; i < 600; i++) rig.message(NUMBER + i, `reply ${i}`);
    await rig.settled();
    expect(rig.replies.last(FIRST)).toBe(600);
    expect(commits).toBeGreaterThanOrEqual(3);
  });
});
