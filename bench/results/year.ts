/**
 * A year of the country's actions, as records: 8,400 of them, of which 5,000 are time-critical; what came of them is by the figures that Burgernet
 * publishes (48 % with a reaction, 10 % with direct success and 14 % where somebody was missing, 21,200 reactions). Which action had
 * what is by chance that a seed determines; how many had it is exact, and told beside the records.
 */
import type { ActionStore } from "../../engine/actions/action-store.js";
import type { ActionRecord } from "../../engine/actions/record.js";
import type { StoredWave } from "../../engine/dispatch/ledger/wave-record.js";
import type { WaveStore } from "../../engine/dispatch/ledger/wave-store.js";
import type { ReplyStore } from "../../engine/replies/reply-store.js";
import type { Store } from "../../engine/store/store.js";
import type { Vault } from "../../engine/vault/vault.js";
import { Random } from "../../loadtest/registry/random.js";
import { RECIPIENT_STATES, STATE } from "../../schemas/words.js";

export const YEAR = {
  ...{ year: 2025, actions: 8_400, timeCritical: 5_000, missing: 1_000 },
  ...{ withReaction: 0.48, direct: 0.1, directMissing: 0.14, reactions: 21_200 },
} as const;

export interface Folder {
  readonly store: Store;
  readonly vault: Vault;
  readonly records: ActionStore;
  readonly waves: WaveStore;
  readonly replies: ReplyStore;
}

/** What was put in of one action. */
export interface Fact {
  readonly id: string;
  readonly day: string;
  readonly kind: string;
  readonly timeCritical: boolean;
  readonly municipality: number;
  readonly asked: number;
  readonly thanked: number;
  readonly cents: number;
  readonly reactions: number;
  readonly isDirect: boolean;
  readonly isCaught: boolean;
  readonly secondsToFirstMessage: number;
  readonly secondsToFirstReaction: number | null;
  readonly secondsToEnd: number;
}

/** Codes of municipalities, in which actions are by their number. */
const MUNICIPALITIES = [363, 599, 344, 518, 632, 14, 855, 1652];
const KINDS = ["burglary", "hitAndRun", "nuisance", "offenderAtLarge"];
const CENTS = 7;

/** At noon of a day of winter or summer, so that the day is the same in every zone that the country has had. */
const NOON_MS = 12 * 3_600_000;

export function makeFacts(seed: number): Fact[] {
  const random = new Random();
  random.start(seed, 0);
  const below = (end: number): number => Math.floor(random.next() * end);
  const fromMs = Date.UTC(YEAR.year, 0, 1) + NOON_MS;
  const made = Array.from({ length: YEAR.actions }, (_, nth) => {
    const isMissing = nth < YEAR.missing;
    const isReacted = nth < YEAR.timeCritical && nth % 100 < YEAR.withReaction * 100;
    const isDirect = isReacted && nth % 100 < Math.round(100 * (isMissing ? YEAR.directMissing : DIRECT_OTHERS));
    return { nth, isMissing, isReacted, isDirect, dayNumber: below(365) };
  });
  const reacted = made.filter(({ isReacted }) => isReacted);
  return made.map(({ nth, isMissing, isReacted, isDirect, dayNumber }) => {
    const day = new Date(fromMs + dayNumber * 86_400_000).toISOString().slice(0, 10);
    const [asked, toFirst] = [50 + below(5_000), below(900)];
    return {
      id: uuid(fromMs + dayNumber * 86_400_000, nth),
      ...{ day, kind: isMissing ? "missingPerson" : KINDS[nth % KINDS.length]! },
      ...{ timeCritical: nth < YEAR.timeCritical, municipality: MUNICIPALITIES[below(MUNICIPALITIES.length)]! },
      ...{ asked, thanked: below(asked), cents: CENTS, isDirect, isCaught: isDirect && nth % 3 === 0 },
      reactions: isReacted
        ? reactionsOf(
            reacted.findIndex((one) => one.nth === nth),
            reacted.length,
          )
        : 0,
      secondsToFirstMessage: toFirst,
      secondsToFirstReaction: isReacted ? 30 + below(600) : null,
      secondsToEnd: 700 + below(5_000),
    };
  });
}

/** So that of all that are time-critical a tenth is: 14 % of 1,000 and 9 % of 4,000. */
const DIRECT_OTHERS =
  (YEAR.direct * YEAR.timeCritical - YEAR.directMissing * YEAR.missing) / (YEAR.timeCritical - YEAR.missing);

