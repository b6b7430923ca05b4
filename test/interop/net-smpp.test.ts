/** Our carrier against an SMSC made with Net::SMPP, a Perl library by others. Skipped, with a word, where that is missing. */
import { expect, type TestContext, test } from "vitest";
import { numberOf, Rig } from "../gateway/smpp/harness.js";
import { NetSmpp } from "./net-smpp.js";
import { Capture, missing, until } from "./tools.js";

const EACH = 150;
const TEXTS = ["Jongen (5) vermist bij het station", `Prijs 5 ${"a".repeat(200)}`, "Patiënt vermist in België"];
/** Parts of the texts together. */
const PARTS = 4;
const DELIVER_SM_RESP = "deliver_sm_resp";

function skipped(context: TestContext): boolean {
  const reason = missing("libnet-smpp-perl");
  if (reason === null) return false;
  console.log(`skipped: ${reason}`);
  context.skip(reason);
  return true;
}

function numbers(slot: number, count = EACH): string[] {
  return Array.from({ length: count }, (_, at) => numberOf(slot * EACH + at));
}

test("Net::SMPP reads what we submit, and we read its answers, receipts and messages", async (context) => {
  if (skipped(context)) return;
  const smsc = await NetSmpp.start();
  const capture = await Capture.start(smsc.port);
  const rig = new Rig(smsc.port, { window: 50, binds: 2, enquireLinkMs: 100 });
  TEXTS.forEach((text, slot) => {
    rig.open(slot, slot, text);
    rig.grant(slot, slot * EACH, EACH);
  });
  await rig.until("all outcomes", () => rig.of("outcome").length === EACH * PARTS);
  await rig.until("all receipts", () => rig.of("receipt").length === EACH * PARTS);
  await until(
    "enquiries of both sides",
    () => smsc.said("enquiry").length > 0 && smsc.said("enquire_link_resp").length > 0,
  );
  await rig.until("the messages", () => rig.gauge("incoming") >= 2);
  await until("the answers", () => smsc.said(DELIVER_SM_RESP).length === EACH * PARTS + 2);
  await rig.carrier.close();
  await until("both unbinds", () => smsc.said("closed").length === 2);

  const submits = smsc.said("submit");
  expect(submits.map(({ to }) => to).sort()).toEqual(
    [...numbers(0), ...numbers(1), ...numbers(1), ...numbers(2)].sort(),
  );
  expect(new Set(submits.map(({ from }) => from))).toEqual(new Set(["Burgernet"]));
  const textsTo = (slot: number) =>
    new Set(
      submits
        .filter(({ to }) => numbers(slot).includes(to!))
        .map(({ text, coding, esmClass }) => [text, coding, esmClass].join()),
    );
  expect(textsTo(0)).toEqual(new Set([[Buffer.from(TEXTS[0]!).toString("hex"), 0, 0].join()]));
  const ucs2 = Buffer.from(TEXTS[2]!, "utf16le").swap16().toString("hex");
  expect(textsTo(2)).toEqual(new Set([[ucs2, 8, 0].join()]));
  const parts = submits.filter(({ to }) => numbers(1).includes(to!));
  expect(parts.every(({ esmClass }) => esmClass === 0x40)).toBe(true);
  const bodies = parts.filter(({ to }) => to === numberOf(EACH)).map(({ text }) => Buffer.from(text!, "hex"));
  expect(bodies.map((body) => body.subarray(body[0]! + 1).toString("latin1")).join("")).toBe(TEXTS[1]);

  expect(smsc.said("bind").map(({ kind }) => kind)).toEqual(["transceiver", "transceiver"]);
  const ids = rig.of("outcome").map(({ id }) => id);
  expect(new Set(ids).size).toBe(EACH * PARTS);
  expect(
    rig
      .of("receipt")
      .map(({ id }) => id)
      .sort(),
  ).toEqual(ids.sort());
  // Every message of a citizen is taken; before there was a place for them they were put off (ESME_RX_T_APPN).
  expect(smsc.said(DELIVER_SM_RESP).filter(({ status }) => status !== 0)).toEqual([]);
  expect(smsc.said("unbind").length).toBe(2);
  expect(smsc.complaints()).toEqual([]);
  expect(await smsc.tool.stop()).toBe(0);
  const wire = await capture?.decoded();
  if (wire === undefined) return;
  expect(wire.malformed).toBe(0);
  expect(wire.commands.get("submit_sm")).toBe(EACH * PARTS);
  expect(wire.commands.get("deliver_sm_resp")).toBe(wire.commands.get("deliver_sm"));
  expect(wire.commands.get("enquire_link_resp")).toBe(wire.commands.get("enquire_link"));
  expect(wire.commands.get("unbind_resp")).toBe(2);
  expect(wire.commands.has("generic_nack")).toBe(false);
});

test("Net::SMPP unbinds in the middle: it is answered, and the rest goes over a new bind", async (context) => {
  if (skipped(context)) return;
  const smsc = await NetSmpp.start("40");
  const rig = new Rig(smsc.port, { window: 10, enquireLinkMs: 500 });
  rig.open(0, 0, TEXTS[0]);
  rig.grant(0, 0, 100);
  const settled = () => rig.of("outcome").length + rig.of("unknown").length + released(rig);
  await rig.until("100 to be settled", () => settled() === 100);
  await until("the answer to its unbind", () => smsc.said("unbind_resp").length >= 1);
  await rig.until("a new bind", () => smsc.said("bind").length >= 2);
  await rig.carrier.close();
  const asked = smsc.said("submit").map(({ to }) => to);
  expect(new Set(asked).size).toBe(asked.length);
  expect(asked.length).toBe(rig.of("outcome").length + rig.of("unknown").length);
  expect(rig.of("outcome").every(({ three }) => three === 0)).toBe(true);
  expect(smsc.complaints()).toEqual([]);
});

/** Positions that were granted and given back. */
function released(rig: Rig): number {
  return rig.of("released").reduce((sum, { three }) => sum + three, 0);
}
