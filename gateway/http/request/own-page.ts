/**
 * What a browser sends along by itself, and how it is told from what another site has it send: the console's cookie counts for what
 * changes something only where a page of this service asked. Three things say so, none of which another site's page can bring about:
 * Sec-Fetch-Site, or for a browser without it the Origin, and a header that nobody may add from elsewhere unless we allowed it, which
 * we do not. A WebSocket's handshake has no headers of the page's own, and of the first some browsers say nothing or too little.
 */
import { fail } from "../../../schemas/errors.js";
import type { RequestHead } from "../transport/transport.js";

export const CONSOLE_COOKIE = "seinpost-session";
/** A token of 256 bits in base64url, as we make them; anything else is none. */
const TOKEN = new RegExp(`(?:^|;) *${CONSOLE_COOKIE}=([A-Za-z0-9_-]{43}) *(?:;|$)`);

export const NOT_OURS = fail("CSRF_REFUSED", "Ask from the console's own pages, or with an API key", "Origin");

export function consoleToken(cookie: string): string | undefined {
  return TOKEN.exec(cookie)?.[1];
}

export function isOwnPage(head: RequestHead, isUpgrade: boolean): boolean {
  const isOwnOrigin = head.origin !== "" && head.host !== "" && hostOf(head.origin) === head.host.toLowerCase();
  if (isUpgrade) return isOwnOrigin || head.fetchSite === "same-origin";
  const isOurs = head.fetchSite === "" ? isOwnOrigin : head.fetchSite === "same-origin";
  return isOurs && head.consoleMark === "1";
}

function hostOf(origin: string): string | undefined {
  return /^https?:\/\/([^/?#]+)$/i.exec(origin)?.[1]?.toLowerCase();
}
