/** Lines of a terminal, over sizes of it: none too wide, no number in part, and nothing full while anything remains. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { bar, cut, flow, lineWithBar, percent, widthOf } from "../../../../gateway/commands/watch/bar.js";
import { drawBar } from "../../../../gateway/commands/watch/progress.js";
import { WatchView } from "../../../../gateway/commands/watch/watch-view.js";
import { ACTION_KINDS, ACTION_STATUSES, MODES, RECIPIENT_STATES } from "../../../../schemas/words.js";
import { CARRIER, NO_COUNTS } from "../../http/support.js";

const columns = fc.integer({ min: 1, max: 200 });
const count = fc.oneof(fc.nat(20), fc.nat(2_000_000_000));
const words = fc.string({ unit: "grapheme", maxLength: 200 });

const numbersIn = (text: string): string[] => text.match(/[\d.,]*\d/g) ?? [];

test("a bar and a share are full only when nothing remains", () => {
  fc.assert(
    fc.property(count, count, fc.integer({ min: 1, max: 60 }), (done, remaining, cells) => {
      const total = done + remaining;
      expect([...bar(done, total, cells)]).toHaveLength(cells);
      const isDone = remaining === 0 && total > 0;
      expect([bar(done, total, cells).includes("░"), percent(done, total) === "100 %"]).toEqual([!isDone, isDone]);
    }),
  );
});

test("a line of progress fits, and has each of its numbers whole or not at all", () => {
  fc.assert(
    fc.property(columns, count, count, count, (maxWidth, value, remaining, rate) => {
      const total = value + remaining;
      const after = [`${rate}/s`, `${remaining} s left`];
      const params = { value, total, maxWidth, progress: 0, eta: 0, startTime: 0, stopTime: null };
      const line = drawBar({}, params, { what: "participants", after });
      expect(widthOf(line)).toBeLessThan(Math.max(maxWidth, 1));
      const whole = numbersIn(
        lineWithBar(["participants", percent(value, total), countOf(value, total), ...after], 0, 1, 500),
      );
      expect(whole.join(" ").startsWith(numbersIn(line).join(" "))).toBe(true);
      if (remaining > 0) expect(line).not.toMatch(/█+ {2}|100 %/);
    }),
  );
});

const countOf = (value: number, total: number): string =>
  `${value.toLocaleString("en")} of ${total.toLocaleString("en")}`;

test("the picture of watch fits a terminal of any size, with numbers whole or not at all", () => {
  const action = fc.record({
    id: fc.uuid(),
    mode: fc.constantFrom(...MODES),
    kind: fc.constantFrom(...ACTION_KINDS),
    status: fc.constantFrom(...ACTION_STATUSES),
    wave: fc.constantFrom("first" as const, "ending" as const),
    text: words,
    startedAt: fc.constantFrom(null, "2026-11-30T12:10:05.000Z"),
    expectedAt: fc.constantFrom(null, "2026-11-30T12:10:08.000Z"),
    lateMs: fc.option(fc.integer()),
    nextAt: fc.constantFrom(null, "2026-11-30T12:15:00.000Z"),
    reason: fc.constantFrom(null, { code: "DISK_FULL", detail: "the disk is full" }),
    replies: count,
    counts: fc.record(Object.fromEntries(RECIPIENT_STATES.map((state) => [state, fc.nat(1_000_000)]))),
    answeredPerSecond: fc.option(count),
    secondsLeft: fc.option(count),
  });
  fc.assert(
    fc.property(columns, action, words, count, (width, drawn, name, rate) => {
      const counts = { ...NO_COUNTS, ...drawn.counts };
      const recipients = RECIPIENT_STATES.reduce((sum, state) => sum + counts[state], 0);
      const rates = { submittedPerSecond: rate, acknowledgedPerSecond: rate, receiptsPerSecond: null };
      const view = new WatchView();
      const actions = [{ ...drawn, counts, recipients }];
      view.apply({
        type: "snapshot",
        sequence: 1,
        at: "",
        actions,
        carriers: [{ ...CARRIER, ...rates, name }],
        gone: [],
        alarms: [],
      });
      const lines = view.lines(width);
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
      // What a wider terminal has no such number for was cut.
      const texts = (shown: readonly string[]) => shown.filter((line) => !line.endsWith("…"));
      const known = new Set(numbersIn(view.lines(10_000).join("\n")));
      if (numbersIn(drawn.text + name).length === 0) {
        for (const shown of numbersIn(texts(lines).join("\n"))) expect(known).toContain(shown);
      }
      const open = counts.pending + counts.intended + counts.unknown;
      if (open > 0) expect(lines.join("\n")).not.toMatch(/█{20}| 100 %/);
    }),
  );
});

test("a text that is cut says so and fits, whatever it is made of", () => {
  fc.assert(
    fc.property(columns, words, (width, text) => {
      const shown = cut(text, width);
      expect(widthOf(shown)).toBeLessThanOrEqual(width);
      expect(shown === text || (shown.endsWith("…") && text.startsWith(shown.slice(0, -1)))).toBe(true);
    }),
  );
  expect(cut("日本語", 5)).toBe("日本…");
});

test("fields flow into lines, and what fits in none is left out", () => {
  expect(flow(["one", "two", "three", "far too long", "four"], 10)).toEqual(["one  two", "  three", "  four"]);
});
