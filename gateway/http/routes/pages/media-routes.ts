/** The desk's routes of photos and films: what goes out with an action, what came with replies, and the originals. */
import type { MediaRecord } from "../../../../engine/media/media-record.js";
import type { Principal } from "../../../../engine/rights/principal.js";
import { MediaChange, MediaId, MediaList, MediaQuery, MediaView } from "../../../../schemas/api/action/media.js";
import { ok, type Result } from "../../../../schemas/errors.js";
import { MEDIA } from "../../../../schemas/limits.js";
import { partOf } from "../../request/part.js";
import { type HttpResponse, respond, respondEmpty, respondLocated } from "../../request/response.js";
import { type Route, route } from "../../request/route.js";
import { FILE_PROBLEMS, FILE_TYPES, type PageParts, viewOf } from "./parts.js";

const READING = ["draft", "dispatch", "replies"] as const;
const DRAFTING = ["draft", "dispatch"] as const;
const ONE = "/v1/actions/{id}/media/{media}";
const BYTES = {
  status: 200,
  description: "The picture as JPEG, the film as MP4",
  inParts: true,
  otherTypes: ["image/jpeg", "video/mp4"],
};

export function mediaRoutes(parts: PageParts): Route[] {
  return [...ofAction(parts), ...ofOne(parts), ...originalRoutes(parts)];
}

function ofAction(parts: PageParts): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/actions/{id}/media",
      grows: true,
      summary:
        "Attach a photo or film that goes out with the action, from its draft on; it is read once it was answered",
      auth: "key",
      scopes: DRAFTING,
      response: { status: 201, description: "It is kept; Location is where it is", schema: MediaView, located: true },
      problems: FILE_PROBLEMS,
      receive: {
        contentTypes: FILE_TYPES,
        start: ({ id, caller }, refuse) => {
          const action = parts.action(id, caller);
          if (!action.ok) return action;
          const target = { actionId: id, place: 0, from: "desk", client: caller.keyId } as const;
          const begun = parts.media.receive(target, refuse);
          if (!begun.ok) return begun;
          const { chunk, end, abort } = begun.value;
          return ok({ chunk, abort, end: async () => made(await end()) });
        },
      },
    }),
    route({
      method: "GET",
      path: "/v1/actions/{id}/media",
      summary: "All photos and films of an action, in pages: those that go out with it, and those of replies",
      auth: "key",
      scopes: READING,
      query: MediaQuery,
      response: { status: 200, description: "In no order of time", schema: MediaList },
      handle: ({ id, query, caller }) => {
        const action = parts.action(id, caller);
        if (!action.ok) return action;
        const { records, next } = parts.media.records.page(id, query.after, query.limit ?? MEDIA.pageSize);
        return respond({ media: records.map(viewOf), next });
      },
    }),
  ];
}

function ofOne(parts: PageParts): Route[] {
  const params = { media: MediaId };
  return [
    route({
      method: "GET",
      path: ONE,
      summary: "Look at it, as it was encoded anew",
      auth: "key",
      scopes: READING,
      params,
      response: BYTES,
      problems: ["STORE_CORRUPT"],
      handle: async ({ id, params: { media }, caller, range, ifRange }) => {
        const record = found(parts, id, media, caller);
        return record.ok ? shown(record.value, await parts.media.look(record.value, false), range, ifRange) : record;
      },
    }),
    route({
      method: "PATCH",
      path: ONE,
      grows: true,
      summary: "Show it on the action's page or not, and make parts of a photo unreadable, such as faces and plates",
      auth: "key",
      scopes: DRAFTING,
      params,
      body: MediaChange,
      response: { status: 200, description: "As it is now", schema: MediaView },
      problems: [
        "WRONG_STATE",
        "MEDIA_TYPE",
        "MEDIA_TOO_LARGE",
        "MEDIA_DAMAGED",
        "STORE_CORRUPT",
        "STORE_WRITE_FAILED",
      ],
      handle: async ({ id, params: { media }, body, caller }) => {
        const record = found(parts, id, media, caller);
        if (!record.ok) return record;
        const { out = record.value.isOut, blurs = record.value.blurs } = body;
        const changed = await parts.media.change(id, media, out, blurs);
        return changed.ok ? respond(viewOf(changed.value)) : changed;
      },
    }),
    route({
      method: "DELETE",
      path: ONE,
      summary: "Remove it with its original; of it nothing is left",
      auth: "key",
      scopes: ["dispatch"],
      params,
      response: { status: 204, description: "It is gone" },
      problems: ["STORE_WRITE_FAILED"],
      handle: async ({ id, params: { media }, caller }) => {
        const record = found(parts, id, media, caller);
        return record.ok ? respondEmpty(await parts.media.remove([record.value])) : record;
      },
    }),
  ];
}

function originalRoutes(parts: PageParts): Route[] {
  const params = { media: MediaId };
  return [
    route({
      method: "GET",
      path: `${ONE}/original`,
      grows: true,
      summary: "The file as it came, which is evidence; that it was opened is on record",
      auth: "key",
      scopes: ["evidence"],
      params,
      response: { status: 200, description: "The file", otherTypes: ["application/octet-stream"] },
      problems: ["STORE_CORRUPT", "STORE_WRITE_FAILED"],
      handle: async ({ id, params: { media }, caller }) => {
        const record = found(parts, id, media, caller);
        const original = record.ok ? await parts.media.original(record.value) : record;
        return original.ok ? file(original.value, media) : original;
      },
    }),
  ];
}

function found({ action, media: all }: PageParts, id: string, media: string, by: Principal): Result<MediaRecord> {
  const seen = action(id, by);
  return seen.ok ? all.get(id, media) : seen;
}

function made(record: Result<MediaRecord>): Result<HttpResponse> {
  if (!record.ok) return record;
  const { actionId, id } = record.value;
  return respondLocated(viewOf(record.value), `/v1/actions/${actionId}/media/${id}`);
}

function shown(
  { found: what }: MediaRecord,
  bytes: Result<Buffer>,
  range: string,
  ifRange: string,
): Result<HttpResponse> {
  if (!bytes.ok) return bytes;
  return ok(partOf({ status: 200, body: bytes.value, contentType: what!.contentType }, range, ifRange, undefined));
}

/** Never as something that a browser opens: nobody knows what is in it. */
function file(bytes: Buffer, name: string): Result<HttpResponse> {
  const headers = {
    "Content-Disposition": `attachment; filename="${name}.bin"`,
    "Content-Security-Policy": "default-src 'none'; sandbox",
  };
  return ok({ status: 200, body: bytes, contentType: "application/octet-stream", headers });
}
