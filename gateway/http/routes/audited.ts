/**
 * Which requests leave a record of who asked for what: those that look a person up, change or erase one, and files of them. What
 * actions and keys leave is written where they change, in the same commit.
 *
 * Promises that nobody is erased and no file taken without a record that was on the disk before, and that no look-up is answered
 * before its record is; what was refused is recorded with its code. While the disk is full nobody is looked up, for the record
 * would have no room (`grows` of those routes); an erasure goes on, and its records take of what is kept for carriers' answers.
 */

import { z } from "zod";
import type { Done, Trail } from "../../../engine/audit/trail.js";
import { MediaId } from "../../../schemas/api/action/media.js";
import { TestGroupName } from "../../../schemas/api/action/test-group.js";
import type { Deed } from "../../../schemas/api/audit.js";
import { MergeRequest, ParticipantNumber } from "../../../schemas/api/municipality.js";
import { ok, type Result } from "../../../schemas/errors.js";
import type { BodyReceiver } from "../request/body/body.js";
import { parseJson } from "../request/body/json.js";
import type { HttpResponse } from "../request/response.js";
import type { RawHead, Route } from "../request/route.js";

type On = Done["on"];

interface Rule {
  readonly deed: Deed;
  /** Recorded before it is done; what came of it once it is known. */
  readonly before?: Deed;
  /** In place of `deed` where it was answered 202: it is for the participant to decide. */
  readonly proposed?: Deed;
  /** Who it is about, as the request says. */
  readonly asked?: (request: RawHead, body: Uint8Array) => On;
  /** Who it was about, as the answer says. */
  readonly answered?: (body: unknown) => On;
}

/** What is no participant number may be anything, such as somebody's telephone number, and is not kept. */
function ofPath({ params }: RawHead): On {
  const participant = ParticipantNumber.safeParse(params.participant).data;
  return participant === undefined ? {} : { participant: String(participant) };
}
function ofGroup({ params }: RawHead): On {
  const testGroup = TestGroupName.safeParse(params.group).data;
  return testGroup === undefined ? {} : { testGroup };
}
function ofFile({ params }: RawHead): On {
  const [action, media] = [z.uuid().safeParse(params.id).data, MediaId.safeParse(params.media).data];
  return { ...(action !== undefined && { action }), ...(media !== undefined && { media }) };
}
const ofSession = ({ who }: RawHead): On => ({ participant: String(who.participant) });
const ofOne = (body: unknown): On => ({ participant: String((body as { participant: number }).participant) });

function ofMerge(request: RawHead, body: Uint8Array): On {
  const json = parseJson(body);
  const double = json.ok ? MergeRequest.safeParse(json.value).data?.participant : undefined;
  return { ...ofPath(request), ...(double !== undefined && { double: String(double) }) };
}

function ofSearch(body: unknown): On {
  const { participants } = body as { participants: readonly { participant: number }[] };
  return { participants: participants.map(({ participant }) => String(participant)) };
}

/** By method and path. */
const AUDITED: Readonly<Record<string, Rule>> = {
  "POST /v1/participants/search": { deed: "participant.sought", answered: ofSearch },
  "GET /v1/participants/{participant}": { deed: "participant.seen", asked: ofPath },
  "POST /v1/participants": { deed: "participant.added", answered: ofOne },
  "PATCH /v1/participants/{participant}": {
    ...{ deed: "participant.changed", before: "participant.changing" },
    asked: ofPath,
  },
  "POST /v1/participants/{participant}/merge": {
    ...{ deed: "participant.merged", before: "participant.merging" },
    asked: ofMerge,
  },
  "DELETE /v1/participants/{participant}": {
    ...{ deed: "participant.erased", before: "participant.erasing", proposed: "proposal.made" },
    asked: ofPath,
  },
  "DELETE /v1/self": { deed: "participant.erased", before: "participant.erasing", asked: ofSession },
  "GET /v1/proposals": { deed: "proposal.seen" },
  "DELETE /v1/proposals/{id}": {
    deed: "proposal.withdrawn",
    asked: ({ params }) => ({ proposal: z.uuid().safeParse(params.id).data ?? [] }),
  },
  "GET /v1/actions/{id}/media/{media}/original": {
    ...{ deed: "evidence.opened", before: "evidence.opening" },
    asked: ofFile,
  },
  "PATCH /v1/actions/{id}/media/{media}": { deed: "media.changed", asked: ofFile },
  "DELETE /v1/actions/{id}/media/{media}": { deed: "media.removed", asked: ofFile },
  "PUT /v1/test-groups/{group}": { deed: "testGroup.changed", asked: ofGroup },
  "DELETE /v1/test-groups/{group}": { deed: "testGroup.removed", asked: ofGroup },
};
const IMPORT = "POST /v1/imports";

/** The same routes, with those of the table leaving their records. */
export function audited(routes: readonly Route[], trail: Pick<Trail, "note">): Route[] {
  return routes.map((route) => {
    const name = `${route.method} ${route.path}`;
    const rule = AUDITED[name];
    if (name === IMPORT) return auditedImport(route, trail);
    return rule === undefined ? route : { ...route, run: (head, body) => runAudited(route, rule, trail, head, body) };
  });
}

async function runAudited(
  route: Route,
  { deed, before, proposed = deed, asked = () => ({}), answered }: Rule,
  trail: Pick<Trail, "note">,
  head: RawHead,
  body: Uint8Array,
): Promise<Result<HttpResponse>> {
  const { by } = head.who;
  const on = asked(head, body);
  const noted = before ? await trail.note({ by, deed: before, on }) : ok(undefined);
  if (!noted.ok) return noted;
  const result = await route.run(head, body);
  const found = result.ok && answered ? answered(result.value.body) : {};
  const done = result.ok && result.value.status === 202 ? proposed : deed;
  const after = await trail.note({ by, deed: done, on: { ...on, ...found }, refused: codeOf(result) });
  return after.ok ? result : after;
}

function auditedImport(route: Route, trail: Pick<Trail, "note">): Route {
  return {
    ...route,
    open(head, refuse) {
      const opened = route.open(head, refuse);
      if (!opened.ok) return opened;
      const { by } = head.who;
      const receiver = opened.value;
      const on: On = receiver.makes === undefined ? {} : { import: receiver.makes };
      const begun = trail.note({ by, deed: "import.begun", on });
      const heard: BodyReceiver = {
        chunk: (bytes, resume) => receiver.chunk(bytes, resume),
        abort: () => receiver.abort(),
        end: async () => {
          const noted = await begun;
          if (!noted.ok) return noted;
          const result = await receiver.end();
          const after = await trail.note({ by, deed: "import.received", on, refused: codeOf(result) });
          return after.ok ? result : after;
        },
      };
      return ok(heard);
    },
  };
}

function codeOf(result: Result<unknown>): string | null {
  return result.ok ? null : result.problem.code;
}
