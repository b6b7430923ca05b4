/** Receipts of strange carriers, as the package `smpp` reads them and as bytes. */
import { expect, test } from "vitest";
import type { PackagePdu } from "../../../bench/submit/smpp-package.js";
import type { PersonalityName } from "../../../loadtest/personalities/table.js";
import {
  bound,
  deviatingCarrier,
  NUMBER,
  pdusOf,
  raw,
  rawSubmits,
  submitMany,
  until,
  WITH_RECEIPT,
} from "./deviations.js";

const COUNT = 60;

async function receipts(names: readonly PersonalityName[], options = {}) {
  const simulator = await deviatingCarrier(names, { deviationShare: 0.3, fail: 0.3, ...options });
  const client = await bound(simulator);
  const ids = (await submitMany(client, COUNT)).map(({ message_id }) => message_id!);
  await until("the receipts", () => {
    const { receiptsSent, receiptsAcknowledged, receiptsWaiting } = simulator.counters();
    return receiptsWaiting === 0 && receiptsSent === receiptsAcknowledged;
  });
  return { ids, receipts: client.deliveries, counters: simulator.counters() };
}

function textOf(receipt: PackagePdu): string {
  return String(receipt.short_message?.message ?? "");
}

function idInText(receipt: PackagePdu): string | undefined {
  return /\bid:(\S+)/.exec(textOf(receipt))?.[1];
}

test("text-only: no TLVs; tlv-only: no text", async () => {
  const text = await receipts(["text-only"]);
  expect(text.receipts.map(idInText)).toEqual(text.ids);
  expect(text.receipts.every((receipt) => receipt.receipted_message_id === undefined)).toBe(true);
  const tlv = await receipts(["tlv-only"]);
  expect(tlv.receipts.map(({ receipted_message_id }) => receipted_message_id)).toEqual(tlv.ids);
  expect(tlv.receipts.every((receipt) => textOf(receipt) === "")).toBe(true);
});

test("tlv-without-nul: the length of the id alone", async () => {
  const simulator = await deviatingCarrier(["tlv-without-nul"]);
  const client = await raw(simulator);
  await client.answered(1);
  rawSubmits(client, 1);
  await client.answered(3);
  const receipt = pdusOf(client.received).find(({ command }) => command === 5)!;
  const at = receipt.body.indexOf(Buffer.from([0x00, 0x1e, 0x00, 0x0a]));
  expect(at).toBeGreaterThan(0);
  expect(receipt.body.toString("latin1", at + 4, at + 14)).toMatch(/^[0-9A-Z]{10}$/);
  expect(receipt.body.readUInt16BE(at + 14)).toBe(0x0427);
});

test("fields: missing, extra and reordered, with the right id and state", async () => {
  const missing = await receipts(["fields-missing", "text-only"]);
  const extra = await receipts(["fields-extra", "text-only"]);
  const reordered = await receipts(["fields-reordered", "text-only"]);
  for (const { ids, receipts: got } of [missing, extra, reordered]) {
    expect(got.map(idInText)).toEqual(ids);
    expect(got.every((receipt) => /\bstat:(DELIVRD|UNDELIV)\b/.test(textOf(receipt)))).toBe(true);
  }
  expect(new Set(missing.receipts.map((receipt) => textOf(receipt).length)).size).toBeGreaterThan(5);
  expect(
    extra.receipts.every((receipt) => /price:.* done date:\d{12}|done date:\d{12}.* price:/.test(textOf(receipt))),
  ).toBe(true);
  expect(new Set(reordered.receipts.map((receipt) => textOf(receipt).indexOf("id:"))).size).toBeGreaterThan(5);
});

test("receipt texts alone: in other alphabets, behind other characters, with other words and none", async () => {
  const bytesOf = async (name: PersonalityName) => {
    const simulator = await deviatingCarrier([name], { fail: 0.5 });
    const client = await raw(simulator);
    await client.answered(1);
    rawSubmits(client, 40);
    await client.answered(81);
    return pdusOf(client.received)
      .filter(({ command }) => command === 5)
      .map(({ body }) => body);
  };
  const all = async (name: PersonalityName, has: (body: Buffer) => boolean) => {
    const bodies = await bytesOf(name);
    expect(bodies).toHaveLength(40);
    for (const body of bodies) {
      expect(body.includes(Buffer.from([0x00, 0x1e, 0x00]))).toBe(name === "foreign-tlv");
      expect(has(body)).toBe(true);
    }
  };
  await all("ucs2-little", (body) => body.includes(Buffer.from("id:", "utf16le")));
  await all("first-character", (body) => /[\0 \n\xbf]id:/.test(body.toString("latin1")));
  await all("header-bit", (body) => body.includes("id:") && body.includes(0x44));
  await all(
    "packed-receipts",
    (body) => body.includes(Buffer.from("693d08", "hex").subarray(0, 1)) && !body.includes("id:"),
  );
  await all("vendor-words", (body) => !/stat:(DELIVRD|UNDELIV)/.test(body.toString("latin1")));
  await all("no-word", (body) => !/stat:\w/.test(body.toString("latin1")) && /dlvrd:00/.test(body.toString("latin1")));
  await all("foreign-tlv", (body) => body.includes("gw-") && body.includes("id:"));
});

