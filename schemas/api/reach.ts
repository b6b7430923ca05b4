/** The shapes of reach in the API: participants against population, and where people are missing. */
import { z } from "zod";
import { REACH } from "../limits.js";
import { MunicipalityCode, Position } from "./area.js";
import { numberInQuery } from "./query.js";

const REACH_LEVELS = ["municipality", "district", "cell"] as const;
export type ReachLevel = (typeof REACH_LEVELS)[number];
const REACH_FORMATS = ["json", "csv", "geojson"] as const;
export type ReachFormat = (typeof REACH_FORMATS)[number];
const BEHIND_REASONS = ["share", "chance"] as const;

const CELL_SIZES = REACH.cellMeters.map(String) as [string, ...string[]];

export const ReachQuery = z.strictObject({
  level: z.enum(REACH_LEVELS).default("municipality").meta({
    description: "Municipalities, areas of four-digit postcodes, or square cells of the grid RD New",
  }),
  municipality: MunicipalityCode.optional().meta({
    description: "Only areas of this one; a municipality's key always sees its own alone",
  }),
  cellMeters: z.enum(CELL_SIZES).default("1000").transform(Number).meta({
    description: "Side of the cells; where one would have 1 to 4 participants, a larger one is shown",
  }),
  radiusMeters: numberInQuery(
    "Radius of the circle that is to reach people; 1000 if absent",
    REACH.radiusMetersMin,
    REACH.radiusMetersMax,
  ),
  k: numberInQuery("How many it is to reach at least; 5 if absent", 1, REACH.peopleWantedMax),
  chance: z
    .string()
    .regex(/^0?\.\d{1,6}$/, { error: "Must be a decimal fraction below 1" })
    .transform(Number)
    .pipe(z.number().min(REACH.chanceMin).max(REACH.chanceMax))
    .optional()
    .meta({
      description: "With what chance it is to reach them; 0.95 if absent",
      override: ({ jsonSchema }: { jsonSchema: Record<string, unknown> }) => {
        delete jsonSchema.pattern;
        Object.assign(jsonSchema, { type: "number", minimum: REACH.chanceMin, maximum: REACH.chanceMax });
      },
    }),
  behindPercent: numberInQuery(
    `Per cent of the national share below which an area falls behind; ${REACH.behindPercent} if absent`,
    1,
    100,
  ),
  onlyBehind: z
    .enum(["true", "false"])
    .default("false")
    .transform((text) => text === "true"),
  format: z.enum(REACH_FORMATS).default("json"),
  after: numberInQuery("`next` of the page before", 0, 0xffff_ffff),
  limit: numberInQuery("Areas in the page", 1, REACH.areasPerPage),
});
export type ReachQuery = z.infer<typeof ReachQuery>;

export const ReachArea = z
  .object({
    code: z.string().meta({
      description: "GM0632; 3441; or side-x-y of a cell in metres of RD New",
    }),
    name: z.string().nullable(),
    municipality: z.string().nullable().meta({ description: "Of a cell: that in which most of its people live" }),
    center: Position.nullable(),
    km2: z.number().nullable().meta({ description: "Of a cell the settled part" }),
    population: z.int().meta({ description: "Inhabitants of 16 and older" }),
    participants: z.int().nullable().meta({
      description:
        "Persons with a location there, rounded to five; null: fewer than five. The rest is worked out from this",
    }),
    share: z.number().nullable().meta({ description: "Participants to population; null where either is not known" }),
    chance: z.number().nullable().meta({ description: "That a circle anywhere in it reaches k or more, by density" }),
    needed: z.int().nullable().meta({
      description:
        "Participants that are missing for the wanted chance, be it more than live there; null where nobody lives",
    }),
    behind: z.array(z.enum(BEHIND_REASONS)).meta({
      description:
        "Why it falls behind: its share is too far below the national one, or its chance below the wanted one",
    }),
  })
  .meta({ id: "ReachArea" });
export type ReachArea = z.infer<typeof ReachArea>;

export const ReachReport = z
  .object({
    level: z.enum(REACH_LEVELS),
    countedAt: z.iso.datetime({ offset: true }),
    populationFrom: z.enum(["file", "bundledPlaces"]).meta({
      description: "bundledPlaces: no file was imported, and towns with their built-up surroundings stand in",
    }),
    national: z.object({
      participants: z.int().nullable(),
      population: z.int(),
      share: z.number().nullable(),
    }),
    wanted: z.object({
      radiusMeters: z.number(),
      k: z.int(),
      chance: z.number(),
      perKm2: z.number().meta({ description: "Participants for it" }),
      behindPercent: z.number(),
    }),
    areas: z.array(ReachArea),
    next: z.int().nullable().meta({ description: "`after` of the next page" }),
  })
  .meta({ id: "ReachReport" });
export type ReachReport = z.infer<typeof ReachReport>;
