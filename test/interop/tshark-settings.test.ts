/**
 * Wireshark's dissector as the referee of what a carrier's settings make of a submit_sm: each alphabet with each way to
 * join parts, and the fields beside the text. Reads files, captures nothing; skipped, with a word, where tshark is missing.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SubmitTemplate } from "../../gateway/smpp/messages/submit.js";
import { encodeText } from "../../gateway/smpp/text/text.js";
import { type CarrierConfiguration, CONCATENATIONS, DEFAULT_ALPHABETS } from "../../schemas/carrier.js";
import { configuration } from "../gateway/smpp/harness.js";
import { captureOf } from "./pcap.js";

const PORT = 2_775;
const NUMBER = 31_612_345_678;
const REFERENCE = 0x1234;
/** What data_coding 0 means, in Wireshark's words. It knows no packed septets there and no UTF-8: of those it reads all but the text. */
const MEANS = { gsm0338: "GSM 7-bit", latin1: "ISO-8859-1", ascii: "ASCII" };
const isRead = (alphabet: string): alphabet is keyof typeof MEANS => alphabet in MEANS;
const TEXTS = {
  short: "Jongen (5) vermist {bij} het station",
  long: `Prijs 5 {tot} 6, ${"a".repeat(300)}`,
  accents: `Één café, ${"e".repeat(300)}`,
  // Wireshark reads UCS-2 by the letter, without the pairs that make an emoji.
  ucs2: `Patiënt vermist in België ☎ ${"a".repeat(100)}`,
};
const FIELDS = [
  ..."destination_addr dest_addr_ton dest_addr_npi source_addr source_addr_ton source_addr_npi service_type".split(" "),
  ..."priority_flag validity_period validity_period_r regdel.receipt regdel.notif data_coding message_text".split(" "),
  ..."message_payload sar_msg_ref_num sar_total_segments sar_segment_seqnum message_payload.duplicate".split(" "),
].map((field) => `smpp.${field}`);
const HEADER = ["msg_id", "msg_parts", "msg_part"].map((field) => `gsm_sms.udh.mm.${field}`);

type Layers = Readonly<Record<string, readonly string[] | undefined>>;

/** One for each PDU. */
function dissect(pdus: readonly Uint8Array[], alphabet: CarrierConfiguration["alphabet"]): Layers[] {
  const folder = mkdtempSync(join(tmpdir(), "seinpost-tshark-"));
  const file = join(folder, "settings.pcap");
  writeFileSync(file, captureOf(pdus, PORT));
  const flags = [...FIELDS, ...HEADER, "_ws.malformed", "_ws.expert.message"].flatMap((field) => ["-e", field]);
  const means = MEANS[isRead(alphabet) ? alphabet : "ascii"];
  const decoding = ["-o", `smpp.decode_sms_over_smpp:${means}`, "-o", "smpp.gsm7_unpacked:TRUE"];
  const settings = ["-r", file, "-d", `tcp.port==${PORT},smpp`, ...decoding, "-T", "json", ...flags];
  const output = execFileSync("tshark", settings, { maxBuffer: 2 ** 26, stdio: ["ignore", "pipe", "ignore"] });
  rmSync(folder, { recursive: true });
  const packets = JSON.parse(output.toString()) as { _source: { layers: Layers } }[];
  expect(packets).toHaveLength(pdus.length);
  for (const { _source } of packets) {
    expect(_source.layers["_ws.malformed"]).toBe(undefined);
    expect(_source.layers["_ws.expert.message"]).toBe(undefined);
    expect(_source.layers["smpp.message_payload.duplicate"]).toBe(undefined);
  }
  return packets.map(({ _source }) => _source.layers);
}

function pdusOf(text: string, carrier: CarrierConfiguration, urgent = true, validity = ""): Uint8Array[] {
  const encoded = encodeText(text, carrier, REFERENCE);
  return encoded.parts.map((_, part) => {
    const template = new SubmitTemplate(carrier, encoded, part, urgent, validity);
    const bytes = new Uint8Array(template.maxBytes);
    return bytes.subarray(0, template.write(bytes, 0, NUMBER, part + 1));
  });
}

/** How this part says which one it is: reference, number of parts, part. */
function joint(layers: Layers, concatenation: CarrierConfiguration["concatenation"]): number[] {
  const fields = concatenation === "sar" ? FIELDS.filter((field) => field.includes("sar_")) : HEADER;
  return fields.flatMap((field) => layers[field] ?? []).map(Number);
}

