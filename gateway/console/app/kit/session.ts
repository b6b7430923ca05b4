/**
 * Signing in with an API key, and out. The key goes to the service once and is kept nowhere in the page; from then on the browser's
 * cookie opens the session, which a script can't read.
 */
import type { ConsoleSession } from "../../../../schemas/console/session.js";
import type { Scope } from "../../../../schemas/words.js";
import { type Answer, ask, type Problem } from "./api.js";
import { forgetTyped } from "./kept.js";
import { session } from "./session-state.js";

const PATH = "/v1/console/sessions";

/** Finds out whether the browser has a session; to be called once, when the page opens. The problem where nobody can tell. */
export async function recallSession(): Promise<Problem | undefined> {
  const answer = await ask<ConsoleSession>("GET", PATH);
  if (answer.ok) session.value = { is: "open", who: answer.value };
  else if (answer.problem.status === 401) session.value = { is: "none" };
  return answer.ok || answer.problem.status === 401 ? undefined : answer.problem;
}

export async function signIn(key: string): Promise<Answer<ConsoleSession>> {
  const answer = await ask<ConsoleSession>("POST", PATH, { body: { key } });
  if (!answer.ok) return answer;
  const before = session.peek();
  // Somebody else's half-written message is not for whoever comes after them.
  if (before.is === "ended" && before.who.key !== answer.value.key) forgetTyped();
  session.value = { is: "open", who: answer.value };
  return answer;
}

/** The problem where the service could not be told; then the session goes on. */
export async function signOut(): Promise<Problem | undefined> {
  const answer = await ask("DELETE", PATH);
  if (!answer.ok && answer.problem.status !== 401) return answer.problem;
  forgetTyped();
  session.value = { is: "none" };
  return undefined;
}

/** Whether who is signed in may do what one of these scopes is for. */
export function mayAny(...scopes: readonly Scope[]): boolean {
  const now = session.value;
  if (now.is !== "open" && now.is !== "ended") return false;
  return scopes.some((scope) => now.who.scopes.includes(scope));
}
