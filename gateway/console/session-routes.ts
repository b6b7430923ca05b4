/**
 * Signing in to the console, and out. The cookie can't be read by a script, goes to no other site and ends with the browser; nothing stands
 * behind it that the key itself does not open.
 */
import type { Trail } from "../../engine/audit/trail.js";
import { municipalityCode } from "../../engine/geo/municipality-code.js";
import type { Principal } from "../../engine/rights/principal.js";
import { ConsoleSession, SignIn } from "../../schemas/console/session.js";
import { fail, ok } from "../../schemas/errors.js";
import { SCOPES } from "../../schemas/words.js";
import { CONSOLE_COOKIE } from "../http/request/own-page.js";
import { respond } from "../http/request/response.js";
import { type Route, route } from "../http/request/route.js";
import type { ConsoleSessions, OpenSession } from "./sessions.js";

const PATH = "/v1/console/sessions";
/** Whatever it may: who signs in, or out, needs no scope for it. */
const auth = { auth: "key", scopes: SCOPES } as const;

/** Signing in and out leave a record each; one that ends by itself leaves none. */
export function sessionRoutes(sessions: ConsoleSessions, trail: Pick<Trail, "note">): Route[] {
  return [
    route({
      method: "POST",
      path: PATH,
      summary: "Sign in: an API key is exchanged for a session of the console's pages, by cookie",
      auth: "public",
      ownPagesOnly: true,
      body: SignIn,
      response: { status: 201, description: "The session; its cookie is in Set-Cookie", schema: ConsoleSession },
      problems: ["UNAUTHENTICATED", "STORE_WRITE_FAILED"],
      handle: async ({ body, isSecure }) => {
        const opened = sessions.open(body.key);
        if (!opened.ok) return opened;
        const { principal, session, token } = opened.value;
        const noted = await trail.note({ by: principal.by, deed: "session.opened", on: { key: principal.keyId } });
        if (!noted.ok) {
          sessions.end(session);
          return noted;
        }
        const headers = { "Set-Cookie": cookie(token, isSecure) };
        return ok({ status: 201, body: view(principal, opened.value), headers });
      },
    }),
    route({
      method: "GET",
      path: PATH,
      summary: "Who asks, by key or in a session, and what they may",
      ...auth,
      response: { status: 200, description: "The key, and the session where there is one", schema: ConsoleSession },
      handle: ({ caller }) => {
        if (caller.session === "") return respond(view(caller));
        const open = sessions.look(caller.session);
        return open.ok ? respond(view(caller, open.value)) : open;
      },
    }),
    route({
      method: "DELETE",
      path: PATH,
      summary: "Sign out: the session ends at once, with what was opened in it",
      ...auth,
      response: { status: 204, description: "It has ended" },
      problems: ["WRONG_STATE", "STORE_WRITE_FAILED"],
      handle: async ({ caller, isSecure }) => {
        if (caller.session === "") return fail("WRONG_STATE", "The request came with a key, and in no session");
        sessions.end(caller.session);
        const noted = await trail.note({ by: caller.by, deed: "session.ended", on: { key: caller.keyId } });
        if (!noted.ok) return noted;
        return ok({ status: 204, body: undefined, headers: { "Set-Cookie": `${cookie("", isSecure)}; Max-Age=0` } });
      },
    }),
  ];
}

function cookie(token: string, isSecure: boolean): string {
  return `${CONSOLE_COOKIE}=${token}; HttpOnly; SameSite=Strict; Path=/${isSecure ? "; Secure" : ""}`;
}

function view({ keyId, by, scopes, municipalities }: Principal, open?: OpenSession): ConsoleSession {
  const inMs = (ms: number | undefined): string | null =>
    ms === undefined ? null : new Date(Date.now() + ms).toISOString();
  return {
    ...{ key: keyId, name: by.name, scopes: [...scopes] },
    municipalities: municipalities?.flatMap((number) => municipalityCode(number) ?? []) ?? null,
    ...{ endsAt: inMs(open?.leftMs), idleEndsAt: inMs(open?.idleLeftMs) },
  };
}
