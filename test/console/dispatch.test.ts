import { describe, expect, it } from "vitest";
import {
  type Asked,
  askedOf,
  type Draft,
  type Kind,
  lacks,
  NEW_DRAFT,
} from "../../gateway/console/app/dispatch/draft.js";
import { Paced } from "../../gateway/console/app/dispatch/paced.js";
import { carryOut, confirmableOf, persevering, waitMs } from "../../gateway/console/app/kit/intent.js";
import {
  choose,
  close,
  corner,
  down,
  drag,
  halfDrawn,
  IDLE,
  up,
  withoutLast,
} from "../../gateway/console/app/map/drawing.js";
import { destination, type LngLat } from "../../gateway/console/app/map/geodesic.js";
import { ActionRequest, PreviewRequest } from "../../schemas/api/api.js";
import { CONFIRMABLE } from "../../schemas/words.js";

const WEESP: LngLat = [5.041, 52.307];
const KIND: Kind = {
  ...{ id: "missingPerson", names: {}, domain: "trace", radiusMeters: 3_000, lifeMinutes: 240 },
  fields: [
    { name: "age", label: {}, required: true, example: "5" },
    { name: "description", label: {}, required: false, example: "red coat" },
  ],
};
const CIRCLE = { type: "Circle", center: WEESP, radiusMeters: 1_500 } as const;
const WHOLE: Draft = { ...NEW_DRAFT, shapes: [CIRCLE], fields: { age: " 5 ", plate: "of another kind" } };

describe("a draft", () => {
  it("says what is still wanted, in the order of the page", () => {
    expect(lacks(NEW_DRAFT, KIND).map(({ of }) => of)).toEqual(["area", "field"]);
    expect(lacks({ ...WHOLE, mode: "exercise" }, KIND).map(({ of }) => of)).toEqual(["testGroup"]);
    expect(lacks({ ...WHOLE, ownText: " " }, KIND).map(({ of }) => of)).toEqual(["text"]);
    expect(lacks(WHOLE, KIND)).toEqual([]);
  });

  it("asks what the service takes, with the kind's own fields alone", () => {
    const drafts: readonly Draft[] = [
      WHOLE,
      { ...WHOLE, ownText: "Kijk uit" },
      { ...WHOLE, mode: "exercise", testGroup: "desk", extreme: true },
      { ...WHOLE, extreme: true, enough: 500 },
    ];
    for (const draft of drafts) {
      const asked = JSON.parse(JSON.stringify(askedOf(draft, KIND))) as Asked;
      PreviewRequest.parse(asked);
      ActionRequest.parse({ ...asked, dispatch: true });
    }
    expect(askedOf(WHOLE, KIND)).toMatchObject({ area: CIRCLE, fields: { age: "5" } });
    const [, , exercise] = drafts;
    expect(askedOf(exercise!, KIND)).not.toHaveProperty("urgency");
  });

  it("can be counted before it has words, and not before it has an area", () => {
    const asked = askedOf({ ...WHOLE, fields: {} }, KIND);
    expect(asked).not.toHaveProperty("fields");
    expect(asked).toMatchObject({ area: CIRCLE });
    expect(askedOf(NEW_DRAFT, KIND)).toBeUndefined();
  });
});

describe("drawing", () => {
  const rim = destination(WEESP, 90, 2_000);

  it("makes a circle in one drag, and of a press the kind's own", () => {
    const pulled = drag(down(IDLE, WEESP).drawing, rim).drawing;
    expect(halfDrawn(pulled)).toEqual({ type: "Circle", center: WEESP, radiusMeters: 2_000 });
    expect(up(pulled, rim, 3_000, true)).toEqual({ drawing: IDLE, shape: { ...CIRCLE, radiusMeters: 2_000 } });
    expect(up(down(IDLE, WEESP).drawing, WEESP, 3_000, false).shape).toEqual({ ...CIRCLE, radiusMeters: 3_000 });
  });

  it("makes a polygon of corners, also after one was taken back, and refuses what crosses itself", () => {
    let { drawing } = choose("polygon");
    for (const place of [
      [5, 52],
      [5.1, 52],
      [5.1, 52],
      [6, 60],
    ] as LngLat[])
      drawing = up(drawing, place, 1, false).drawing;
    expect(drawing.corners).toHaveLength(3);
    drawing = withoutLast(drawing).drawing;
    expect(close(drawing).refused).toBe("tooFew");
    drawing = corner(drawing, [5.1, 52.1]).drawing;
    expect(close(drawing).shape).toEqual({
      type: "Polygon",
      corners: [
        [5, 52],
        [5.1, 52],
        [5.1, 52.1],
      ],
    });
    expect(close(corner(drawing, [5.05, 51.9]).drawing).refused).toBe("crosses");
    expect(close(choose("polygon").drawing).drawing.tool).toBe("polygon");
  });

  it("moves the map and draws nothing with the tool for that", () => {
    const moving = choose("move").drawing;
    expect(up(down(moving, WEESP).drawing, WEESP, 1, false)).toEqual({ drawing: moving });
  });
});

type Counted = { ok: true; value: string } | { ok: false; problem: { code: string } };
const counted = (value: string): Counted => ({ ok: true, value });

