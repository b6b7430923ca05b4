/**
 * Coordinates of GeoJSON areas, checked by a loop of our own: 20,000 vertices cost zod's tuples 15 ms, this 0.3, on the
 * thread that also runs the ledger; and where a hundred thousand of them are wrong, it stops at the first few.
 *
 * Says nothing about the shape: that rings close and don't cross themselves is geometry, and the engine's to say.
 */
import { z } from "zod";
import type { oas31 } from "zod-openapi";
import { API } from "./limits.js";

type SchemaObject = oas31.SchemaObject;
/** Three corners, and the first again. */
const RING_MIN = 4;

type LngLat = [number, number];
type Rings = LngLat[][];

const POSITION_SCHEMA: SchemaObject = {
  type: "array",
  prefixItems: [
    { type: "number", minimum: -180, maximum: 180 },
    { type: "number", minimum: -90, maximum: 90 },
  ],
  items: { type: "number", description: "Altitude, ignored" },
  minItems: 2,
  maxItems: 3,
};
const RING_SCHEMA: SchemaObject = {
  type: "array",
  minItems: RING_MIN,
  maxItems: API.areaVertices,
  items: POSITION_SCHEMA,
};
const RINGS_SCHEMA: SchemaObject = { type: "array", minItems: 1, items: RING_SCHEMA };

/** One position. An altitude is taken, since RFC 7946 (3.1.1) allows one, and left out. */
export const Position = z
  .custom<LngLat>()
  .superRefine((value, context) => new Check(context).position(value))
  .overwrite((value) => withoutAltitudes(value, 0))
  .meta({ description: "[lng, lat] in degrees, WGS84", examples: [[4.883, 52.086]], ...POSITION_SCHEMA });

/** Of a Polygon: an outline and its holes. */
export const PolygonCoordinates = z
  .custom<Rings>()
  .superRefine((value, context) => new Check(context).list(value, 2))
  .overwrite((value) => withoutAltitudes(value, 2))
  .meta({ description: "Rings of [lng, lat]; the first is the outline", ...RINGS_SCHEMA });

/** Of a MultiPolygon. */
export const MultiPolygonCoordinates = z
  .custom<Rings[]>()
  .superRefine((value, context) => new Check(context).list(value, 3))
  .overwrite((value) => withoutAltitudes(value, 3))
  .meta({
    description: "Polygons, each a list of rings",
    type: "array",
    minItems: 1,
    items: RINGS_SCHEMA,
  });

/** In place: what was parsed is ours, and a copy of 20,000 positions is work for the thread that runs the ledger. */
function withoutAltitudes<T>(value: T, depth: number): T {
  if (!Array.isArray(value)) return value;
  if (depth > 0) for (const item of value) withoutAltitudes(item, depth - 1);
  else if (value.length > 2) value.length = 2;
  return value;
}

/** Walks down to the positions and reports what is wrong, API.reportedFields times at most. */
class Check {
  #vertices = 0;
  #faults = 0;
  readonly #path: number[] = [];
  readonly #context: z.RefinementCtx;

  constructor(context: z.RefinementCtx) {
    this.#context = context;
  }

  /** `depth`: 1 for a ring, a list of positions; 2 for a list of rings; 3 for a list of those. */
  list(value: unknown, depth: number): void {
    if (!Array.isArray(value)) {
      this.#fault("Invalid input: expected array");
      return;
    }
    const wrong = this.#listFault(value, depth);
    if (wrong === undefined) this.#items(value, depth);
    else this.#fault(wrong);
  }

  #items(list: readonly unknown[], depth: number): void {
    for (const [index, item] of list.entries()) {
      if (this.#faults >= API.reportedFields) return;
      this.#path.push(index);
      if (depth === 1) this.position(item);
      else this.list(item, depth - 1);
      this.#path.pop();
    }
  }

  #listFault(list: readonly unknown[], depth: number): string | undefined {
    if (depth > 1) return list.length === 0 ? "At least one" : undefined;
    if (list.length < RING_MIN) return `A ring has at least ${RING_MIN} positions`;
    this.#vertices += list.length;
    return this.#vertices > API.areaVertices ? `An area has at most ${API.areaVertices} vertices` : undefined;
  }

  position(value: unknown): void {
    if (!Array.isArray(value) || value.length < 2 || value.length > 3) {
      this.#fault("A position is [lng, lat]");
      return;
    }
    if (!isDegrees(value[0], 180)) this.#fault("A longitude is a number from -180 to 180", 0);
    if (!isDegrees(value[1], 90)) this.#fault("A latitude is a number from -90 to 90", 1);
    if (value.length === 3 && typeof value[2] !== "number") this.#fault("An altitude is a number", 2);
  }

  #fault(message: string, ...below: number[]): void {
    this.#faults++;
    this.#context.addIssue({ code: "custom", path: [...this.#path, ...below], message });
  }
}

function isDegrees(value: unknown, limit: number): boolean {
  return typeof value === "number" && value >= -limit && value <= limit;
}