test("other-case: small letters in the receipt", async () => {
  const { ids, receipts: got } = await receipts(["other-case"]);
  expect(got.map(({ receipted_message_id: id }) => id)).toEqual(ids.map((id) => id.toLowerCase()));
  expect(ids.some((id) => id !== id.toLowerCase())).toBe(true);
});

test("esm-class-0 and esm-class-44", async () => {
  expect(new Set((await receipts(["esm-class-0"])).receipts.map(({ esm_class }) => esm_class))).toEqual(new Set([0]));
  expect(new Set((await receipts(["esm-class-44"])).receipts.map(({ esm_class }) => esm_class))).toEqual(
    new Set([0x44]),
  );
});

test("hex-response, hex-receipt, leading-zeros: the same number in another form", async () => {
  const hexadecimal = await receipts(["hex-response"]);
  expect(hexadecimal.receipts.map((receipt) => BigInt(idInText(receipt)!))).toEqual(
    hexadecimal.ids.map((id) => BigInt(`0x${id}`)),
  );
  const inReceipt = await receipts(["hex-receipt"]);
  expect(inReceipt.receipts.map(({ receipted_message_id: id }) => BigInt(`0x${id}`))).toEqual(
    inReceipt.ids.map(BigInt),
  );
  const zeros = await receipts(["leading-zeros"]);
  expect(zeros.receipts.map(idInText)).toEqual(zeros.ids.map((id) => id.padStart(20, "0")));
  expect(zeros.ids.every((id) => id[0] !== "0")).toBe(true);
});

test("before-response: the receipt is there when the response comes", async () => {
  const simulator = await deviatingCarrier(["before-response"]);
  const client = await raw(simulator);
  await client.answered(1);
  rawSubmits(client, 20);
  await client.answered(41);
  const commands = pdusOf(client.received)
    .slice(1)
    .map(({ command }) => command);
  expect(commands).toEqual(Array.from({ length: 20 }, () => [5, 0x80000004]).flat());
});

test("on-another-bind: never over the one that submitted, while there is another", async () => {
  const simulator = await deviatingCarrier(["on-another-bind"]);
  const [one, other] = [await bound(simulator), await bound(simulator)];
  const ids = (await submitMany(one, COUNT)).map(({ message_id }) => message_id);
  await other.delivered(COUNT);
  expect(one.deliveries).toEqual([]);
  expect(other.deliveries.map(({ receipted_message_id }) => receipted_message_id).sort()).toEqual(ids.sort());
  await one.send("unbind");
  await other.submit(NUMBER, "alleen", WITH_RECEIPT);
  await other.delivered(COUNT + 1);
});

test("twice, and intermediate-first: two for each, the final one last", async () => {
  const twice = await receipts(["twice"]);
  const idsOf = (got: PackagePdu[]) => got.map(({ receipted_message_id }) => receipted_message_id);
  expect(idsOf(twice.receipts).sort()).toEqual([...twice.ids, ...twice.ids].sort());
  const stages = await receipts(["intermediate-first"]);
  expect(stages.receipts.length).toBe(2 * COUNT);
  for (let at = 0; at < COUNT; at++) {
    const of = stages.receipts.filter(({ receipted_message_id }) => receipted_message_id === stages.ids[at]);
    expect(of[0]).toMatchObject({ message_state: 1 });
    expect([2, 5]).toContain(of[1]!.message_state);
  }
  const types = new Set(stages.receipts.map(({ esm_class }) => esm_class));
  expect(types).toEqual(new Set([0x04, 0x20]));
});

test("failed-first: a failure, and then the delivery", async () => {
  const { ids, receipts: got } = await receipts(["failed-first"], { fail: 0 });
  for (const id of ids) {
    const of = got.filter(({ receipted_message_id }) => receipted_message_id === id);
    expect(of.map(({ message_state }) => message_state)).toEqual([5, 2]);
  }
});

test("one-id: that of the first part, in answers and receipts", async () => {
  const client = await bound(await deviatingCarrier(["one-id"]));
  const part = (number: number, at: number, reference: number) =>
    client.submit(number, "", {
      ...WITH_RECEIPT,
      esm_class: 0x40,
      short_message: { udh: Buffer.from([5, 0, 3, reference, 2, at]), message: "deel" },
    });
  const ids = [];
  for (const [number, at, reference] of [
    [NUMBER, 1, 7],
    [NUMBER + 1, 1, 7],
    [NUMBER, 2, 7],
    [NUMBER + 1, 2, 7],
    [NUMBER, 1, 8],
  ] as const) {
    ids.push((await part(number, at, reference)).message_id!);
  }
  expect(ids[2]).toBe(ids[0]);
  expect(ids[3]).toBe(ids[1]);
  expect(new Set(ids).size).toBe(3);
  const other = (await client.submit(NUMBER)).message_id;
  expect(ids).not.toContain(other);
  await client.delivered(5);
  expect(client.deliveries.map(({ receipted_message_id }) => receipted_message_id).sort()).toEqual(ids.sort());
});

