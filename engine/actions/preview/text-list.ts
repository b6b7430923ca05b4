/** Each text of an action as a preview shows it: its parts, by carrier too, what it costs, and what it could say better. */
import { FIRST_LANGUAGE } from "../../../schemas/kinds/kinds-file.js";
import type { PreviewText } from "../../../schemas/kinds/preview-texts.js";
import type { Priced } from "../../dispatch/plan/channel-port.js";
import type { Catalogue } from "../kinds/catalogue.js";
import { adviceOn } from "../texts/advice.js";
import type { ReadText } from "./by-text.js";
import { costOf } from "./cost.js";
import { adviseOnText, worstAdvice } from "./text-advice.js";

/** `kind`: id in the catalogue, which has it. */
export function showTexts(
  said: readonly ReadText[],
  kind: string,
  catalogue: Catalogue,
  ports: readonly Priced[],
): PreviewText[] {
  const ready = catalogue.get(kind);
  if (!ready.ok) return [];
  return said.map(({ language, need, text, told }) => {
    const worst = worstAdvice(text, ports);
    const cheaper = adviseOnText(text, ports)?.suggestion ?? null;
    return {
      ...{ language, need, text, recipients: told },
      encoding: worst?.encoding ?? null,
      segmentsPerMessage: worst?.onAir ?? 1,
      segmentsByCarrier: Object.fromEntries(ports.map((port) => [port.name, port.adviseText(text).onAir])),
      outside: [...(worst?.outside ?? [])],
      costPerMessage: costOf(1, text, ports),
      suggestion: cheaper && { ...cheaper, costPerMessage: costOf(1, cheaper.text, ports) },
      advice: adviceOn(text, language ?? FIRST_LANGUAGE, ready.value.kind, catalogue.common),
    };
  });
}