/** The same for each, and one more for as many as it takes. */
function reactionsOf(at: number, of: number): number {
  const each = Math.floor(YEAR.reactions / of);
  return each + (at < YEAR.reactions - each * of ? 1 : 0);
}

/** Puts them as the service would have left them, so many in one commit. */
export async function putYear(folder: Folder, facts: readonly Fact[], inOneCommit = 200): Promise<void> {
  for (let from = 0; from < facts.length; from += inOneCommit) {
    const committed = await folder.store.commit(() => {
      for (const fact of facts.slice(from, from + inOneCommit)) putFact(folder, fact);
      folder.vault.write();
    });
    if (!committed.ok) throw new Error(committed.problem.detail);
    folder.replies.committed();
  }
}

function putFact({ records, waves, replies }: Folder, fact: Fact): void {
  const createdAtMs = Date.parse(`${fact.day}T12:00:00Z`);
  const incidentAtMs = createdAtMs - 60_000;
  const firstMs = incidentAtMs + fact.secondsToFirstMessage * 1_000;
  const endedAtMs = firstMs + fact.secondsToEnd * 1_000;
  const [first, ending] = [waves.newId(), waves.newId()];
  records.put(recordOf(fact, { createdAtMs, incidentAtMs, endedAtMs }, [first, ending]));
  waves.put(waveOf(fact, first, "first", firstMs, fact.asked));
  waves.put(waveOf(fact, ending, "ending", endedAtMs, fact.thanked));
  for (let nth = 0; nth < fact.reactions; nth++) {
    const receivedAtMs = firstMs + (fact.secondsToFirstReaction! + nth) * 1_000;
    replies.put(fact.id, replies.nextPlace(fact.id), { receivedAtMs, channel: "sms", text: "gezien", missing: 0 });
  }
}

function recordOf(
  fact: Fact,
  times: { readonly createdAtMs: number; readonly incidentAtMs: number; readonly endedAtMs: number },
  [first, ending]: readonly [number, number],
): ActionRecord {
  const code = `GM${String(fact.municipality).padStart(4, "0")}`;
  const asked = { text: "gezocht", incidentAt: new Date(times.incidentAtMs).toISOString() };
  return {
    ...{ id: fact.id, revision: 1, copyOf: null, createdAtMs: times.createdAtMs, startAtMs: null },
    request: {
      ...{ mode: "actual", kind: fact.kind, like: "other", domain: "alarm", urgency: "normal" },
      ...{ timeCritical: fact.timeCritical, area: { type: "Municipality", code }, text: "gezocht" },
      ...{ dispatch: true, allowNobody: false, lifeMinutes: 60, asked },
    } as ActionRecord["request"],
    ...{ expiresAtMs: times.endedAtMs + 1, status: "ended", stoppedAtMs: null, endedAtMs: times.endedAtMs },
    end: {
      ...{ text: "dank", outcome: fact.isDirect ? "success" : "noSuccess" },
      ...(fact.isDirect && { direct: true }),
      ...(fact.isCaught && { caughtInTheAct: true }),
    },
    ...{ selectMs: 1, reason: null },
    waves: [
      { id: first, kind: "first", channel: "sms", state: "concluded" },
      { id: ending, kind: "ending", channel: "sms", state: "concluded" },
    ],
  };
}

function waveOf(fact: Fact, waveId: number, kind: "first" | "ending", atMs: number, count: number): StoredWave {
  const counts = new Array<number>(RECIPIENT_STATES.length).fill(0);
  counts[STATE.delivered] = count;
  return {
    ...{ waveId, actionId: fact.id, registry: 1, kind, texts: ["gezocht"], count, segments: 1 },
    ...{ timeCritical: fact.timeCritical, expiresAtMs: atMs + 1, startedAtMs: atMs, stop: null },
    forecast: { durationMs: 1_000, cost: { amount: (count * fact.cents) / 100, currency: "EUR" } },
    archive: { counts, possibleDuplicates: 0, reasons: [], firstIntentAtMs: atMs, acknowledgedAtMs: atMs + 1_000 },
  };
}

function uuid(atMs: number, nth: number): string {
  const time = Math.floor(atMs).toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${String(nth).padStart(12, "0")}`;
}
