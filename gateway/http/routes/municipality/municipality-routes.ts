/**
 * The routes with which a municipality keeps the file of its participants, and whoever watches over the country that of all.
 * What is another municipality's is answered as what is nobody's.
 */

import type { Imports } from "../../../../engine/municipality/import/imports.js";
import type { MunicipalityParticipants } from "../../../../engine/municipality/participants.js";
import type { Proposing } from "../../../../engine/municipality/proposing.js";
import type { MunicipalityStatistics } from "../../../../engine/municipality/statistics.js";
import {
  Growth,
  GrowthQuery,
  MergeRequest,
  MunicipalityProposal,
  MunicipalityProposalList,
  ParticipantCorrection,
  ParticipantNumber,
  RegisteredParticipant,
  SearchRequest,
  SearchResult,
  Statistics,
} from "../../../../schemas/api/municipality.js";
import { NUMBER_CODES } from "../../../../schemas/errors.js";
import { respond, respondEmpty, respondLocated, respondWith } from "../../request/response.js";
import { type Route, route } from "../../request/route.js";
import { importRoutes } from "../import-routes.js";
import { scopeOf } from "./municipality-scope.js";

export interface MunicipalityParts {
  readonly participants: MunicipalityParticipants;
  readonly proposing: Proposing;
  readonly imports: Imports;
  readonly statistics: MunicipalityStatistics;
}

const auth = { auth: "key", scopes: ["registry"] } as const;
/** What takes somebody away for good. */
const erasing = { auth: "key", scopes: ["erase"] } as const;
const one = { params: { participant: ParticipantNumber } };
const seen = { status: 200, description: "The participant, with the locations here", schema: RegisteredParticipant };
const kept = ["INVALID_FIELD", "STORE_WRITE_FAILED", "BUSY"] as const;
const placed = [
  ...kept,
  ...NUMBER_CODES,
  "NUMBER_TAKEN",
  "MAIL_TAKEN",
  "TOO_MANY_LOCATIONS",
  "POSITION_AT_SEA",
  "POSTCODE_UNKNOWN",
  "POSTCODES_MISSING",
  "REGISTRY_FULL",
  "WRONG_STATE",
  "PARTICIPANTS_OWN",
] as const;

export function municipalityRoutes({ participants, proposing, imports, statistics }: MunicipalityParts): Route[] {
  return [
    ...lookingRoutes(participants),
    ...changingRoutes(participants),
    ...proposalRoutes(proposing),
    ...importRoutes(imports),
    route({
      method: "GET",
      path: "/v1/statistics",
      summary: "The participants of the municipality in numbers",
      ...auth,
      response: { status: 200, description: "Counted some seconds ago at most", schema: Statistics },
      problems: ["STORE_CORRUPT", "WORKER_DIED"],
      handle: async ({ caller }) => respondWith(await statistics.statistics(scopeOf(caller))),
    }),
    route({
      method: "GET",
      path: "/v1/growth",
      summary: "How many joined and left, day by day (UTC)",
      ...auth,
      query: GrowthQuery,
      response: { status: 200, description: "Every day from the first to the last", schema: Growth },
      problems: ["STORE_CORRUPT", "WORKER_DIED"],
      handle: ({ query, caller }) => respondWith(statistics.growth(scopeOf(caller), query.from, query.to)),
    }),
  ];
}

function lookingRoutes(participants: MunicipalityParticipants): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/participants/search",
      grows: true,
      summary: "Participants here by exact phone number or mail address",
      ...auth,
      body: SearchRequest,
      response: { status: 200, description: "Who has it; usually one or nobody", schema: SearchResult },
      problems: NUMBER_CODES,
      handle: ({ body, caller }) => {
        const found = participants.search(scopeOf(caller), body);
        return found.ok ? respond({ participants: found.value }) : found;
      },
    }),
    route({
      method: "GET",
      path: "/v1/participants/{participant}",
      grows: true,
      summary: "One participant",
      ...auth,
      ...one,
      response: seen,
      handle: ({ params, caller }) => respondWith(participants.get(scopeOf(caller), params.participant)),
    }),
  ];
}

function changingRoutes(participants: MunicipalityParticipants): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/participants",
      grows: true,
      summary: "Add somebody, who is active at once",
      ...auth,
      body: ParticipantCorrection,
      response: { ...seen, status: 201, located: true },
      problems: placed,
      handle: async ({ body, caller }) => {
        const added = await participants.add(scopeOf(caller), body);
        return added.ok ? respondLocated(added.value, `/v1/participants/${added.value.participant}`) : added;
      },
    }),
    route({
      method: "PATCH",
      path: "/v1/participants/{participant}",
      grows: true,
      summary:
        "Correct a participant; what is left out stays, and so does what the person switched off or paused. Another number or mail " +
        "address of who confirmed one, or lives elsewhere too, is proposed to them",
      ...auth,
      ...one,
      body: ParticipantCorrection,
      response: seen,
      problems: placed,
      handle: async ({ params, body, caller }) =>
        respondWith(await participants.change(scopeOf(caller), params.participant, body)),
    }),
    route({
      method: "DELETE",
      path: "/v1/participants/{participant}",
      summary: "Erase a participant for good; to who has confirmed a contact, or lives elsewhere too, it is proposed",
      ...erasing,
      ...one,
      response: {
        status: 204,
        description: "Nothing that is stored can be read as this person any more",
        or: { status: 202, description: "It is proposed to the participant", schema: MunicipalityProposal },
      },
      problems: kept,
      handle: async ({ params, caller }) => {
        const erased = await participants.erase(scopeOf(caller), params.participant);
        if (!erased.ok) return erased;
        return erased.value === "erased" ? respond(undefined, 204) : respond(erased.value, 202);
      },
    }),
    route({
      method: "POST",
      path: "/v1/participants/{participant}/merge",
      grows: true,
      summary: "Make one of a participant and a double, which is erased; the wishes of the first are kept",
      ...erasing,
      ...one,
      body: MergeRequest,
      response: seen,
      problems: placed,
      handle: async ({ params, body, caller }) =>
        respondWith(await participants.merge(scopeOf(caller), params.participant, body.participant)),
    }),
  ];
}

function proposalRoutes(proposing: Proposing): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/proposals",
      grows: true,
      summary: "What the municipality proposed to participants, and what became of it",
      ...auth,
      response: { status: 200, description: "The latest first", schema: MunicipalityProposalList },
      handle: ({ caller }) => respond({ proposals: proposing.list(scopeOf(caller)) }),
    }),
    route({
      method: "DELETE",
      path: "/v1/proposals/{id}",
      summary: "Withdraw a proposal that is not decided",
      ...auth,
      response: { status: 204, description: "Nothing comes of it" },
      problems: ["WRONG_STATE", ...kept],
      handle: async ({ id, caller }) => respondEmpty(await proposing.withdraw(scopeOf(caller), id)),
    }),
  ];
}
