/** Who has switched SMS off is not sent to, unless the message is the confirmation of just that. */
import { expect, test } from "vitest";
import { NOT_SENT, NOT_SENT_REASON } from "../../../../schemas/link.js";
import { numberOf, Rig, Smsc } from "../harness.js";

const EACH = 10;

/** Position 3 has no number, 5 has SMS switched off. */
function rigOn(smsc: Smsc, window: number): Rig {
  const rig = new Rig(smsc.port, { window });
  rig.numbers[3] = 0;
  rig.numbers[5] = -rig.numbers[5]!;
  return rig;
}

/** By position, the status of each part. */
function statuses(rig: Rig, slot: number): Map<number, number[]> {
  const found = new Map<number, number[]>();
  for (const { one, two, three } of rig.of("outcome"))
    if (one === slot) found.set(two, [...(found.get(two) ?? []), three]);
  return found;
}

// With a window of one, the parts of a long message go one by one; otherwise messages go whole.
test.each([64, 1])(
  "with a window of %i, a number that is switched off is refused here and not sent to",
  async (window) => {
    const smsc = await Smsc.start(() => ({ message_id: "m" }));
    const rig = rigOn(smsc, window);
    rig.open(0, 0, "a".repeat(161));
    rig.grant(0, 0, EACH);
    await rig.until("all outcomes", () => rig.of("outcome").length === EACH * 2);
    const seen = statuses(rig, 0);
    expect(seen.get(3)).toEqual(Array(2).fill(NOT_SENT + NOT_SENT_REASON.noNumber));
    expect(seen.get(5)).toEqual(Array(2).fill(NOT_SENT + NOT_SENT_REASON.switchedOff));
    const others = [0, 1, 2, 4, 6, 7, 8, 9];
    for (const position of others) expect(seen.get(position)).toEqual([0, 0]);
    expect(smsc.destinations()).toEqual(others.flatMap((position) => [numberOf(position), numberOf(position)]));

    const { roster } = rig;
    const wave = {
      slot: 1,
      rank: 1,
      roster,
      texts: ["Afgemeld"],
      textNumbers: undefined,
      expiresAtMs: Date.now() + 60_000,
      urgent: false,
    };
    rig.carrier.openWave({ ...wave, reference: 1, toSwitchedOff: true });
    rig.grant(1, 0, EACH);
    await rig.until("the confirmations", () => statuses(rig, 1).size === EACH);
    expect(statuses(rig, 1).get(3)).toEqual([NOT_SENT + NOT_SENT_REASON.noNumber]);
    expect(statuses(rig, 1).get(5)).toEqual([0]);
    expect(smsc.destinations()).toContain(numberOf(5));
    expect(rig.fatal).toEqual([]);
    await rig.carrier.close();
    await smsc.stop();
  },
);
