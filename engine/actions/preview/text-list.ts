/** Each text of an action as a preview shows it: its parts, by carrier too, what it costs, and what it could say better. */
import type { Wordings } from "../../../schemas/api/about-action.js";
import { FIRST_LANGUAGE } from "../../../schemas/kinds/kinds-file.js";
import type { PreviewText } from "../../../schemas/kinds/preview-texts.js";
import type { ChannelPort } from "../../dispatch/plan/channel-port.js";
import type { Catalogue } from "../kinds/catalogue.js";
import { adviceOn } from "../texts/advice.js";
import { eachText } from "../texts/choice.js";
import { costOf } from "./cost.js";
import { worstAdvice } from "./text-advice.js";

/** `kind`: id in the catalogue, which has it. */
export function showTexts(
  said: Wordings | undefined,
  kind: string,
  catalogue: Catalogue,
  ports: readonly ChannelPort[],
): PreviewText[] {
  const ready = catalogue.get(kind);
  if (said === undefined || !ready.ok) return [];
  return eachText(said).map(({ language, need, text }) => {
    const worst = worstAdvice(text, ports);
    return {
      ...{ language, need, text },
      encoding: worst?.encoding ?? null,
      segmentsPerMessage: worst?.onAir ?? 1,
      segmentsByCarrier: Object.fromEntries(ports.map((port) => [port.name, port.adviseText(text).onAir])),
      outside: [...(worst?.outside ?? [])],
      costPerMessage: costOf(1, text, ports),
      advice: adviceOn(text, language ?? FIRST_LANGUAGE, ready.value.kind, catalogue.common),
    };
  });
}
