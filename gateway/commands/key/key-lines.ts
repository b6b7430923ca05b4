/** API keys as lines of a table for a terminal. */
import type { Key } from "../../../schemas/api/rights.js";

export function keyLines(keys: readonly Key[]): string {
  const rows = [HEAD, ...keys.map(cells)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ");
  return rows.map((row) => `${line(row).trimEnd()}\n`).join("");
}

const HEAD = ["ID", "STATUS", "NAME", "SCOPES", "WHERE", "A DAY", "USED", "EXPIRES"];

function cells(key: Key): string[] {
  const { id, status, name, scopes, municipalities, lastUsedAt, expiresAt } = key;
  const where = municipalities?.join(",") ?? "everywhere";
  return [id, status, name, scopes.join(","), where, budgetOf(key), minute(lastUsedAt), minute(expiresAt)];
}

/** What was spent today, of what. */
function budgetOf({ budget: { messagesPerDay, costPerDay }, today }: Key): string {
  const parts = [
    ...(messagesPerDay === null ? [] : [`${today.messages}/${messagesPerDay} messages`]),
    ...(costPerDay === null ? [] : [`${today.cost}/${costPerDay.amount} ${costPerDay.currency}`]),
  ];
  return parts.join(", ") || "-";
}

/** To the minute, UTC. */
function minute(at: string | null): string {
  return at === null ? "-" : `${at.slice(0, 16)}Z`;
}
