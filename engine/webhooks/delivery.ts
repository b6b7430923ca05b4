/**
 * What is to be told to one webhook, at rest: table `deliveries`, by webhook (16 bytes of its id) and a number that counts up
 * (6 bytes, big-endian). It holds ids and words alone, so nothing of it has to go when somebody is erased.
 */
import { randomUUID } from "node:crypto";
import { ok, type Result } from "../../schemas/errors.js";
import type { DeliveryState, WebhookEvent } from "../../schemas/webhooks/webhook.js";
import { idBytes, idOf } from "../store/keys/id-key.js";
import { knownVersion } from "../store/version.js";

const VERSION = 1;

export interface DeliveryRecord {
  /** As the receiver sees it, the same each time it is sent. */
  readonly id: string;
  readonly event: WebhookEvent;
  /** From when on its attempts count: when it was put, or replayed. */
  readonly sinceMs: number;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly nextAtMs: number;
  readonly lastError: string | null;
}

export function newDelivery(event: WebhookEvent, nowMs: number): DeliveryRecord {
  return {
    ...{ id: `msg_${randomUUID()}`, event, sinceMs: nowMs },
    ...{ state: "pending", attempts: 0, nextAtMs: nowMs, lastError: null },
  };
}

export function encodeDelivery(record: DeliveryRecord): Buffer {
  return Buffer.from(JSON.stringify({ version: VERSION, ...record }));
}

export function decodeDelivery(bytes: Buffer, place: string): Result<DeliveryRecord> {
  const { version, ...record } = JSON.parse(bytes.toString()) as DeliveryRecord & { version: number };
  const known = knownVersion(version, VERSION, place);
  return known.ok ? ok(record) : known;
}

export function deliveryKey(webhookId: string, number: number): Buffer {
  const key = Buffer.allocUnsafe(22);
  idBytes(webhookId).copy(key);
  key.writeUIntBE(number, 16, 6);
  return key;
}

export function webhookOf(key: Buffer): string {
  return idOf(key);
}

export function numberOf(key: Buffer): number {
  return key.readUIntBE(16, 6);
}
