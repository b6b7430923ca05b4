/** Who is signed in, as far as the page knows. Apart from session.ts, because the client of the API tells it when a session has ended. */
import { signal } from "@preact/signals";
import type { ConsoleSession } from "../../../../schemas/console/session.js";

export type SessionState =
  | { readonly is: "unknown" }
  | { readonly is: "none" }
  | { readonly is: "open"; readonly who: ConsoleSession }
  /** It has ended under the hands of this person: what they typed stays where it is. */
  | { readonly is: "ended"; readonly who: ConsoleSession };

export const session = signal<SessionState>({ is: "unknown" });

export function sessionEnded(): void {
  const now = session.peek();
  if (now.is === "open") session.value = { is: "ended", who: now.who };
  else if (now.is === "unknown") session.value = { is: "none" };
}
