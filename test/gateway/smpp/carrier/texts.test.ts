/** A wave with several texts over the wire: each recipient's own, whole, in the parts and the data_coding that the carrier makes of it. */
import type { PDU } from "smpp";
import { describe, expect, test } from "vitest";
import type { CarrierConfiguration } from "../../../../schemas/carrier.js";
import { textNumbersOf } from "../../../engine/dispatch/fixtures.js";
import { numberOf, Rig, Smsc } from "../harness.js";

const TEXTS = [
  "Burgernet: jongen van 5 vermist bij het station. Gezien? Bel 0800-0011.",
  `Burgernet: Junge (5) vermisst, grüne Jacke. ${"Bitte schauen Sie in Ihrem Garten und in der Umgebung nach. ".repeat(2)}Tel. 0800-0011.`,
  `Бургернет: зник хлопчик 5 років, синя куртка. ${"Подивіться, будь ласка, у своєму саду. ".repeat(3)}Тел. 0800-0011.`,
];
const PEOPLE = 300;

interface Made {
  readonly parts: readonly number[];
  readonly codings: readonly number[];
}
const CARRIERS: readonly [Partial<CarrierConfiguration>, Made][] = [
  [
    { alphabet: "gsm0338", concatenation: "udh8" },
    { parts: [1, 2, 3], codings: [0, 0, 8] },
  ],
  [
    { alphabet: "ascii", concatenation: "sar" },
    { parts: [1, 3, 3], codings: [0, 8, 8] },
  ],
];

/** What the package reads of one part: its place in the message, and its text. */
function partOf(pdu: PDU): { place: number; text: string } {
  const { udh, message } = pdu.short_message as { udh?: Buffer | Buffer[]; message: string };
  const header = udh === undefined ? undefined : Buffer.concat([udh].flat());
  return { place: Number(pdu.sar_segment_seqnum ?? header?.at(-1) ?? 1), text: message };
}

/** By number, the parts that were taken, in order of their place. */
function taken(smsc: Smsc, isTaken: (pdu: PDU) => boolean): Map<string, { place: number; text: string }[]> {
  const found = new Map<string, { place: number; text: string }[]>();
  for (const pdu of smsc.submits.filter(isTaken)) {
    const number = String(pdu.destination_addr);
    found.set(
      number,
      [...(found.get(number) ?? []), partOf(pdu)].sort((a, b) => a.place - b.place),
    );
  }
  return found;
}

describe.each(CARRIERS)("a carrier with %o", (settings, { parts, codings }) => {
  // With a window of two the longest go part by part; and some are throttled, and come again.
  test.each([64, 2])("with a window of %i, everybody gets the own text once and whole", async (window) => {
    const throttled = new Set<PDU>();
    const smsc = await Smsc.start((pdu) => {
      if (![11, 12, 13, 150].includes(smsc.submits.length)) return { message_id: String(smsc.submits.length) };
      throttled.add(pdu);
      return { command_status: 0x58 };
    });
    const rig = new Rig(smsc.port, { window, ...settings }, PEOPLE);
    const textNumbers = textNumbersOf(PEOPLE, TEXTS.length, 5)!;
    rig.openTexts(3, 1, TEXTS, textNumbers);
    const advised = TEXTS.map((text) => rig.carrier.adviseText(text).segments);
    expect(advised).toEqual(parts);
    for (let first = 0; first < PEOPLE; first += 60) rig.grant(3, first, 60);
    const segments = textNumbers.reduce((sum, text) => sum + parts[text]!, 0);
    await rig.until("an outcome for each part", () => rig.of("outcome").length === segments);
    const all = taken(smsc, (pdu) => !throttled.has(pdu));
    for (let position = 0; position < PEOPLE; position++) {
      const got = all.get(numberOf(position)) ?? [];
      const text = textNumbers[position]!;
      expect(got.map(({ place }) => place)).toEqual(Array.from({ length: parts[text]! }, (_, at) => at + 1));
      expect(got.map((part) => part.text).join("")).toBe(TEXTS[text]);
      const own = smsc.submits.filter((pdu) => String(pdu.destination_addr) === numberOf(position));
      expect(new Set(own.map((pdu) => pdu.data_coding))).toEqual(new Set([codings[text]]));
    }
    expect(new Set(rig.of("outcome").map(({ two, segment }) => `${two} ${segment}`)).size).toBe(segments);
    expect([rig.gauge("queued"), rig.gauge("inFlight")]).toEqual([0, 0]);
    await smsc.stop();
  });

  test("a stop gives back whole messages, and counts the parts of each", async () => {
    const smsc = await Smsc.start(() => null);
    const rig = new Rig(smsc.port, { window: 20, responseTimeoutMs: 60_000, ...settings }, PEOPLE);
    const textNumbers = textNumbersOf(PEOPLE, TEXTS.length, 7)!;
    rig.openTexts(0, 1, TEXTS, textNumbers);
    rig.grant(0, 0, PEOPLE);
    await rig.until("a window on the wire", () => rig.gauge("inFlight") > 15);
    rig.carrier.stopWave(0);
    await rig.until("the rest back", () => rig.gauge("queued") === 0);
    const back = rig.of("released").flatMap(({ two, three }) => Array.from({ length: three }, (_, at) => two + at));
    const written = new Set(smsc.destinations());
    const expected = Array.from({ length: PEOPLE }, (_, position) => position).filter(
      (position) => !written.has(numberOf(position)),
    );
    expect(back.sort((a, b) => a - b)).toEqual(expected);
    const onTheWire = textNumbers.reduce((sum, text, at) => sum + (written.has(numberOf(at)) ? parts[text]! : 0), 0);
    expect(rig.gauge("inFlight")).toBe(onTheWire);
    await smsc.stop();
  });
});
