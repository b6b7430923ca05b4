/** A change of somebody's contact, or their erasure, that is not done before the participant says so, or has had time to object. */
import type { PROPOSAL_KINDS, PROPOSAL_STATES } from "../../schemas/words.js";

/** `number` and `mail`: the contact becomes `value`, or goes where that is "". */
export type ProposalKind = Exclude<(typeof PROPOSAL_KINDS)[number], "place">;

/**
 * `open`: proposed. `waiting`: of a contact, said with the new one and not with the old: it is done when its time is over, if
 * nobody objects. The others are decided.
 */
export type ProposalState = (typeof PROPOSAL_STATES)[number];

export interface Proposal {
  /** UUID of version 7. */
  readonly id: string;
  readonly participant: number;
  readonly kind: ProposalKind;
  /** E.164 without "+", a mail address in lower case, or "" for none; "" once it is decided. */
  readonly value: string;
  /** Who proposed it: 363 for GM0363, 0 for the participants themselves. */
  readonly municipality: number;
  readonly createdAtMs: number;
  readonly state: ProposalState;
  /** Of one that waits: how many notices have gone to the old contact, and when the first did; 0 before. */
  readonly notices: number;
  readonly noticedAtMs: number;
}

export function isDecided({ state }: Pick<Proposal, "state">): boolean {
  return state !== "open" && state !== "waiting";
}
