/** A rate names the moment at which a segment may go, and lets it go then: who has to ask again comes too late. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Rate } from "../../../../gateway/smpp/pace/pace.js";

test("at the moment that it names a segment may go, smooth or not, whatever went before", () => {
  const rates = fc.double({ min: 0.5, max: 20_000, noNaN: true });
  const waits = fc.array(fc.double({ min: 0, max: 3, noNaN: true }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(
      rates,
      waits,
      fc.constantFrom(0, 1.02, 1.06),
      fc.double({ min: 0, max: 1e9 }),
      (rate, late, peak, from) => {
        let nowMs = from;
        const paced = new Rate(rate, nowMs);
        paced.change(rate, Math.max(1.5, rate * 0.025), peak, nowMs);
        for (const lateMs of late) {
          nowMs += paced.waitMs(nowMs);
          expect(paced.messages(1, nowMs)).toBeGreaterThan(0);
          paced.spend(1);
          nowMs += lateMs;
        }
      },
    ),
  );
});
