import { expect, it } from "vitest";
import { showWave } from "../../../../engine/actions/views/wave-view.js";
import { summaryOf } from "../../../../engine/dispatch/ledger/wave-store.js";
import { LiveWave } from "../../../../engine/dispatch/wave/wave.js";
import { NOT_SENT, NOT_SENT_REASON, RECEIPT_REASON, RECEIPT_STATE } from "../../../../schemas/link.js";
import { rosterOf, waveRecord } from "../../dispatch/bare-fixtures.js";

it("says of each failure whether the carrier, the receipt or we ourselves were its cause", () => {
  const record = { ...waveRecord({ count: 3 }), stop: null, archive: null };
  const wave = new LiveWave(record, 0, rosterOf(3));
  wave.intend({ from: 0, count: 3, resend: false }, 0, [1], 9);
  wave.outcome(0, 0, NOT_SENT + NOT_SENT_REASON.switchedOff, 9);
  wave.outcome(1, 0, 0x0b, 9);
  wave.refused(1, 1, NOT_SENT_REASON.noRoute);
  wave.outcome(2, 0, 0, 9);
  wave.receipt(2, 0, RECEIPT_STATE.undeliverable, 9);
  const { counts, failures } = showWave({}, record, wave);
  expect(counts).toMatchObject({ failed: 3, pending: 0 });
  expect(failures).toEqual([
    { cause: "notSent", code: NOT_SENT_REASON.switchedOff, times: 1 },
    { cause: "commandStatus", code: 0x0b, times: 1 },
    { cause: "messageState", code: RECEIPT_STATE.undeliverable, times: 1 },
  ]);
  expect(RECEIPT_REASON).toBeLessThan(NOT_SENT);
});

it("says of a wave at rest that what became of the acknowledged is unknown", () => {
  const record = { ...waveRecord({ count: 3 }), stop: null };
  const wave = new LiveWave(record, 0, rosterOf(3));
  wave.intend({ from: 0, count: 3, resend: false }, 0, [1], 9);
  for (const position of [0, 1, 2]) wave.outcome(position, 0, 0, 9);
  wave.receipt(0, 0, RECEIPT_STATE.delivered, 9);
  const archive = summaryOf(wave);
  expect(showWave({}, { ...record, archive: null }, wave).counts).toMatchObject({ acknowledged: 2, unknown: 0 });
  expect(showWave({}, { ...record, archive }, undefined).counts).toMatchObject({
    delivered: 1,
    acknowledged: 0,
    unknown: 2,
  });
});
