/** How the API shows what was asked of an action after its first wave. */

import type { RoundShown } from "../../../schemas/api/action/follow-up.js";
import type { AreaInput } from "../../../schemas/api/area.js";
import { dateTime } from "../../../schemas/api/date-time.js";
import { momentOf } from "../rounds/ready.js";
import { areaOfStep } from "../rounds/rings.js";
import type { Round } from "../rounds/round.js";

export function showRound(round: Round): RoundShown {
  const { number, kind, by, state, said, widening, reason } = round;
  return {
    ...{ number, kind, by, state },
    at: dateTime(round.atMs),
    text: said?.text ?? null,
    area: areaOf(round),
    enough: widening && "enough" in widening ? widening.enough : null,
    nextAt: state === "waits" ? dateTime(momentOf(round)) : null,
    reason: reason ?? null,
  };
}

function areaOf({ widening, next = 0 }: Round): AreaInput | null {
  if (widening === undefined || "enough" in widening) return null;
  if ("area" in widening) return widening.area;
  return areaOfStep(widening.rings, Math.min(next, widening.rings.steps.length - 1));
}
