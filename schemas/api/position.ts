/** The shapes in which the app's own service tells where phones are. */
import { z } from "zod";
import { ERRORS } from "../errors.js";
import { POSITIONS, REGISTRY } from "../limits.js";
import { Position } from "./area.js";
import { DateTimeInput } from "./date-time.js";

export const PositionUpdate = z
  .strictObject({
    participant: z
      .int()
      .min(0)
      .max(REGISTRY.participants - 1)
      .meta({ description: "Participant number" }),
    position: Position,
    at: DateTimeInput.optional().meta({ description: "When the phone was there; now when absent" }),
  })
  .meta({ id: "PositionUpdate", description: "Where the phone of a participant is, who asked to be reached there" });
export type PositionUpdate = z.infer<typeof PositionUpdate>;

export const PositionUpdates = z
  .strictObject({ positions: z.array(PositionUpdate).max(POSITIONS.perRequest) })
  .meta({ id: "PositionUpdates" });

/** The same, as far as a mistake in it is everybody's; what is wrong with one position is that one's. */
export const PositionList = z.strictObject({ positions: z.array(z.unknown()).max(POSITIONS.perRequest) });

export const PositionReport = z
  .object({
    taken: z.int().meta({ description: "On the disk, and seen by every selection" }),
    older: z.int().meta({ description: "Left out, because a newer one was there" }),
    refused: z.int(),
    refusals: z
      .array(
        z.object({
          at: z.int().meta({ description: "Index in the list, from 0; or line of the stream, from 1" }),
          code: z.enum(Object.keys(ERRORS) as [keyof typeof ERRORS]),
          reason: z.string(),
        }),
      )
      .max(POSITIONS.reportedRefusals)
      .meta({ description: "The first of them" }),
  })
  .meta({ id: "PositionReport" });
export type PositionReport = z.infer<typeof PositionReport>;