test("part-ids: the number of the part behind the id in answers, and one receipt without it", async () => {
  const client = await bound(await deviatingCarrier(["part-ids"]));
  const ids = [];
  for (const at of [1, 2, 3]) {
    const short_message = { udh: Buffer.from([5, 0, 3, 7, 3, at]), message: "deel" };
    const answer = await client.submit(NUMBER, "", { ...WITH_RECEIPT, esm_class: 0x40, short_message });
    ids.push(answer.message_id!);
  }
  const whole = ids[0]!.replace(/-1$/, "");
  expect(ids).toEqual([1, 2, 3].map((at) => `${whole}-${at}`));
  const other = (await client.submit(NUMBER, "", WITH_RECEIPT)).message_id;
  await client.delivered(2);
  expect(client.deliveries.map(({ receipted_message_id }) => receipted_message_id)).toEqual([whole, other]);
});

test("large-pdus: answers and receipts of 16,385 to 65,535 bytes, whole", async () => {
  const simulator = await deviatingCarrier(["large-pdus"], { deviationShare: 0.5 });
  const client = await raw(simulator);
  await client.answered(1);
  rawSubmits(client, COUNT);
  await client.answered(1 + 2 * COUNT);
  const large = pdusOf(client.received).filter(({ body }) => body.length > 1_000);
  expect(large.length).toBe(simulator.counters().struck["large-pdus"]);
  const commands = new Set(large.map(({ command }) => command));
  expect([0x80000004, 5].every((command) => commands.has(command))).toBe(true);
  for (const { body } of large) {
    expect(body.length + 16).toBeGreaterThanOrEqual(16_385);
    expect(body.length + 16).toBeLessThanOrEqual(65_535);
  }
});

test("disagreeing: text and TLV say the opposite", async () => {
  const { receipts: got } = await receipts(["disagreeing"]);
  expect(new Set(got.map((receipt) => `${receipt.message_state} ${/stat:(\w+)/.exec(textOf(receipt))![1]}`))).toEqual(
    new Set(["2 UNDELIV", "5 DELIVRD"]),
  );
});

test("foreign: some ids that nobody was given, in every form", async () => {
  for (const names of [["foreign"], ["foreign", "digits19"], ["foreign", "hex-receipt"]] as const) {
    const { ids, receipts: got, counters } = await receipts(names);
    const form = (id: string) =>
      names.some((name) => name === "hex-receipt") ? BigInt(id).toString(16).toUpperCase() : id;
    const known = new Set(ids.map(form));
    const foreign = got.filter(({ receipted_message_id }) => !known.has(receipted_message_id!));
    expect(foreign.length).toBe(counters.struck.foreign);
    expect(foreign.length).toBeGreaterThan(5);
    expect(got.length).toBe(COUNT + foreign.length);
  }
});

test("ucs2-receipts: data_coding 8", async () => {
  const { ids, receipts: got } = await receipts(["ucs2-receipts"]);
  expect(got.map(idInText)).toEqual(ids);
  const long = await receipts(["ucs2-receipts", "long-id"]);
  expect(long.receipts.map(({ receipted_message_id }) => receipted_message_id)).toEqual(long.ids);
});

test("data-sm: the text in message_payload, acknowledged with data_sm_resp", async () => {
  const simulator = await deviatingCarrier(["data-sm"]);
  const client = await bound(simulator);
  const got: PackagePdu[] = [];
  client.session.on("data_sm", (pdu: PackagePdu) => {
    got.push(pdu);
    client.session.send(pdu.response());
  });
  const { message_id } = await client.submit(NUMBER, "tekst", WITH_RECEIPT);
  await until("the answer", () => simulator.counters().receiptsAcknowledged === 1);
  expect(got[0]).toMatchObject({ receipted_message_id: message_id, message_state: 2, source_addr: String(NUMBER) });
});

test("empty-id: the receipt names an id that the response did not", async () => {
  const { ids, receipts: got } = await receipts(["empty-id"], { deviationShare: 0.5 });
  expect(ids.filter((id) => id === "").length).toBeGreaterThan(5);
  expect(got.every(({ receipted_message_id }) => receipted_message_id !== "")).toBe(true);
});

test("a receipt names the id that its response had, whatever the carrier has become since", async () => {
  const simulator = await deviatingCarrier(["digits19"], { receiptDelayMs: 300 });
  const client = await bound(simulator);
  const ids = (await submitMany(client, 20)).map(({ message_id }) => message_id);
  simulator.set({ personalities: ["long-id"] });
  ids.push(...(await submitMany(client, 20)).map(({ message_id }) => message_id));
  simulator.set({ personalities: [] });
  ids.push((await client.submit(NUMBER, "tekst", WITH_RECEIPT)).message_id);
  await client.delivered(41);
  expect(client.deliveries.map(({ receipted_message_id }) => receipted_message_id)).toEqual(ids);
  expect(new Set(ids.map((id) => id!.length))).toEqual(new Set([19, 64, 10]));
});
