/** The desk's routes beside an action: its link, calls that it writes down, answers, and photos that it asks for. */
import type { Principal } from "../../../../engine/rights/principal.js";
import {
  AnswerRequest,
  DeskReply,
  PageLink,
  ReplyAnswer,
  ReplyPlaced,
  UploadRequest,
} from "../../../../schemas/api/action/page.js";
import { ReplySequence } from "../../../../schemas/api/action/reply.js";
import { fail, ok, type Result } from "../../../../schemas/errors.js";
import { PAGES } from "../../../../schemas/limits.js";
import { respond, respondEmpty } from "../../request/response.js";
import { type Route, route } from "../../request/route.js";
import { answerView, type PageParts } from "./parts.js";

const DRAFTING = ["draft", "dispatch"] as const;

export function callRoutes(parts: PageParts): Route[] {
  return [...linkRoutes(parts), ...replyRoutes(parts)];
}

function linkRoutes(parts: PageParts): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/actions/{id}/page",
      grows: true,
      summary: "The link of the action's page, to be put into its text; the same each time, and for everybody",
      auth: "key",
      scopes: DRAFTING,
      response: { status: 200, description: "The link", schema: PageLink },
      problems: ["NO_PUBLIC_URL", "STORE_WRITE_FAILED"],
      handle: async ({ id, caller }) => {
        const base = prepared(parts, id, caller);
        if (!base.ok) return base;
        const link = await parts.links.of(id);
        return link.ok ? respond({ link: link.value, url: `${base.value}/a/${link.value}` }) : link;
      },
    }),
    route({
      method: "POST",
      path: "/v1/actions/{id}/uploads",
      summary: "Ask somebody who is on the telephone for a photo: an SMS with a link that counts once, for an hour",
      auth: "key",
      scopes: ["dispatch"],
      body: UploadRequest,
      response: { status: 204, description: "The SMS goes out, ahead of all that is not urgent" },
      problems: ["NO_PUBLIC_URL", "CODE_NOT_SENT", "NUMBER_INVALID", "NUMBER_ABROAD", "NUMBER_NOT_MOBILE"],
      handle: ({ id, body, caller }) => {
        const base = prepared(parts, id, caller);
        const name = base.ok ? parts.uploads.make(id) : base;
        if (!base.ok) return base;
        if (!name.ok) return name;
        const text = `Burgernet: stuur uw foto aan de meldkamer, binnen een uur: ${base.value}/u/${name.value}`;
        const sent = parts.sendSms(body.number, text, PAGES.uploadMs);
        // Nobody has this link.
        if (!sent.ok) parts.uploads.use(name.value);
        return respondEmpty(sent);
      },
    }),
  ];
}

/** The address that citizens know, where the action is there and can have a link. */
function prepared({ action, publicUrl }: PageParts, id: string, by: Principal): Result<string> {
  const seen = action(id, by);
  if (!seen.ok) return seen;
  return publicUrl === undefined ? fail("NO_PUBLIC_URL", "Set SEINPOST_PUBLIC_URL") : ok(publicUrl);
}

function replyRoutes(parts: PageParts): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/actions/{id}/replies",
      grows: true,
      summary: "Write down what somebody says on the telephone",
      auth: "key",
      scopes: ["replies"],
      body: DeskReply,
      response: { status: 201, description: "It is among the action's replies", schema: ReplyPlaced },
      problems: ["BUSY", "STORE_WRITE_FAILED"],
      handle: async ({ id, body, caller }) => {
        const action = parts.action(id, caller);
        const kept = action.ok ? await parts.replies.byDesk(action.value, body, body.channel) : action;
        return kept.ok ? respond({ sequence: kept.value }, 201) : kept;
      },
    }),
    route({
      method: "POST",
      path: "/v1/actions/{id}/replies/{sequence}/answers",
      grows: true,
      summary: "Answer a reply: whoever has its code can read it, and nobody knows who that is",
      auth: "key",
      scopes: ["replies"],
      params: { sequence: ReplySequence },
      body: AnswerRequest,
      response: { status: 201, description: "The answer", schema: ReplyAnswer },
      problems: ["STORE_WRITE_FAILED"],
      handle: async ({ id, params, body, caller }) => {
        const action = parts.action(id, caller);
        const at = { actionId: id, place: params.sequence };
        const answer = action.ok ? await parts.replies.answer(at, body.text) : action;
        if (!answer.ok) return answer;
        return respond(answerView(answer.value), 201);
      },
    }),
  ];
}
