/** Until how many are asked. */
import { z } from "zod";
import { ROUNDS } from "../../limits.js";
import type { AskedArea } from "../area.js";

export const enough = z
  .int()
  .min(1)
  .max(ROUNDS.enoughMax)
  .optional()
  .meta({
    description:
      "Where the area holds fewer, the nearest to its middle besides, until so many are asked: in thin areas a fixed radius asks nobody. " +
      "As the kind when absent, where a circle leaves its radius to the kind too; never by itself of an alarm, in an exercise or of a group alone",
  });

interface AskedUntil {
  readonly area: z.infer<typeof AskedArea>;
  readonly enough?: number | undefined;
}

export function hasMiddle({ area, enough: asked }: AskedUntil): boolean {
  return asked === undefined || area.type !== "Municipality";
}

export const ENOUGH_HAS_MIDDLE = {
  error: "A municipality has no middle to measure from; draw a circle or a polygon",
  path: ["enough"],
};
