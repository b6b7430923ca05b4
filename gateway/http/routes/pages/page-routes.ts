/**
 * What is open to everybody who has a link: the action's page with its photos, replying there, and coming back with a code. Without a
 * login, without anything that tells one visitor from another; a page is gone with its action.
 *
 * What a page shows is the same for everybody, and has an ETag and some seconds in which whoever passes it on may keep it, so that a
 * nationwide rush can be taken by a proxy. It is not counted by client, for thousands share an address at a mobile operator; what
 * writes is.
 */
import { MediaId } from "../../../../schemas/api/action/media.js";
import {
  LinkName,
  NotAgain,
  OwnReply,
  PageReply,
  PageView,
  ReplyCode,
  ReplyTaken,
} from "../../../../schemas/api/action/page.js";
import type { Action } from "../../../../schemas/api/api.js";
import { fail, NUMBER_CODES, ok, type Result } from "../../../../schemas/errors.js";
import { PAGES } from "../../../../schemas/limits.js";
import { respondKept, tagOf } from "../../request/kept.js";
import { partOf } from "../../request/part.js";
import { type HttpResponse, respond, respondEmpty } from "../../request/response.js";
import { type Handled, type Route, route } from "../../request/route.js";
import { PAGE, PAGE_HEADERS } from "./page-file.js";
import { answerView, FILE_PROBLEMS, FILE_TYPES, type PageParts } from "./parts.js";

export function pageRoutes(parts: PageParts): Route[] {
  return [
    ...fileRoutes(),
    ...shownRoutes(parts),
    ...replyRoutes(parts),
    ...replyMediaRoutes(parts),
    ...uploadRoutes(parts),
  ];
}

/** The page itself is the same file for all actions, and for one upload. */
function fileRoutes(): Route[] {
  const page = { status: 200, description: "The page, as one file", otherTypes: ["text/html"], tagged: true };
  const tag = tagOf(PAGE);
  const serve = ({ ifNoneMatch }: Pick<Handled<undefined, undefined>, "ifNoneMatch">): Result<HttpResponse> =>
    cached(PAGE, "text/html; charset=utf-8", tag, ifNoneMatch, PAGE_HEADERS);
  return [
    route({
      method: "GET",
      path: "/a/{link}",
      summary: "The page of an action, for a browser",
      auth: "open",
      params: { link: LinkName },
      response: page,
      handle: serve,
    }),
    route({
      method: "GET",
      path: "/u/{upload}",
      summary: "The page of one upload, for a browser",
      auth: "open",
      params: { upload: LinkName },
      response: page,
      handle: serve,
    }),
  ];
}

function shownRoutes(parts: PageParts): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/pages/{link}",
      summary: "What an action's page shows; nothing once the action is over",
      auth: "open",
      params: { link: LinkName },
      response: { status: 200, description: "Text, and which photos there are", schema: PageView, tagged: true },
      handle: ({ params: { link }, ifNoneMatch }) => {
        const action = openAction(parts, link);
        if (!action.ok) return action;
        const text = JSON.stringify(shownOf(parts, action.value));
        return cached(text, "application/json", tagOf(text), ifNoneMatch);
      },
    }),
    route({
      method: "GET",
      path: "/v1/pages/{link}/media/{media}",
      summary: "A photo or film of the page",
      auth: "open",
      params: { link: LinkName, media: MediaId },
      response: {
        ...{ status: 200, description: "The picture as JPEG, the film as MP4", tagged: true, inParts: true },
        otherTypes: ["image/jpeg", "video/mp4"],
      },
      problems: ["STORE_CORRUPT"],
      handle: async ({ params: { link, media }, ifNoneMatch, range, ifRange }) => {
        const action = openAction(parts, link);
        const record = action.ok ? parts.media.get(action.value.id, media) : action;
        if (!record.ok || !record.value.isOut) return fail("NOT_FOUND", "There is no such file", "media");
        const bytes = await parts.media.look(record.value, true);
        if (!bytes.ok) return bytes;
        const tag = tagOf(`${media} ${JSON.stringify(record.value.blurs)}`);
        const answer = cached(bytes.value, record.value.found!.contentType, tag, ifNoneMatch);
        if (!answer.ok || answer.value.status !== 200) return answer;
        return ok(partOf({ ...answer.value, body: bytes.value }, range, ifRange, tag));
      },
    }),
  ];
}

