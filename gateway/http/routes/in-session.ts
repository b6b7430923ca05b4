/** What the routes of self-service have in common: a session, codes, and what is stored. */
import type { ParticipantService } from "../../../engine/self/participant-service.js";
import type { Session } from "../../../engine/self/sessions.js";
import { CodeSent } from "../../../schemas/api/self.js";
import { type ErrorCode, fail, NUMBER_CODES, type Result } from "../../../schemas/errors.js";
import type { HttpResponse } from "../request/response.js";
import type { Handled } from "../request/route.js";

export const CODE_PROBLEMS = [
  ...NUMBER_CODES,
  "NUMBER_ABROAD",
  "TOO_MANY_REQUESTS",
  "CODE_NOT_SENT",
  "BUSY",
] as const satisfies readonly ErrorCode[];
export const STORE_PROBLEMS = ["STORE_WRITE_FAILED", "BUSY"] as const satisfies readonly ErrorCode[];

export const codeSent = { status: 202, description: "Sent, if it is for somebody", schema: CodeSent };

type Handler<Body, Params> = (
  session: Session,
  request: Handled<Body, undefined, Params>,
) => Promise<Result<HttpResponse>> | Result<HttpResponse>;

/** With the session that the request came in by; it may have ended while the body came in. */
export function inSession<Body, Params>(service: ParticipantService, handle: Handler<Body, Params>) {
  return (request: Handled<Body, undefined, Params>): Promise<Result<HttpResponse>> | Result<HttpResponse> => {
    const session = service.use(request.caller.credential);
    return session ? handle(session, request) : fail("SESSION_ENDED", "Enter by a code");
  };
}
