/**
 * Webhooks at rest: table `webhooks`, by id, sealed, because what signs is a secret. All lie under one key of the vault, which is
 * renewed when one goes, so that its secret opens no more.
 */

import { fail, ok, type Result } from "../../schemas/errors.js";
import type { WebhookTopic } from "../../schemas/webhooks/webhook.js";
import type { Store } from "../store/store.js";
import { knownVersion } from "../store/version.js";
import type { Vault } from "../vault/vault.js";

const VERSION = 1;
const KEY_NAME = "webhooks";

export interface SigningSecret {
  /** "whsec_" and 24 bytes or more in base64, as Standard Webhooks writes it. */
  readonly secret: string;
  /** When a rotation ends it; null for the newest. */
  readonly endsAtMs: number | null;
}

export interface WebhookRecord {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly topics: readonly WebhookTopic[];
  readonly createdAtMs: number;
  /** The newest last. */
  readonly secrets: readonly SigningSecret[];
}

type Sealer = Pick<Vault, "seal" | "open" | "renew">;

/** Into the running commit, whose writer then writes the vault. */
export function putWebhook(store: Pick<Store, "table">, vault: Sealer, record: WebhookRecord): void {
  const key = Buffer.from(record.id);
  const plain = Buffer.from(JSON.stringify({ version: VERSION, ...record }));
  void store.table("webhooks").put(key, vault.seal(KEY_NAME, plain, key));
}

/** Likewise; `left` are sealed anew, so that of the one that goes nothing opens once the root is renewed. */
export function removeWebhook(
  store: Pick<Store, "table">,
  vault: Sealer,
  id: string,
  left: Iterable<WebhookRecord>,
): void {
  vault.renew(KEY_NAME);
  void store.table("webhooks").remove(Buffer.from(id));
  for (const record of left) putWebhook(store, vault, record);
}

/** Each that is stored, or why it can't be read, with its place. */
export function* storedWebhooks(
  store: Pick<Store, "table">,
  vault: Pick<Vault, "open">,
): Generator<Result<WebhookRecord>> {
  for (const { key, value } of store.table("webhooks").range()) {
    const field = `webhooks/${key.toString("hex")}`;
    const opened = value.ok ? vault.open(KEY_NAME, value.value, key) : value;
    if (!opened.ok) {
      yield fail("STORE_CORRUPT", "a webhook can't be read", field);
      continue;
    }
    const { version, ...record } = JSON.parse(opened.value.toString()) as WebhookRecord & { version: number };
    const known = knownVersion(version, VERSION, field);
    yield known.ok ? ok(record) : known;
  }
}

/** All of them under another key than before, in one commit. How many are damaged: they stay as they are, and keep no other. */
export async function resealWebhooks(store: Store, vault: Vault): Promise<Result<number>> {
  const records = [...storedWebhooks(store, vault)];
  const committed = await store.commit(() => {
    vault.renew(KEY_NAME);
    for (const record of records) if (record.ok) putWebhook(store, vault, record.value);
    vault.write();
  });
  return committed.ok ? ok(records.filter((record) => !record.ok).length) : committed;
}