/** Time that passes when the test says so. */
class Hand {
  nowMs = 0;
  #waiting: { atMs: number; call: () => void }[] = [];
  readonly timing = {
    nowMs: () => this.nowMs,
    after: (ms: number, call: () => void) => {
      const one = { atMs: this.nowMs + ms, call };
      this.#waiting.push(one);
      return () => {
        this.#waiting = this.#waiting.filter((other) => other !== one);
      };
    },
  };
  async pass(ms: number): Promise<void> {
    this.nowMs += ms;
    const due = this.#waiting.filter(({ atMs }) => atMs <= this.nowMs);
    this.#waiting = this.#waiting.filter(({ atMs }) => atMs > this.nowMs);
    for (const { call } of due) call();
    await new Promise(setImmediate);
  }
}

describe("counts that follow the mouse", () => {
  function start(burst = 100) {
    const hand = new Hand();
    const [asked, shown]: [string[], string[]] = [[], []];
    const answers = new Map<string, (answer: Counted) => void>();
    const paced = new Paced<string, Counted>({
      ask: (question) => {
        asked.push(question);
        return new Promise((resolve) => answers.set(question, resolve));
      },
      show: (answer) => shown.push(answer.ok ? answer.value : "problem"),
      timing: hand.timing,
      ...{ pauseMs: 100, burst, everyMs: 1_000 },
    });
    const answer = async (question: string): Promise<void> => {
      answers.get(question)!(counted(`of ${question}`));
      await hand.pass(0);
    };
    return { hand, asked, shown, paced, answer };
  }

  it("are asked for after a rest, and once for the same", async () => {
    const { hand, asked, shown, paced, answer } = start();
    for (const radius of ["1", "2", "3"]) {
      paced.want(radius);
      await hand.pass(50);
    }
    expect(asked).toEqual([]);
    await hand.pass(50);
    await answer("3");
    paced.want("3");
    await hand.pass(1_000);
    expect([asked, shown]).toEqual([["3"], ["of 3"]]);
    paced.again("3");
    await hand.pass(100);
    expect(asked).toEqual(["3", "3"]);
  });

  it("never show an answer that was overtaken, whichever comes first, nor one that nobody wants any more", async () => {
    const { hand, shown, paced, answer } = start();
    for (const radius of ["1", "2"]) {
      paced.want(radius);
      await hand.pass(100);
    }
    await answer("2");
    await answer("1");
    expect(shown).toEqual(["of 2"]);
    paced.want("3");
    await hand.pass(100);
    paced.want(undefined);
    await answer("3");
    expect(shown).toEqual(["of 2"]);
  });

  it("keep to a pace, of which the last is what is asked for", async () => {
    const { hand, asked, paced } = start(2);
    for (let radius = 0; radius < 30; radius += 1) {
      paced.want(String(radius));
      await hand.pass(200);
    }
    // Two at once and one each second of six.
    expect(asked.length).toBeLessThanOrEqual(8);
    await hand.pass(2_000);
    expect(asked.at(-1)).toBe("29");
  });
});

describe("what somebody means to do", () => {
  const problem = (code: string): Counted => ({ ok: false, problem: { code } });

  it("is asked again under the same key until there is an answer", async () => {
    const keys: string[] = [];
    const answers = [problem("NETWORK"), problem("TIMED_OUT"), problem("IDEMPOTENCY_KEY_IN_USE"), counted("done")];
    const waits: number[] = [];
    const settled = await carryOut(
      {
        key: "one",
        ask: async (key) => {
          keys.push(key);
          return answers[keys.length - 1]!;
        },
      },
      {
        wait: async (attempt) => {
          waits.push(waitMs(attempt));
          return true;
        },
      },
    );
    expect(settled).toEqual({ state: "done", value: "done" });
    expect(keys).toEqual(["one", "one", "one", "one"]);
    expect(waits).toEqual([500, 1_000, 2_000]);
  });

  it("ends with a refusal, and stays open where somebody gives it up", async () => {
    const refused = await carryOut(
      { key: "one", ask: async () => problem("TEXT_REPEATED") },
      { wait: async () => true },
    );
    expect(refused).toMatchObject({ state: "refused", problem: { code: "TEXT_REPEATED" } });
    const open = await carryOut({ key: "one", ask: async () => problem("NETWORK") }, { wait: async () => false });
    expect(open).toEqual({ state: "givenUp" });
  });

  it("can be given up while an answer is awaited, which is the end once none came", async () => {
    const told: number[] = [];
    const patience = persevering((attempt) => told.push(attempt));
    let asked = 0;
    const ask = async () => {
      asked += 1;
      if (asked === 2) patience.giveUp();
      return problem("TIMED_OUT");
    };
    expect(await carryOut({ key: "one", ask }, patience)).toEqual({ state: "givenUp" });
    expect([asked, told]).toEqual([2, [2]]);
    // What is meant next was not given up.
    patience.giveUp();
    const next = patience.wait(1);
    patience.giveUp();
    expect([await next, told]).toEqual([false, [2, 2]]);
  });

  it("takes a second word for what the service lets somebody confirm, and for nothing else", () => {
    for (const code of CONFIRMABLE) expect(confirmableOf({ code })).toBe(code);
    expect(confirmableOf({ code: "WRONG_STATE" })).toBeUndefined();
  });
});
