/** How the API shows a key: all but what could be used in its place. */
import { dateTime } from "../../schemas/api/date-time.js";
import type { Key } from "../../schemas/api/rights.js";
import { municipalityCode } from "../geo/municipality-code.js";
import { isOver, type KeyRecord } from "./key-record.js";
import { type Amount, COST_STEPS } from "./spending.js";

export function showKey(record: KeyRecord, lastUsedMs: number | null, today: Amount, nowMs: number): Key {
  const { keyId, name, scopes, municipalities, budget, createdAtMs, expiresAtMs, revokedAtMs, secrets } = record;
  const status = revokedAtMs !== null ? "revoked" : isOver(record, nowMs) ? "expired" : "active";
  return {
    ...{ id: keyId, name, status, scopes: [...scopes], budget },
    today: { messages: today.messages, cost: today.cost / COST_STEPS },
    municipalities: municipalities?.map((number) => municipalityCode(number)!) ?? null,
    createdAt: dateTime(createdAtMs),
    expiresAt: dateTime(expiresAtMs),
    revokedAt: dateTime(revokedAtMs),
    lastUsedAt: dateTime(lastUsedMs),
    secrets: secrets.map((secret) => ({
      createdAt: dateTime(secret.createdAtMs),
      endsAt: dateTime(secret.endsAtMs),
    })),
  };
}
