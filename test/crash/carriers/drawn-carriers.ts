/**
 * Draws what the carriers of one action are like, and what happens to them and to the service on its way.
 *
 * Times are short, so that a deviation that comes now and then comes within an action of a few seconds, and what is late can be
 * later than the deadlines of the entry. The same chance gives the same draw.
 */

import { DEFAULT_SETTINGS, type SimulatorChange } from "../../../loadtest/carrier/settings.js";
import { type Choice, type Group, ofGroup } from "../../../loadtest/personalities/table.js";
import type { UnknownPolicy } from "../../../schemas/words.js";

/** Of each carrier in the service's own file. */
export const ENTRY = {
  binds: 2,
  window: 32,
  bindTimeoutMs: 500,
  responseTimeoutMs: 1_000,
  enquireLinkMs: 400,
  enquireLinkTimeoutMs: 1_000,
};

export interface Trouble {
  readonly what: "service killed" | "carrier killed" | "disconnect";
  /** Which carrier. */
  readonly which: number;
  /** After the one before it. */
  readonly afterMs: number;
  /** How long a carrier that was killed stays away. */
  readonly awayMs: number;
}

export interface DrawnRun {
  readonly onUnknown: UnknownPolicy;
  readonly isLong: boolean;
  /** For each carrier. */
  readonly carriers: readonly (SimulatorChange & { readonly personalities: Choice[] })[];
  readonly troubles: readonly Trouble[];
  /** Then they do as SMPP says, unless all was sent before. */
  readonly strangeMs: number;
  /** Whether an operator has those sent to again who are unknown in the end. */
  readonly hasWord: boolean;
  /** Whether nothing was drawn but what takes its time, or is said in another way: nobody may get anything twice. */
  readonly isHarmless: boolean;
}

/** How likely a carrier is strange in a way of this group, each time. */
const CHANCES: readonly (readonly [Group, number])[] = [
  ["binds", 0.25],
  ["answers", 0.5],
  ["answers", 0.3],
  ["ids", 0.4],
  ["wire", 0.2],
  ["limits", 0.5],
  ["refusals", 0.2],
  ["receipts", 0.5],
  ["receipts", 0.3],
];

/**
 * Of a receipt for nobody's id nothing tells whether it is for somebody of whom the response was lost: the number fits. And whether a
 * carrier's receipts are for parts or for messages is learnt, and must hold for more than one action. Ids that name parts in another
 * base than the receipt's are nobody's.
 */
const NEVER_DRAWN: readonly Choice[] = ["foreign", "one-receipt", "one-id", "part-ids"];

/** What leaves us in doubt whether a carrier took something: no answer, one that is too late, or a connection that ends. */
const DOUBTFUL: ReadonlySet<Choice> = new Set<Choice>([
  ...(["late-after-timeout", "silent", "bad-length", "after-reconnect", "nack", "joins"] as const),
]);

/** The settings of a carrier that does as SMPP says, at once. */
export const PLAIN: SimulatorChange = { ...DEFAULT_SETTINGS };

/** Whether it shows only to connections that are new. */
export function isOfBinds({ personalities }: SimulatorChange): boolean {
  return ofGroup("binds").some((name) => personalities?.includes(name));
}

export function drawRun(random: () => number, carriers: number): DrawnRun {
  const chance = (share: number): boolean => random() < share;
  const drawn = Array.from({ length: carriers }, () => drawCarrier(random));
  const troubles = chance(0.45) ? [] : Array.from({ length: chance(0.5) ? 1 : 2 }, () => drawTrouble(random, carriers));
  const isLong = chance(0.4);
  return {
    onUnknown: chance(0.5) ? "resend" : "hold",
    isLong,
    carriers: drawn,
    troubles,
    strangeMs: 500 + random() * 2_500,
    hasWord: chance(0.5),
    isHarmless: troubles.length === 0 && drawn.every((carrier) => isHarmless(carrier, isLong)),
  };
}

/** Of a long message one part may be refused where the other was taken: then all of it goes again, and is flagged. */
function isHarmless({ personalities, refuse }: DrawnRun["carriers"][number], isLong: boolean): boolean {
  const isOf = (group: Group): boolean => personalities.some((name) => ofGroup(group).some((other) => other === name));
  if (isOf("binds") || personalities.some((name) => DOUBTFUL.has(name))) return false;
  return !isLong || (refuse === 0 && !isOf("refusals"));
}

function drawCarrier(random: () => number): DrawnRun["carriers"][number] {
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!;
  const names = CHANCES.filter(([, share]) => random() < share).map(([group]) =>
    pick(ofGroup(group).filter((name) => !NEVER_DRAWN.includes(name))),
  );
  const isLimited = names.some((name) => ofGroup("limits").includes(name)) || random() < 0.2;
  return {
    personalities: [...new Set(names)],
    deviationShare: 0.05 + random() * 0.25,
    deviationDelayMs: 60,
    deviationTimeoutMs: 1_500,
    deviationPeriodMs: 200 + random() * 400,
    deviationSwingMs: 400,
    deviationPauseMs: 600,
    deviationStatus: pick([0x45, 0x08, 0x14, 0x58, 0x0a, 0x400]),
    serviceMs: pick([1, 3, 10, 20]),
    queuePlaces: pick([5, 20]),
    rate: pick([0, 100, 400]),
    latencyMs: pick([0, 0, 5, 50]),
    throttleAbove: isLimited ? 60 + Math.floor(random() * 340) : 0,
    receiptDelayMs: pick([0, 100, 600]),
    receipts: pick([1, 1, 0.8]),
    fail: pick([0, 0, 0.1]),
    refuse: pick([0, 0, 0.05]),
  };
}

function drawTrouble(random: () => number, carriers: number): Trouble {
  const draw = random();
  return {
    what: draw < 0.4 ? "service killed" : draw < 0.75 ? "carrier killed" : "disconnect",
    which: Math.floor(random() * carriers),
    afterMs: random() * 800,
    awayMs: random() * 400,
  };
}
