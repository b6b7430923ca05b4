/**
 * Whom a preview is of: everybody in an area; where those are fewer than are enough, the nearest besides; of an exercise or a test those of
 * its group. How far the nearest live is told to a hundred metres, for a circle that is drawn tells no less.
 */
import type { Preview } from "../../../schemas/api/api.js";
import type { AreaInput } from "../../../schemas/api/area.js";
import { ok, type Result } from "../../../schemas/errors.js";
import type { SelectionCounts, Selector } from "../../selection/selector.js";
import type { Asking } from "../fatigue/asking.js";
import type { FilledPreview } from "../kinds/filled.js";
import { queryOf } from "../query.js";
import { askableIn } from "../rounds/askable.js";
import { enoughAround } from "../rounds/nearest.js";
import type { MayBeTold } from "../service.js";

export interface Whom {
  readonly recipients: number;
  /** Where they are. */
  readonly area: AreaInput;
  /** Of all there, by what they have chosen; undefined where that is not told. */
  readonly counts: SelectionCounts | undefined;
  readonly nearest: Preview["nearest"];
}

export interface WhomParts {
  readonly selector: Pick<Selector, "count" | "select">;
  readonly asking: Pick<Asking, "sparingOf" | "askable">;
  now(): number;
}

/** `request`: its area was checked. What `mayBeTold` says of those who would be asked, CANCELLED, and as the selector. */
export async function whomOf(
  parts: WhomParts,
  request: FilledPreview,
  mayBeTold: MayBeTold,
  signal: AbortSignal | undefined,
): Promise<Result<Whom>> {
  const counted = await countIn(parts, request, signal);
  if (!counted.ok) return counted;
  const { recipients } = counted.value;
  const inside = { area: request.area, counts: counted.value, recipients, nearest: null };
  const { enough = 0, mode } = request;
  const whom = mode !== "actual" || recipients >= enough ? ok(inside) : await nearestOf(parts, request, enough, signal);
  if (!whom.ok) return whom;
  const may = mayBeTold((whom.value.counts ?? counted.value).municipalities);
  if (!may.ok || mode === "actual") return may.ok ? hidden(whom.value, request) : may;
  // Of a group nothing is told but how many of it would be asked: they are few.
  const { selector, asking, now } = parts;
  const held = await selector.select({ ...queryOf(request, now()), sparing: asking.sparingOf(request) }, "normal");
  return held.ok ? ok({ ...inside, counts: undefined, recipients: held.value.count }) : held;
}

/** Who lives in a part of a drawn area that lies outside the circle around it is not in its counts, so those are not told. */
function hidden(whom: Whom, { area }: FilledPreview): Result<Whom> {
  return ok(whom.nearest !== null && area.type !== "Circle" ? { ...whom, counts: undefined } : whom);
}

async function nearestOf(
  parts: WhomParts,
  request: FilledPreview,
  enough: number,
  signal: AbortSignal | undefined,
): Promise<Result<Whom>> {
  const reached = await enoughAround(request.area, enough, askableIn(parts, request, "normal"));
  if (!reached.ok) return reached;
  const { area, roster } = reached.value;
  const counts = await countIn(parts, { ...request, area }, signal);
  if (!counts.ok) return counts;
  const meters = area.type === "Circle" ? area.radiusMeters : 0;
  const nearest = { enough, radiusMeters: 100 * Math.ceil(meters / 100) };
  return ok({ area, counts: counts.value, recipients: roster.count, nearest });
}

function countIn(
  { selector, asking, now }: WhomParts,
  request: FilledPreview,
  signal: AbortSignal | undefined,
): Promise<Result<SelectionCounts>> {
  return selector.count({ ...queryOf(request, now()), sparing: asking.sparingOf(request) }, signal);
}
