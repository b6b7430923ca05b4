/** The tables of the store, by name. */

/** What a store of the first version has, by what is in it. The key of each is described where it is written. */
export const FIRST = [
  "meta",
  "participants",
  "actions",
  "waves",
  "rosters",
  "journal",
  "outcomes",
  "idempotency",
  "keys",
] as const;
/** What one of the first version lacks until it is opened to write. */
const ADDED = [
  "replies",
  "confirmations",
  "strays",
  "growth",
  "imports",
  "positions",
  "places",
  "rights",
  "keyUse",
  "audit",
  "spending",
  "proposals",
  "sentTexts",
  "testGroups",
  "media",
  "webhooks",
  "deliveries",
  "results",
  "replyMarks",
  "links",
  "replyCodes",
  "answers",
  "history",
  "reacted",
] as const;
export const TABLES = [...FIRST, ...ADDED] as const;
export type TableName = (typeof TABLES)[number];
