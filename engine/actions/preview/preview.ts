/** What an operator sees before anything is sent: whom it would reach, what it would cost, and what the text makes of it. */
import type { Preview, PreviewRequest, Warning } from "../../../schemas/api/api.js";
import type { CarrierPort } from "../../dispatch/plan/carrier-port.js";
import { municipalityCode } from "../../geo/municipality-code.js";
import type { SelectionCounts } from "../../selection/selector.js";
import { costOf } from "./cost.js";
import { adviseOnText } from "./text-advice.js";

/** `segments`: of one message. */
export function showPreview(
  { text }: PreviewRequest,
  { recipients, channels, municipalities }: SelectionCounts,
  segments: number,
  forecast: Omit<Preview["forecast"], "cost">,
  ports: readonly CarrierPort[],
  warnings: Warning[],
): Preview {
  return {
    warnings,
    recipients,
    segmentsPerMessage: segments,
    segments: recipients * segments,
    text: text === undefined ? null : adviseOnText(text, ports),
    channels: { ...channels },
    municipalities: [...municipalities]
      .map(([code, count]) => ({ code: municipalityCode(code), recipients: count }))
      .sort((a, b) => b.recipients - a.recipients),
    forecast: { ...forecast, cost: costOf(recipients, text ?? "", ports) },
  };
}
