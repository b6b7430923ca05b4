/** Results over a data folder of records alone, as a year puts them (year.ts): without a service, a file of boundaries or marks of a desk. */
import { ActionStore } from "../../engine/actions/action-store.js";
import type { Clock } from "../../engine/clock/clock.js";
import { WaveStore } from "../../engine/dispatch/ledger/wave-store.js";
import { openDataFolder } from "../../engine/registry/open.js";
import { ReplyStore } from "../../engine/replies/reply-store.js";
import { Results } from "../../engine/results/results.js";
import { given } from "../live-registry.js";
import type { Folder } from "./year.js";

export function openResults(path: string, clock: Clock): Folder & { readonly results: Results } {
  const { store, vault } = given(openDataFolder(path));
  const folder = {
    ...{ store, vault, records: new ActionStore(store), waves: new WaveStore(store) },
    replies: new ReplyStore(store, vault),
  };
  const of = ({ waves }: { waves: readonly { readonly id: number }[] }) =>
    waves.map((wave) => ({ wave: wave as never, stored: given(folder.waves.get(wave.id)), live: undefined }));
  const nothing = { municipalityAt: () => undefined, ledToSuccess: () => false };
  return { ...folder, results: new Results({ ...folder, ...nothing, found: { of }, clock }) };
}
