/**
 * Wireshark's dissector as the referee of what is on the wire: a bulk submit is captured on loopback and decoded by
 * `tshark`. Skipped, with a word, where tshark is missing or may not capture.
 */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { numberOf, Rig, Smsc } from "../gateway/smpp/harness.js";

const TEXTS = ["Jongen (5) vermist bij het station", `Prijs €5 {tot} ${"a".repeat(200)}`, "Patiënt vermist in België"];
const EACH = 200;
/** Parts of the texts together. */
const PARTS = 4;
/** Characters of the second text in its first part: 153 septets, three of them escapes. */
const FIRST_PART = 150;
/** DCS 0 is the carrier's own alphabet; Wireshark must be told that it is GSM 03.38, one septet in a byte. */
const ALPHABET = ["-o", "smpp.decode_sms_over_smpp:GSM 7-bit", "-o", "smpp.gsm7_unpacked:TRUE"];
const FIELDS = [
  "smpp.destination_addr",
  "smpp.message_text",
  "smpp.source_addr",
  "smpp.data_coding",
  "gsm_sms.udh.mm.msg_part",
  "_ws.malformed",
];

/** Why it can't be done here, or null. */
function obstacle(): string | null {
  if (spawnSync("tshark", ["--version"]).error !== undefined) return "tshark is not installed";
  const tried = spawnSync("tshark", ["-i", "lo", "-a", "duration:1", "-w", "/dev/null"], { encoding: "utf8" });
  return tried.status === 0 ? null : `tshark may not capture: ${tried.stderr.trim().split("\n").at(-1)}`;
}

interface Decoded {
  readonly malformed: boolean;
  readonly submits: { to: string; from: string; coding: string }[];
  readonly texts: string[];
  readonly parts: string[];
}

/** Reads the capture; a packet can hold many PDUs, whose fields tshark gives as lists. */
function decode(file: string, port: number): Decoded {
  const flags = FIELDS.flatMap((field) => ["-e", field]);
  const only = ["-2", "-R", `tcp.dstport==${port} && smpp`, "-d", `tcp.port==${port},smpp`, ...ALPHABET];
  const output = execFileSync("tshark", ["-r", file, ...only, "-T", "json", ...flags], { maxBuffer: 2 ** 28 });
  const packets = JSON.parse(output.toString()) as { _source: { layers: Record<string, string[]> } }[];
  const submits: Decoded["submits"] = [];
  const texts: string[] = [];
  const parts: string[] = [];
  let malformed = false;
  for (const { _source } of packets) {
    const { layers } = _source;
    malformed ||= layers["_ws.malformed"] !== undefined;
    const to = layers["smpp.destination_addr"] ?? [];
    to.forEach((number, at) => {
      submits.push({
        to: number,
        from: layers["smpp.source_addr"]?.[at] ?? "",
        coding: layers["smpp.data_coding"]?.[at] ?? "",
      });
    });
    texts.push(...(layers["smpp.message_text"] ?? []));
    parts.push(...(layers["gsm_sms.udh.mm.msg_part"] ?? []));
  }
  return { malformed, submits, texts, parts };
}

async function until(what: string, condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    if (tries > 1_000) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function positions(slot: number): string[] {
  return Array.from({ length: EACH }, (_, at) => numberOf(slot * EACH + at));
}

test("tshark decodes a captured bulk submit: every number, text and part, and nothing malformed", async (context) => {
  const reason = obstacle();
  if (reason !== null) {
    console.log(`skipped: ${reason}`);
    context.skip(reason);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), "seinpost-tshark-"));
  const file = join(folder, "capture.pcapng");
  const size = () => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const smsc = await Smsc.start(() => ({ message_id: "m" }));
  const capture = spawn("tshark", ["-i", "lo", "-f", `tcp port ${smsc.port}`, "-w", file], { stdio: "ignore" });
  const exited = new Promise((resolve) => capture.on("exit", resolve));
  const rig = new Rig(smsc.port, { window: 1_000, enquireLinkMs: 10 });
  // The capture runs once enquire_link shows in it; it is whole once it is larger than all submissions together.
  await until("the capture to begin", () => size() > 1_000);
  TEXTS.forEach((text, slot) => {
    rig.open(slot, slot, text);
    rig.grant(slot, slot * EACH, EACH);
  });
  await rig.until("all outcomes", () => rig.of("outcome").length === EACH * PARTS);
  const bytes = smsc.submits.reduce((sum, pdu) => sum + pdu.command_length, size());
  await until("the capture to be written", () => size() > bytes);
  capture.kill("SIGINT");
  await exited;
  await rig.carrier.close();
  await smsc.stop();
  const decoded = decode(file, smsc.port);
  rmSync(folder, { recursive: true });

  expect(decoded.malformed).toBe(false);
  const [one, two, three] = TEXTS.map((_, slot) => positions(slot));
  expect(decoded.submits.map(({ to }) => to)).toEqual([...one!, ...two!.flatMap((to) => [to, to]), ...three!]);
  expect(new Set(decoded.submits.map(({ from }) => from))).toEqual(new Set(["Burgernet"]));
  const parts = Array.from({ length: EACH }, () => [
    TEXTS[1]!.slice(0, FIRST_PART),
    TEXTS[1]!.slice(FIRST_PART),
  ]).flat();
  expect(decoded.texts).toEqual([...one!.map(() => TEXTS[0]), ...parts, ...three!.map(() => TEXTS[2])]);
  expect(decoded.parts).toEqual(two!.flatMap(() => ["1", "2"]));
  const codings = decoded.submits.map(({ coding }) => Number(coding));
  expect(codings).toEqual([...Array(EACH * 3).fill(0), ...Array(EACH).fill(8)]);
});