function replyRoutes(parts: PageParts): Route[] {
  const params = { code: ReplyCode };
  return [
    route({
      method: "POST",
      path: "/v1/pages/{link}/replies",
      grows: true,
      summary:
        "Reply to an action, as nobody in particular; photos go behind it, so that the text is there whatever becomes of them",
      auth: "public",
      params: { link: LinkName },
      body: PageReply,
      response: { status: 201, description: "It is durable", schema: ReplyTaken },
      problems: ["STORE_WRITE_FAILED"],
      handle: async ({ params: { link }, body, caller }) => {
        const action = openAction(parts, link);
        const code = action.ok ? await parts.replies.byPage(action.value, body, caller.address) : action;
        return code.ok ? respond({ code: code.value }, 201) : code;
      },
    }),
    route({
      method: "POST",
      path: "/v1/pages/{link}/not-again",
      summary: "Do not ask this number again by this action; whether it was asked is told to nobody",
      auth: "public",
      params: { link: LinkName },
      body: NotAgain,
      response: { status: 204, description: "A repeat leaves it out, once enough others are left out with it" },
      problems: NUMBER_CODES,
      handle: ({ params: { link }, body, caller }) => {
        const action = openAction(parts, link);
        return respondEmpty(action.ok ? parts.replies.notAgain(action.value.id, body.number, caller.address) : action);
      },
    }),
    route({
      method: "GET",
      path: "/v1/replies/{code}",
      summary: "What became of the photos of a reply, and what the desk answers",
      auth: "public",
      params,
      response: { status: 200, description: "As it is now", schema: OwnReply },
      handle: ({ params: { code } }) => {
        const at = parts.replies.codes.placeOf(code);
        if (at === undefined) return fail("NOT_FOUND", "No reply has this code", "code");
        const media = parts.media.records.of(at.actionId, at.place);
        return respond({
          media: media.map(({ id, state, refused }) => ({ media: id, state, refused })),
          answers: parts.replies.answers.of(at).map(answerView),
        });
      },
    }),
    route({
      method: "DELETE",
      path: "/v1/replies/{code}",
      summary: "Take a reply back, with its photos: of it nothing is left",
      auth: "public",
      params,
      response: { status: 204, description: "It is gone" },
      problems: ["STORE_WRITE_FAILED"],
      handle: async ({ params: { code } }) => respondEmpty(await parts.replies.withdraw(code)),
    }),
  ];
}

/** What both routes of files have in common. */
const RECEIVING = {
  method: "POST",
  grows: true,
  auth: "public",
  problems: FILE_PROBLEMS,
  response: { status: 201, description: "It is kept, and read after that" },
} as const;

function replyMediaRoutes(parts: PageParts): Route[] {
  return [
    route({
      ...RECEIVING,
      path: "/v1/replies/{code}/media",
      summary: "Add a photo or film to a reply",
      params: { code: ReplyCode },
      receive: {
        contentTypes: FILE_TYPES,
        start: ({ params: { code }, caller }, refuse) => {
          const at = parts.replies.codes.placeOf(code);
          if (at === undefined) return fail("NOT_FOUND", "No reply has this code", "code");
          const { replies } = parts;
          const isWanted = (): boolean => replies.codes.placeOf(code) !== undefined && replies.isThere(at);
          const begun = parts.media.receive({ ...at, from: "reply", client: caller.address, isWanted }, refuse);
          if (!begun.ok) return begun;
          const { chunk, end, abort } = begun.value;
          return ok({ chunk, abort, end: async () => taken(await end()) });
        },
      },
    }),
  ];
}

function uploadRoutes(parts: PageParts): Route[] {
  return [
    route({
      ...RECEIVING,
      path: "/v1/uploads/{upload}",
      summary: "The photo or film that the desk asked for; the link counts no more once it is kept",
      params: { upload: LinkName },
      receive: {
        contentTypes: FILE_TYPES,
        start: ({ params: { upload }, caller }, refuse) => {
          const used = parts.uploads.use(upload);
          if (!used.ok) return used;
          const { actionId, giveBack } = used.value;
          const begun = parts.media.receive(
            { actionId, place: 0, from: "caller", client: caller.address },
            (problem) => {
              giveBack();
              refuse(problem);
            },
          );
          if (!begun.ok) {
            giveBack();
            return begun;
          }
          const { chunk, end, abort } = begun.value;
          const back = (): void => {
            giveBack();
            abort();
          };
          const finish = async (): Promise<Result<HttpResponse>> => {
            const kept = await end();
            if (!kept.ok) giveBack();
            return taken(kept);
          };
          return ok({ chunk, abort: back, end: finish });
        },
      },
    }),
  ];
}

function taken(record: Result<unknown>): Result<HttpResponse> {
  return record.ok ? respond(undefined, 201) : record;
}

const OPEN: readonly Action["status"][] = ["selecting", "sending", "sent", "held"];

/** The action of this link, while it runs. NOT_FOUND. */
function openAction({ links, anyAction }: PageParts, link: string): Result<Action> {
  const action = anyAction(links.actionOf(link));
  const isOpen = action.ok && OPEN.includes(action.value.status) && Date.parse(action.value.expiresAt) > Date.now();
  return isOpen ? action : fail("NOT_FOUND", "There is no such page, or its action is over", "link");
}

function shownOf({ media }: PageParts, { id, text, texts, createdAt, startAt, expiresAt }: Action): PageView {
  const out = media.records.of(id, 0).flatMap(({ id: name, isOut, state, found }) => {
    if (!isOut || state !== "ready" || found === null) return [];
    const { kind, width, height } = found;
    return [{ media: name, kind, width, height }];
  });
  const others = Object.entries(texts).map(([language, said]) => [language, said.text]);
  return {
    ...{ text, texts: Object.fromEntries(others), startedAt: startAt ?? createdAt, expiresAt },
    media: out,
  };
}

/** For some seconds whoever passes it on may keep it. */
function cached(
  body: string | Uint8Array,
  contentType: string,
  tag: string,
  ifNoneMatch: string,
  more: Readonly<Record<string, string>> = {},
): Result<HttpResponse> {
  const headers = { ...more, "Cache-Control": `public, max-age=${PAGES.cachedSeconds}` };
  return respondKept({ body, contentType, tag, headers }, ifNoneMatch);
}
