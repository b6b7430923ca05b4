/** The checks of texts over what is stored of actions. A link to where citizens reach the service itself is known. */
import type { MunicipalityAt } from "../../geo/share.js";
import type { Store } from "../../store/store.js";
import type { Kinds } from "../kinds/kinds.js";
import type { Lifecycle } from "../lifecycle.js";
import { isUnderWay } from "../record.js";
import { TextChecks } from "./checks.js";
import { SentTexts } from "./sent-texts.js";

export function textChecks(
  store: Store,
  kinds: Kinds,
  lifecycle: Pick<Lifecycle, "record">,
  municipalityAt: MunicipalityAt,
  publicUrl?: string,
): TextChecks {
  const isSent = (id: string): boolean => {
    const record = lifecycle.record(id);
    // What can't be read may have been sent.
    return !record.ok || record.value.waves.length > 0 || isUnderWay(record.value);
  };
  const ownHosts = publicUrl === undefined ? [] : [new URL(publicUrl).hostname];
  return new TextChecks(kinds, new SentTexts(store, municipalityAt), isSent, ownHosts);
}
