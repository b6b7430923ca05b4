/** How an action ended. */
export const OUTCOMES = ["success", "partialSuccess", "noSuccess", "cancelled"] as const;
export type Outcome = (typeof OUTCOMES)[number];
