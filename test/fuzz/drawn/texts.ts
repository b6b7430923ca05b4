/** Texts as carriers send them: receipts in the spellings of many SMSCs, and what citizens write. */
import type { Random } from "./random.js";

const STATES = [
  ...["DELIVRD", "EXPIRED", "DELETED", "UNDELIV", "ACCEPTD", "UNKNOWN", "REJECTD", "ENROUTE", "DELIVERED", "Delivered"],
  ...["undelivered", "EN_ROUTE", "EN ROUTE", "FAILED", "SKIPPED", "BUFFRED", "2", "5", "9", "10", "", "D", "FOO"],
];
const IDS = [
  ...["1", "0", "42", "007", "deadBEEF", "9223372036854775807", "a_b", "x-y", "550e8400-e29b-41d4-a716-446655440000"],
  ...["", "id:1", "y".repeat(64), "z".repeat(70), "é1"],
];
const GAPS = [" ", " ", " ", "  ", ",", "; ", "\r\n", "\t", "\0", ""];
const COLONS = [":", ":", ":", ": ", " :", " : ", "=", ""];

export function messageId(random: Random): string {
  return random.once(3) ? random.next().toString(random.pick([10, 16, 36])) : random.pick(IDS);
}

/** One receipt; fields come in their order or in another, and some are left out. */
export function receiptText(random: Random): string {
  const date = `26${String(random.below(1e8)).padStart(8, "0")}`;
  const fields = [
    ["id", messageId(random)],
    ["sub", "001"],
    ["dlvrd", random.once(2) ? "001" : "000"],
    ["submit date", date],
    ["done date", date],
    ["stat", random.pick(STATES)],
    ["err", random.pick(["000", "012", "00B", "SYS-1", "", "99999999999"])],
    ["text", "Burgernet id:9 stat:REJECTD"],
  ];
  const usual = !random.once(3);
  let text = usual ? "" : random.pick(["", "", " ", "\n", "x ", "Receipt: "]);
  while (fields.length > 0) {
    const [field] = fields.splice(usual ? 0 : random.below(fields.length), 1);
    const [name, value] = field!;
    if (random.once(8)) continue;
    const spelled = random.once(4) ? name!.toUpperCase() : name!;
    text += usual ? `${spelled}:${value} ` : `${spelled}${random.pick(COLONS)}${value}${random.pick(GAPS)}`;
  }
  return text;
}

const WORDS = [
  "Hij",
  "loopt",
  "bij",
  "het",
  "station",
  "STOP",
  "UIT",
  "ja",
  "",
  "id:1",
  "stat:DELIVRD",
  "err:000",
  "€5",
  "ë",
  "🚓",
];

export function citizenText(random: Random): string {
  let text = "";
  for (let words = random.below(9); words > 0; words--) text += `${random.pick(WORDS)} `;
  return text;
}
