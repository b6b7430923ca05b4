/** An example in words that a reader follows who knows nothing of the API: what the control room sees, and what becomes of it. */
import type { Action, Preview, Wave } from "../../schemas/api/api.js";
import { LEFT_OUT, type LeftOut } from "../../schemas/words.js";
import type { Example } from "./examples.js";

const LANGUAGE = new Intl.DisplayNames("en", { type: "language" });
/** What people read stands behind their language. */
const WIDTH = 10;

const WHY: Readonly<Record<LeftOut, string>> = {
  unconfirmed: "have not confirmed that they take part",
  paused: "pause",
  channelOff: "want no SMS",
  noNumber: "gave no number",
  unwelcome: "want no such message there",
  hours: "want it at other hours",
  notInGroup: "are in none of the groups",
  askedOften: "were asked as often as may be",
  otherAction: "are asked something else now",
};

const OUTCOME: Readonly<Record<string, string>> = {
  success: "it was solved",
  partialSuccess: "it was solved in part",
  noSuccess: "it was not solved",
  cancelled: "it was a false alarm",
};

/** Before anything is sent: what was filled in, what people would read, how many they are, when it would be done and for how much. */
export function toldBefore({ fields = {} }: Example["asked"], preview: Preview): string[] {
  const filled = Object.entries(fields).map(
    ([name, value]) => `${name} "${typeof value === "string" ? value : value.nl}"`,
  );
  const { recipients, forecast, leftOut } = preview;
  const within = `about ${seconds(forecast.durationMs)}${forecast.cost ? ` for ${money(forecast.cost)}` : ""}`;
  const others = LEFT_OUT.flatMap((reason) => (leftOut[reason] ? [`${count(leftOut[reason])} ${WHY[reason]}`] : []));
  return [
    `  The control room fills in ${filled.join(", ")}. People read, in their own language where it is there:`,
    ...preview.texts.flatMap(shownText),
    ...preview.texts
      .slice(0, 1)
      .flatMap(({ advice }) => advice.map(({ detail }) => `  Advice before it costs money: ${detail}.`)),
    `  ${count(recipients)} people would be asked, within ${within}.`,
    ...(others.length > 0 ? [`  Not asked, though they are there: ${others.join(", ")}.`] : []),
  ];
}

export function toldSent({ selectMs }: Action, { recipients, startedAt, acknowledgedAt }: Wave): string {
  const ms = acknowledgedAt && startedAt ? Date.parse(acknowledgedAt) - Date.parse(startedAt) : 0;
  const how = `found in ${selectMs} ms, sent nearest first in ${seconds(ms)}`;
  return at(startedAt, `${count(recipients)} people are asked: ${how}`);
}

export function toldEnded({ outcome, endedAt }: Action, { recipients, text }: Wave): string {
  return at(endedAt, `${OUTCOME[outcome ?? ""]}; the ${count(recipients)} who were reached are told: ${text}`);
}

/** By the clock of whoever looks; null: now. */
export function at(moment: string | null, what: string): string {
  return `  ${new Date(moment ?? Date.now()).toLocaleTimeString("en-GB")}  ${what}`;
}

export function say(...lines: string[]): void {
  for (const line of lines) console.log(line);
}

export function kilobytes(bytes: number): string {
  return `${Math.ceil(bytes / 1_000)} kB`;
}

export function count(people: number): string {
  return people.toLocaleString("en");
}

function shownText({ language, need, text, segmentsPerMessage }: Preview["texts"][number]): string[] {
  if (need !== null) return [];
  const name = language === null ? "Dutch" : LANGUAGE.of(language)!;
  const long = segmentsPerMessage > 1 ? ` (as long as ${segmentsPerMessage} messages)` : "";
  return [`    ${name.padEnd(WIDTH)}${text}${long}`];
}

function seconds(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

function money({ amount, currency }: { readonly amount: number; readonly currency: string }): string {
  return amount.toLocaleString("en", { style: "currency", currency });
}