function textOf(layers: Layers): string {
  const payload = layers["smpp.message_payload"]?.[0];
  return layers["smpp.message_text"]?.[0] ?? Buffer.from((payload ?? "").replaceAll(":", ""), "hex").toString("latin1");
}

const absent = spawnSync("tshark", ["--version"]).error !== undefined;
if (absent) console.log("skipped: tshark is not installed");

test.skipIf(absent).each(DEFAULT_ALPHABETS)("tshark reads %s, joined in each way: every text and part", (alphabet) => {
  const cases = CONCATENATIONS.flatMap((concatenation) =>
    Object.values(TEXTS).map((text) => ({
      concatenation,
      text,
      carrier: configuration(PORT, { alphabet, concatenation }),
    })),
  );
  const pdus = cases.map(({ text, carrier }) => pdusOf(text, carrier));
  const all = dissect(pdus.flat(), alphabet);
  for (const [at, { concatenation, text, carrier }] of cases.entries()) {
    const parts = all.splice(0, pdus[at]!.length);
    const { encoding } = encodeText(text, carrier, 0);
    for (const part of parts) expect(Number(part["smpp.data_coding"]?.[0])).toBe(encoding === "ucs2" ? 8 : 0);
    const id = concatenation === "udh8" ? REFERENCE & 0xff : REFERENCE;
    const joints = parts.map((_, index) => (parts.length === 1 ? [] : [id, parts.length, index + 1]));
    expect(parts.map((part) => joint(part, concatenation))).toEqual(joints);
    // Wireshark shows a payload as bytes.
    const payload = parts[0]!["smpp.message_payload"] !== undefined;
    expect(payload).toBe(concatenation === "payload" && text !== TEXTS.short);
    if (!isRead(alphabet) && encoding !== "ucs2") continue;
    if (!payload) expect(parts.map(textOf).join("")).toBe(text);
    else if (!alphabet.startsWith("gsm0338") && encoding !== "ucs2") expect(textOf(parts[0]!)).toBe(text);
  }
});

test.skipIf(absent)(
  "tshark reads national tables, whose header has an element of their own, as nothing malformed",
  () => {
    const nationalTables = ["turkish", "spanish", "portuguese"] as const;
    const texts = [`${"a".repeat(80)}ş`, "ş".repeat(300), `${"ş".repeat(130)}ã`, `${"ã".repeat(400)}Ω`];
    const pdus = CONCATENATIONS.flatMap((concatenation) =>
      texts.flatMap((text) => pdusOf(text, configuration(PORT, { nationalTables, concatenation }))),
    );
    for (const layers of dissect(pdus, "gsm0338")) expect(Number(layers["smpp.data_coding"]?.[0])).toBe(0);
  },
);

test.skipIf(absent)("tshark reads the fields beside the text as the settings have them", () => {
  const carrier = configuration(PORT, {
    ...{ sender: "1600", numberPrefix: "+", destinationTon: 2, destinationNpi: 8, serviceType: "CMT" },
    ...{ priority: { urgent: 2, normal: 1 }, receipts: "failure", intermediate: true },
  });
  const pdus = [
    ...pdusOf("a", carrier, true, "000000040000000R"),
    ...pdusOf("a", carrier, false, "260309070503200+"),
    ...pdusOf("a", { ...carrier, sender: "Burgernet", numberPrefix: "00", receipts: "none", intermediate: false }),
  ];
  const [first, second, third] = dissect(pdus, "gsm0338");
  const values = (layers: Layers, fields: string) => fields.split(" ").map((field) => layers[`smpp.${field}`]?.[0]);
  const addresses = "source_addr destination_addr service_type";
  expect(values(first!, addresses)).toEqual(["1600", `+${NUMBER}`, "CMT"]);
  expect(values(third!, addresses)).toEqual(["Burgernet", `00${NUMBER}`, "CMT"]);
  const numbers = (layers: Layers, fields: string) => values(layers, fields).map(Number);
  const types = "source_addr_ton source_addr_npi dest_addr_ton dest_addr_npi";
  expect(numbers(first!, types)).toEqual([3, 0, 2, 8]);
  expect(numbers(third!, types)).toEqual([5, 0, 2, 8]);
  const service = "priority_flag regdel.receipt regdel.notif";
  expect(numbers(first!, service)).toEqual([2, 2, 1]);
  expect(numbers(second!, service)).toEqual([1, 2, 1]);
  expect(numbers(third!, service)).toEqual([2, 0, 0]);
  expect(first!["smpp.validity_period_r"]?.[0]).toContain("14400");
  expect(second!["smpp.validity_period"]?.[0]).toContain("2026");
});
