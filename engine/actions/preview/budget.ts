/**
 * What previews have told whom, so that they tell no more together than each of them does. The number of recipients is exact, and two
 * exact numbers can have a difference of one person: so a breakdown is left out where the preview differs by fewer than five
 * from another one over an area that overlaps, and each such preview costs the key much of what it may spend. The same preview once
 * more costs nothing, and of its breakdown only what has changed by five or more is told anew.
 *
 * Of one key and in memory: who has two keys can compare what each was told, and a restart forgets. What is refused is refused before
 * anybody is counted, so that the refusal tells nothing of the answer.
 */
import { createHash } from "node:crypto";
import type { AreaInput } from "../../../schemas/api/area.js";
import type { Problem, Result } from "../../../schemas/errors.js";
import { PREVIEWS, REACH } from "../../../schemas/limits.js";
import type { SelectionCounts } from "../../selection/selector.js";
import type { FilledAbout } from "../kinds/filled.js";

interface Told {
  /** What was asked for. */
  readonly asked: string;
  readonly extent: Extent;
  atMs: number;
  cost: number;
  recipients: number;
  /** Those from which the breakdown was made; undefined where it was left out, or is kept no more. */
  counts: SelectionCounts | undefined;
}

/** A municipality, or a box in degrees around an area. */
type Extent =
  | { readonly municipality: string }
  | { readonly west: number; readonly south: number; readonly east: number; readonly north: number };

export class PreviewBudget {
  /** By key, the oldest first. */
  readonly #told = new Map<string, Told[]>();
  /** By key, how many are being made. */
  readonly #making = new Map<string, number>();
  /** Refused since the process started. */
  refused = 0;

  /** Makes a preview. PREVIEWS_EXCEEDED where the key may have been told too much once it is answered. */
  async making<T>(
    key: string,
    request: FilledAbout,
    nowMs: number,
    make: () => Promise<Result<T>>,
  ): Promise<Result<T>> {
    const told = this.#ofKey(key, nowMs);
    const making = this.#making.get(key) ?? 0;
    const spent = told.reduce((sum, { cost }) => sum + cost, PREVIEWS.nearCost * (making + 1));
    if (spent > PREVIEWS.budget && !told.some(({ asked }) => asked === nameOf(request))) {
      this.refused += 1;
      return { ok: false, problem: exceeded((told[0]?.atMs ?? nowMs) + PREVIEWS.windowMs - nowMs) };
    }
    this.#making.set(key, making + 1);
    try {
      return await make();
    } finally {
      const left = this.#making.get(key)! - 1;
      if (left > 0) this.#making.set(key, left);
      else this.#making.delete(key);
    }
  }

  /** Takes note of an answer; gives the counts from which its breakdown is to be told, undefined for none. */
  tell(key: string, request: FilledAbout, counts: SelectionCounts, nowMs: number): SelectionCounts | undefined {
    const told = this.#ofKey(key, nowMs);
    const asked = nameOf(request);
    const before = told.find((each) => each.asked === asked);
    if (before !== undefined) return this.#tellAgain(before, counts);
    const extent = extentOf(request.area);
    const { recipients } = counts;
    const isNearOther = told.some((each) => isNear(each.recipients, recipients) && mayOverlap(each.extent, extent));
    const now: Told = {
      ...{ asked, extent, recipients, atMs: nowMs },
      cost: isNearOther || recipients < REACH.peopleMin ? PREVIEWS.nearCost : 1,
      counts: isNearOther ? undefined : counts,
    };
    const kept = told.filter((each) => each.counts !== undefined);
    if (kept.length >= PREVIEWS.kept) kept[0]!.counts = undefined;
    told.push(now);
    return now.counts;
  }

  /** What has changed by fewer than five since it was told is told as it was. */
  #tellAgain(before: Told, counts: SelectionCounts): SelectionCounts | undefined {
    if (!isNear(before.recipients, counts.recipients)) {
      before.recipients = counts.recipients;
      before.cost += 1;
    }
    before.counts = before.counts && settled(before.counts, counts);
    return before.counts;
  }

  /** To be called now and then: forgets what counts no more. */
  sweep(nowMs: number): void {
    for (const key of [...this.#told.keys()]) if (this.#ofKey(key, nowMs).length === 0) this.#told.delete(key);
  }

  #ofKey(key: string, nowMs: number): Told[] {
    const told = (this.#told.get(key) ?? []).filter(({ atMs }) => nowMs - atMs < PREVIEWS.windowMs);
    this.#told.set(key, told);
    return told;
  }
}

function exceeded(afterMs: number): Problem {
  const detail = "more previews of overlapping areas would tell of single persons; the dispatch itself needs none";
  return { code: "PREVIEWS_EXCEEDED", detail, retryAfterSeconds: Math.max(1, Math.ceil(afterMs / 1_000)) };
}

function isNear(some: number, others: number): boolean {
  return Math.abs(some - others) < REACH.peopleMin;
}

/** Each of the counts as it is, or as it was told where it is near to that. */
function settled(told: SelectionCounts, now: SelectionCounts): SelectionCounts {
  return {
    ...now,
    channels: settledBy(told.channels, now.channels),
    languages: settledBy(told.languages, now.languages),
    simple: settledBy(told.simple, now.simple),
    asked:
      isNear(told.asked.persons, now.asked.persons) && isNear(told.asked.times, now.asked.times)
        ? told.asked
        : now.asked,
    leftOut: settledBy(told.leftOut, now.leftOut),
    municipalities: new Map(
      [...new Set([...told.municipalities.keys(), ...now.municipalities.keys()])].map((code) => [
        code,
        settledCount(told.municipalities.get(code) ?? 0, now.municipalities.get(code) ?? 0),
      ]),
    ),
  };
}

function settledBy<Word extends string>(told: Record<Word, number>, now: Record<Word, number>): Record<Word, number> {
  const words = Object.keys(told) as Word[];
  return Object.fromEntries(words.map((word) => [word, settledCount(told[word], now[word])])) as Record<Word, number>;
}

function settledCount(told: number, now: number): number {
  return isNear(told, now) ? told : now;
}

/** Two municipalities never do; of one and a box nobody knows here. */
function mayOverlap(some: Extent, other: Extent): boolean {
  if ("municipality" in some || "municipality" in other) {
    return !("municipality" in some && "municipality" in other) || some.municipality === other.municipality;
  }
  return some.west <= other.east && other.west <= some.east && some.south <= other.north && other.south <= some.north;
}

/** What decides who is asked; never the text, which changes nothing of that. */
function nameOf({ area, domain, kind, urgency, groups }: FilledAbout): string {
  return createHash("sha256")
    .update(JSON.stringify([area, domain, kind, urgency, groups]))
    .digest("base64");
}

const METERS_PER_DEGREE = 110_000;

function extentOf(area: AreaInput): Extent {
  if (area.type === "Municipality") return { municipality: area.code };
  if (area.type === "Circle") {
    const [lng, lat] = area.center as [number, number];
    const north = area.radiusMeters / METERS_PER_DEGREE;
    const east = north / Math.max(0.01, Math.cos((lat * Math.PI) / 180));
    return { west: lng - east, south: lat - north, east: lng + east, north: lat + north };
  }
  const rings = area.type === "Polygon" ? area.coordinates : area.coordinates.flat();
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [lng, lat] of rings.flat() as [number, number][]) {
    west = Math.min(west, lng);
    south = Math.min(south, lat);
    east = Math.max(east, lng);
    north = Math.max(north, lat);
  }
  return { west, south, east, north };
}
