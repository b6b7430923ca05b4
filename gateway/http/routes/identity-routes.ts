/**
 * The routes with which a participant keeps what makes them who they are: contacts, sessions, what is proposed to them, and that
 * they leave. What a stolen session could take the account with is answered CODE_REQUIRED, or waits while the owner is told,
 * unless a fresh code approved of it (/v1/self/approvals).
 */
import { z } from "zod";
import type { ParticipantService } from "../../../engine/self/participant-service.js";
import { ParticipantView } from "../../../schemas/api/participant.js";
import {
  Approval,
  ApprovalRequest,
  CodeAnswer,
  ContactInput,
  ContactOutcome,
  OwnProposalList,
  ProposalName,
  SessionList,
  SessionName,
} from "../../../schemas/api/self.js";
import { respond, respondEmpty, respondWith } from "../request/response.js";
import { type Route, route } from "../request/route.js";
import { CODE_PROBLEMS, codeSent, inSession, STORE_PROBLEMS } from "./in-session.js";

const outcome = { status: 200, description: "Done, or waiting", schema: ContactOutcome };
const gone = { status: 204, description: "It is gone" };

export function identityRoutes(service: ParticipantService): Route[] {
  return [...approvalRoutes(service), ...contactRoutes(service), ...sessionRoutes(service), ...proposalRoutes(service)];
}

function approvalRoutes(service: ParticipantService): Route[] {
  const { identity } = service;
  return [
    route({
      method: "POST",
      path: "/v1/self/approvals",
      summary: "Ask for a fresh code, to a contact that is there, for what a session alone may not do",
      auth: "self",
      body: ApprovalRequest,
      response: codeSent,
      problems: ["WRONG_STATE", ...CODE_PROBLEMS],
      handle: inSession(service, (session, { body, caller }) =>
        respondWith(identity.requestApproval(session, body, caller.address), 202),
      ),
    }),
    route({
      method: "PUT",
      path: "/v1/self/approvals",
      summary: "The code that came: what it was asked for may be done in this session, once",
      auth: "self",
      body: CodeAnswer,
      response: { status: 200, description: "What may be done, and until when", schema: Approval },
      problems: ["CODE_WRONG", "TOO_MANY_REQUESTS"],
      handle: inSession(service, (session, { body, caller }) =>
        respondWith(identity.approve(session, body, caller.address)),
      ),
    }),
    route({
      method: "DELETE",
      path: "/v1/self",
      summary: "Leave: everything that is stored of the participant is erased; takes an approval",
      auth: "self",
      response: gone,
      problems: ["CODE_REQUIRED", ...STORE_PROBLEMS],
      handle: inSession(service, async (session) => respondEmpty(await identity.leave(session))),
    }),
  ];
}

function contactRoutes(service: ParticipantService): Route[] {
  const { identity } = service;
  return [
    route({
      method: "POST",
      path: "/v1/self/contacts",
      summary: "A new number or mail address: a code goes there, and it does not count before that comes back",
      auth: "self",
      body: ContactInput,
      response: codeSent,
      problems: CODE_PROBLEMS,
      handle: inSession(service, (session, { body, caller }) =>
        respondWith(identity.contacts.request(session, body, caller.address), 202),
      ),
    }),
    route({
      method: "PUT",
      path: "/v1/self/contacts",
      grows: true,
      summary:
        "The code that went to the new contact, which takes the place of the one before: at once with an approval by that one, " +
        "else after a while in which it may object",
      auth: "self",
      body: CodeAnswer,
      response: outcome,
      problems: ["CODE_WRONG", "TOO_MANY_REQUESTS", "NUMBER_TAKEN", "MAIL_TAKEN", ...STORE_PROBLEMS],
      handle: inSession(service, async (session, { body, caller }) =>
        respondWith(await identity.contacts.confirm(session, body, caller.address)),
      ),
    }),
    route({
      method: "DELETE",
      path: "/v1/self/contacts/{kind}",
      summary: "Take the number or the mail address away, where the other is left; at once or later, likewise",
      auth: "self",
      params: { kind: z.enum(["number", "mail"]) },
      response: outcome,
      problems: ["WRONG_STATE", ...STORE_PROBLEMS],
      handle: inSession(service, async (session, { params }) =>
        respondWith(await identity.contacts.remove(session, params.kind)),
      ),
    }),
  ];
}

function sessionRoutes(service: ParticipantService): Route[] {
  const { identity } = service;
  return [
    route({
      method: "GET",
      path: "/v1/self/sessions",
      summary: "The sessions of the participant",
      auth: "self",
      response: { status: 200, description: "The oldest first", schema: SessionList },
      handle: inSession(service, (session) => respond({ sessions: identity.sessions(session) })),
    }),
    route({
      method: "DELETE",
      path: "/v1/self/sessions",
      summary: "End all others; takes an approval",
      auth: "self",
      response: { status: 204, description: "This is the only one" },
      problems: ["CODE_REQUIRED"],
      handle: inSession(service, (session) => respondEmpty(identity.endOthers(session))),
    }),
    route({
      method: "DELETE",
      path: "/v1/self/sessions/{session}",
      summary: "End one; another than this takes an approval",
      auth: "self",
      params: { session: SessionName },
      response: { status: 204, description: "It has ended" },
      problems: ["CODE_REQUIRED"],
      handle: inSession(service, (session, { params }) => respondEmpty(identity.endSession(session, params.session))),
    }),
    route({
      method: "DELETE",
      path: "/v1/self/session",
      summary: "End the session",
      auth: "self",
      response: { status: 204, description: "It has ended" },
      handle: inSession(service, (session) => {
        service.leave(session);
        return respond(undefined, 204);
      }),
    }),
  ];
}

function proposalRoutes(service: ParticipantService): Route[] {
  const { identity } = service;
  const one = { params: { proposal: ProposalName } };
  return [
    route({
      method: "GET",
      path: "/v1/self/proposals",
      summary: "What municipalities propose, and changes that wait",
      auth: "self",
      response: { status: 200, description: "Also those that were decided lately", schema: OwnProposalList },
      handle: inSession(service, (session) => {
        const proposals = identity.proposals.list(session);
        return proposals.ok ? respond({ proposals: proposals.value }) : proposals;
      }),
    }),
    route({
      method: "DELETE",
      path: "/v1/self/proposals/{proposal}",
      summary: "Decline a proposal, or cancel a change that waits",
      auth: "self",
      ...one,
      response: { status: 204, description: "Nothing comes of it" },
      problems: ["WRONG_STATE", ...STORE_PROBLEMS],
      handle: inSession(service, async (session, { params }) =>
        respondEmpty(await identity.proposals.decline(session, params.proposal)),
      ),
    }),
    route({
      method: "POST",
      path: "/v1/self/proposals/{proposal}/acceptance",
      grows: true,
      summary: "Accept a place; a contact is accepted by giving it, and to be erased by leaving",
      auth: "self",
      ...one,
      response: { status: 200, description: "The participant as it is now", schema: ParticipantView },
      problems: ["WRONG_STATE", "TOO_MANY_LOCATIONS", ...STORE_PROBLEMS],
      handle: inSession(service, async (session, { params }) =>
        respondWith(await identity.proposals.acceptPlace(session, params.proposal)),
      ),
    }),
  ];
}
