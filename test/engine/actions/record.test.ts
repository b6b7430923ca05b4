import { expect, it } from "vitest";
import { showWave } from "../../../engine/actions/record.js";
import { LiveWave, RECEIPT_REASON } from "../../../engine/dispatch/wave.js";
import { NOT_SENT, NOT_SENT_REASON, RECEIPT_STATE } from "../../../schemas/link.js";
import { rosterOf, waveRecord } from "../dispatch/fixtures.js";

it("says of each failure whether the carrier, the receipt or we ourselves were its cause", () => {
  const record = { ...waveRecord({ count: 3 }), stop: null, archive: null };
  const wave = new LiveWave(record, 0, rosterOf(3));
  wave.intend(0, 3, false, 0);
  wave.outcome(0, 0, NOT_SENT + NOT_SENT_REASON.switchedOff);
  wave.outcome(1, 0, 0x0b);
  wave.outcome(2, 0, 0);
  wave.receipt(2, 0, RECEIPT_STATE.undeliverable);
  const { counts, failures } = showWave(record, wave);
  expect(counts).toMatchObject({ failed: 3, pending: 0 });
  expect(failures).toEqual([
    { cause: "notSent", code: NOT_SENT_REASON.switchedOff, times: 1 },
    { cause: "commandStatus", code: 0x0b, times: 1 },
    { cause: "messageState", code: RECEIPT_STATE.undeliverable, times: 1 },
  ]);
  expect(RECEIPT_REASON).toBeLessThan(NOT_SENT);
});
