/** Seals every record of a file anew, and every key of an original, each under another key than before: for `seinpost keys rotate`. */
import { ok, type Result } from "../../schemas/errors.js";
import type { Store } from "../store/store.js";
import type { Vault } from "../vault/vault.js";
import { CONTENT, EVIDENCE, type MediaRecord, MediaStore } from "./media-record.js";

/** All in one commit: a key of a name seals all or nothing. How many records, or keys of originals, are damaged: they stay as they are, and keep no other. */
export async function resealMedia(store: Store, vault: Vault): Promise<Result<number>> {
  const media = new MediaStore(store, vault);
  const opened: { readonly record: MediaRecord; readonly original: Result<Buffer> | undefined }[] = [];
  let damaged = 0;
  for (const { actionId, id } of media.ids()) {
    const read = media.get(actionId, id);
    if (!read.ok || read.value === undefined) {
      damaged++;
      continue;
    }
    const original = read.value.keys.original === undefined ? undefined : media.evidenceKey(read.value);
    if (original?.ok === false) damaged++;
    opened.push({ record: read.value, original });
  }
  const committed = await store.commit(() => {
    vault.renew(CONTENT);
    vault.renew(EVIDENCE);
    for (const { record, original } of opened) {
      const { actionId, id, keys } = record;
      const sealed = original?.ok && { original: media.sealEvidence(actionId, id, original.value) };
      media.put({ ...record, keys: { ...keys, ...sealed } });
    }
    vault.write();
  });
  return committed.ok ? ok(damaged) : committed;
}
