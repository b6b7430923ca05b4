import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Assembly, LongMessage, MISSING } from "../../../engine/replies/assembly.js";
import { REPLIES } from "../../../schemas/limits.js";

const NUMBER = 31_690_000_001;

/** What the last part made of the message. */
function lastOf(parts: readonly (readonly [part: number, text: string])[], of: number): LongMessage<number> {
  const assembly = new Assembly<number>();
  let last: LongMessage<number> | undefined;
  for (const [part, text] of parts) {
    const taken = assembly.take(NUMBER, 7, part, of, text, 0);
    if (taken instanceof LongMessage) last = taken;
  }
  return last!;
}

describe("the parts of a message", () => {
  it("are put together in whatever order they come, and however often", () => {
    const parts = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(parts, fc.infiniteStream(fc.nat(1_000)), (texts, order) => {
        const doubled = [...texts, ...texts].map((text) => [texts.indexOf(text) + 1, text] as const);
        const shuffled = doubled.map((each) => ({ each, at: order.next().value! })).sort((a, b) => a.at - b.at);
        const message = lastOf(
          shuffled.map(({ each }) => each),
          texts.length,
        );
        expect([message.text, message.missing]).toEqual([texts.join(""), 0]);
      }),
    );
  });

  it("are readable while some are missing", () => {
    expect(lastOf([[2, "b"]], 4).text).toBe(`${MISSING}b${MISSING}`);
    const message = lastOf(
      [
        [4, "d"],
        [1, "a"],
      ],
      4,
    );
    expect([message.text, message.missing]).toEqual([`a${MISSING}d`, 2]);
  });

  it("that come again change nothing", () => {
    const assembly = new Assembly<number>();
    const message = assembly.take(NUMBER, 1, 1, 2, "a", 0);
    expect(assembly.take(NUMBER, 1, 1, 2, "a", 0)).toBe("known");
    expect(assembly.take(NUMBER, 1, 2, 2, "b", 0)).toBe(message);
    // The answer to the last one got lost: it comes again after the message was whole.
    expect(assembly.take(NUMBER, 1, 2, 2, "b", 0)).toBe("known");
    expect(assembly.size).toBe(1);
  });

  it("of other senders, references and lengths don't mix, nor those of a reference that is used again", () => {
    const assembly = new Assembly<number>();
    const first = assembly.take(NUMBER, 1, 1, 2, "a", 0);
    const others = [
      assembly.take(NUMBER + 1, 1, 2, 2, "b", 0),
      assembly.take(NUMBER, 2, 2, 2, "b", 0),
      assembly.take(NUMBER, 1, 2, 3, "b", 0),
      assembly.take(NUMBER, 1, 1, 2, "c", 0),
      assembly.take(NUMBER, 1, 2, 2, "d", REPLIES.assemblyMs + 1),
    ];
    expect(new Set([first, ...others]).size).toBe(6);
    expect((others[3] as LongMessage<number>).text).toBe(`c${MISSING}`);
    expect((others[4] as LongMessage<number>).text).toBe(`${MISSING}d`);
    expect(assembly.size).toBe(1);
  });
});

describe("what is held", () => {
  it("has a bound in messages and in characters, and the oldest go", () => {
    const assembly = new Assembly<number>();
    for (let reference = 0; reference < REPLIES.assemblies + 10; reference++) {
      assembly.take(NUMBER, reference, 1, 2, "a", 0);
    }
    expect(assembly.size).toBe(REPLIES.assemblies);
    expect(assembly.take(NUMBER, 10, 1, 2, "a", 0)).toBe("known");
    expect(assembly.take(NUMBER, 9, 1, 2, "a", 0)).not.toBe("known");
    assembly.take(NUMBER, 0, 2, 2, "x".repeat(REPLIES.assemblyCharacters), 0);
    expect(assembly.size).toBe(1);
    expect(assembly.characters).toBe(REPLIES.assemblyCharacters);
  });

  it("follows a model that knows no bound, whatever numbers come", () => {
    const number = fc.oneof(fc.constantFrom(0, NUMBER, -1, Number.NaN, Infinity), fc.double());
    const few = fc.oneof(fc.nat(4), fc.constantFrom(255, 256, -1, 1.5, Number.NaN));
    const part = fc.record({
      number,
      reference: fc.nat(1),
      part: few,
      parts: few,
      text: fc.constantFrom("", "a", "b"),
    });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 60 }), (parts) => {
        const assembly = new Assembly<number>();
        const model = new Map<string, string[]>();
        for (const each of parts) {
          const taken = assembly.take(each.number, each.reference, each.part, each.parts, each.text, 0);
          const whole = !Number.isInteger(each.part) || !Number.isInteger(each.parts) || !(each.number > 0);
          if (whole || each.parts < 2 || each.parts > 255 || each.part < 1 || each.part > each.parts) {
            expect(taken).toBe("whole");
            continue;
          }
          const key = `${each.number} ${each.reference} ${each.parts}`;
          let texts = model.get(key) ?? [];
          const before = texts[each.part];
          if (before === each.text) {
            expect(taken).toBe("known");
            continue;
          }
          if (before !== undefined) texts = [];
          texts[each.part] = each.text;
          model.set(key, texts);
          const message = taken as LongMessage<number>;
          expect(message.missing).toBe(each.parts - Object.keys(texts).length);
          expect(message.text.replaceAll(MISSING, "")).toBe(texts.join(""));
        }
        const characters = [...model.values()].reduce((sum, texts) => sum + texts.join("").length, 0);
        expect([assembly.size, assembly.characters]).toEqual([model.size, characters]);
      }),
      { numRuns: 500 },
    );
  });
});
