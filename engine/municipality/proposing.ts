/**
 * Changes that a municipality may only propose, to whom they are about (engine/proposals). Of each it sees what it proposed and
 * what became of it, and nothing else.
 */
import { uuidv7 } from "uuidv7";
import { dateTime } from "../../schemas/api/date-time.js";
import type { MunicipalityProposal } from "../../schemas/api/municipality.js";
import { fail, ok, type Result } from "../../schemas/errors.js";
import { PROPOSALS } from "../../schemas/limits.js";
import { isDecided, type Proposal, type ProposalKind } from "../proposals/proposal.js";
import type { Proposals } from "../proposals/proposals.js";
import type { Participant } from "../registry/record/participant.js";
import type { Scope } from "./ports.js";

/** `value`: as proposals keep it. */
export interface Wanted {
  readonly kind: ProposalKind;
  readonly value: string;
}

type Reached = Pick<Participant, "number" | "mail">;

export class Proposing {
  readonly #proposals: Proposals;
  readonly #nowMs: () => number;

  constructor(proposals: Proposals, nowMs: () => number) {
    this.#proposals = proposals;
    this.#nowMs = nowMs;
  }

  /** Those of them that are not proposed already. */
  news(municipality: number, participant: number, wanted: readonly Wanted[]): Wanted[] {
    const theirs = this.#proposals.of(participant).filter((each) => each.municipality === municipality);
    const there = theirs.filter((each) => !isDecided(each));
    return wanted.filter(({ kind, value }) => !there.some((each) => each.kind === kind && each.value === value));
  }

  /** What is not yet proposed is from now on; durable when `settled` says so. BUSY. */
  propose(municipality: number, participant: number, wanted: readonly Wanted[]): Result<void> {
    for (const { kind, value } of this.news(municipality, participant, wanted)) {
      const added = this.#proposals.add({
        ...{ id: uuidv7(), participant, kind, value, municipality, createdAtMs: this.#nowMs() },
        ...{ state: "open", notices: 0, noticedAtMs: 0 },
      });
      if (!added.ok) return added;
    }
    return ok(undefined);
  }

  settled(): Promise<Result<void>> {
    return this.#proposals.settled();
  }

  /** Nothing is left that was proposed to the participant, who is gone. */
  forget(participant: number): void {
    this.#proposals.forget(participant);
  }

  /** The latest first. */
  list(scope: Scope): MunicipalityProposal[] {
    return this.#proposals.ofMunicipality(scope, PROPOSALS.shown).map(viewOf);
  }

  /** Of one participant, the open ones and those that wait. */
  openFor(scope: Scope, participant: number): MunicipalityProposal[] {
    const theirs = this.#proposals.of(participant).filter((each) => isTheirs(each, scope) && !isDecided(each));
    return theirs.map(viewOf);
  }

  /** The municipality thinks better of it. NOT_FOUND, WRONG_STATE. */
  withdraw(scope: Scope, id: string): Promise<Result<void>> | Result<void> {
    const proposal = this.#proposals.get(id);
    if (proposal === undefined || !isTheirs(proposal, scope))
      return fail("NOT_FOUND", "there is no such proposal", "id");
    if (isDecided(proposal)) return fail("WRONG_STATE", "it has been decided");
    this.#proposals.remove(id);
    return this.#proposals.settled();
  }
}

/** The contacts that a municipality would have otherwise. */
export function wantedOf(before: Reached, after: Reached): Wanted[] {
  const wanted: Wanted[] = [];
  if (after.number !== before.number)
    wanted.push({ kind: "number", value: after.number === 0 ? "" : String(after.number) });
  if (after.mail !== before.mail) wanted.push({ kind: "mail", value: after.mail });
  return wanted;
}

function isTheirs({ municipality }: Proposal, scope: Scope): boolean {
  return municipality !== 0 && (scope === undefined || municipality === scope);
}

function viewOf({ id, participant, kind, value, state, createdAtMs }: Proposal): MunicipalityProposal {
  const isOpen = state === "open";
  return {
    proposal: id,
    ...{ participant, kind, state },
    value: value === "" ? null : kind === "number" ? `+${value}` : value,
    createdAt: dateTime(createdAtMs),
    until: isOpen ? dateTime(createdAtMs + PROPOSALS.openMs) : null,
  };
}
