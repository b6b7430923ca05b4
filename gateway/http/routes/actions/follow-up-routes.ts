/** The routes by which a control room follows up what it has sent: corrected text, more people, the same once more, a false alarm. */
import type { ActionService } from "../../../../engine/actions/service.js";
import type { Tips } from "../../../../engine/tips/tips.js";
import { CorrectionRequest, UpdateRequest, WideningRequest } from "../../../../schemas/api/action/follow-up.js";
import { ok } from "../../../../schemas/errors.js";
import { type Route, route } from "../../request/route.js";
import { ACTION, answered, OF_TEXT, SPENT } from "./answered.js";

const SAYING = [...OF_TEXT, "CONTACT_UNVERIFIED", "TEXT_REPEATED"] as const;
const SENDING = ["WRONG_STATE", "BUSY", "DISK_FULL", "NO_CARRIER", "GENERATED_REGISTRY", "STORE_WRITE_FAILED"] as const;

/** Replies of which an update may come. */
export type UpdatingTips = Pick<Tips, "check" | "used">;

export function followUpRoutes(service: ActionService, tips?: UpdatingTips): Route[] {
  return [
    updateRoute(service, tips),
    route({
      method: "POST",
      path: "/v1/actions/{id}/widenings",
      summary:
        "Ask more people, each of whom was not asked before: those of another area, of circles that grow step by step, or the nearest " +
        "until enough were asked",
      auth: "key",
      scopes: ["dispatch"],
      sends: true,
      body: WideningRequest,
      response: ACTION,
      problems: [
        ...SENDING,
        "INVALID_AREA",
        "MUNICIPALITY_UNKNOWN",
        "WORKER_DIED",
        "STORE_CORRUPT",
        "TOO_MANY_ROUNDS",
        "TEXT_REPEATED",
        "AREA_FORBIDDEN",
        "TEST_GROUP_UNKNOWN",
        ...SPENT,
      ],
      handle: async ({ id, body, caller }) => answered(await service.widen(id, body, caller)),
    }),
    route({
      method: "POST",
      path: "/v1/actions/{id}/repeat",
      summary: "Send the text once more to whom it reached, or may have",
      auth: "key",
      scopes: ["dispatch"],
      sends: true,
      response: ACTION,
      problems: [...SENDING, "TOO_MANY_ROUNDS", ...SPENT],
      handle: async ({ id, caller }) => answered(await service.repeat(id, caller)),
    }),
    route({
      method: "POST",
      path: "/v1/actions/{id}/correction",
      summary:
        "It was not so: nothing more of it leaves, whom it reached, or may have, reads that, and the action ends by it as cancelled",
      auth: "key",
      scopes: ["dispatch"],
      sends: true,
      body: CorrectionRequest,
      response: ACTION,
      problems: ["WRONG_STATE", "NO_CARRIER", "STORE_WRITE_FAILED", ...SAYING, ...SPENT],
      handle: async ({ id, body, caller }) => answered(await service.correct(id, body, caller)),
    }),
  ];
}

function updateRoute(service: ActionService, tips: UpdatingTips | undefined): Route {
  return route({
    method: "POST",
    path: "/v1/actions/{id}/updates",
    summary:
      "Correct the text: nothing more of the old one leaves; the new one goes to exactly those whom the old one reached, or may have, " +
      "and in its place to those who were still to be sent to",
    auth: "key",
    scopes: ["dispatch"],
    sends: true,
    body: UpdateRequest,
    response: ACTION,
    problems: [...SENDING, "TOO_MANY_ROUNDS", ...SAYING, ...SPENT],
    handle: async ({ id, body: { reply, ...body }, caller }) => {
      const seen = reply === undefined ? ok(undefined) : service.get(id, caller);
      if (!seen.ok) return seen;
      const there = reply === undefined || tips === undefined ? ok(undefined) : tips.check(id, reply, "/reply");
      const updated = there.ok ? await service.update(id, body, caller) : there;
      const used = updated.ok && reply !== undefined ? await tips?.used(id, reply, caller.by) : undefined;
      return answered(used === undefined || used.ok ? updated : used);
    },
  });
}
