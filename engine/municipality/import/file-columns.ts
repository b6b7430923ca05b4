/**
 * Which of the columns that a file may lack are in it: what a file does not say stays as it is, and is the usual for somebody
 * new.
 */
export const FILE_COLUMNS = [
  "status",
  "language",
  "channels",
  "schedule",
  "type",
  "name",
  "needs",
  "pausedUntil",
  "joinedOn",
  "except",
  "timeZone",
  "inDanger",
] as const;
export type FileColumns = Readonly<Record<(typeof FILE_COLUMNS)[number], boolean>>;
