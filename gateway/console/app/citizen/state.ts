/** The participant's session, which ends with the tab: a telephone that is lent opens nothing the next day. */
import { signal } from "@preact/signals";
import type { ParticipantChange, ParticipantView } from "../../../../schemas/api/participant.js";
import type { SelfSession } from "../../../../schemas/api/self.js";
import { type Answer, type Asking, ask, type Method } from "../kit/api.js";

const TOKEN = "me:token";

const token = signal<string | undefined>(recalled());
/** Undefined until it is known. */
export const me = signal<ParticipantView | undefined>(undefined);
/** True where a session ended by itself, and nobody asked for it. */
export const hasEnded = signal(false);

/** True once somebody has left for good. */
export const hasLeft = signal(false);

export type Place = ParticipantView["locations"][number];

export type Wanted = Partial<Omit<ParticipantChange, "locations">> & { readonly locations?: readonly object[] };

export function isIn(): boolean {
  return token.value !== undefined;
}

function recalled(): string | undefined {
  try {
    return sessionStorage.getItem(TOKEN) ?? undefined;
  } catch {
    return undefined;
  }
}

function keep(value: string | undefined): void {
  token.value = value;
  try {
    if (value === undefined) sessionStorage.removeItem(TOKEN);
    else sessionStorage.setItem(TOKEN, value);
  } catch {
    // The session lasts as long as the page.
  }
}

export function enter(session: SelfSession): void {
  hasEnded.value = false;
  hasLeft.value = false;
  me.value = session.participant;
  keep(session.token);
}

/** Asks in the participant's session, and notices when it is over. */
export async function askAsMe<T>(method: Method, path: string, asking: Asking = {}): Promise<Answer<T>> {
  const answer = await ask<T>(method, path, { ...asking, token: token.peek() ?? "" });
  if (!answer.ok && answer.problem.code === "SESSION_ENDED") {
    hasEnded.value = token.peek() !== undefined;
    forget();
  }
  return answer;
}

export async function reload(): Promise<Answer<ParticipantView>> {
  const answer = await askAsMe<ParticipantView>("GET", "/v1/self");
  if (answer.ok) me.value = answer.value;
  return answer;
}

export async function change(wanted: Wanted): Promise<Answer<ParticipantView>> {
  const answer = await askAsMe<ParticipantView>("PATCH", "/v1/self", { body: wanted });
  if (answer.ok) me.value = answer.value;
  return answer;
}

export async function leave(): Promise<void> {
  await askAsMe("DELETE", "/v1/self/session");
  forget();
}

export function forget(): void {
  keep(undefined);
  me.value = undefined;
}
