/** The head of a request without anything that it need not have, for tests that call a route themselves. */
import type { RawHead } from "../../../../gateway/http/request/route.js";
import { principalOf } from "../../../engine/rights/principals.js";

export const PLAIN_HEAD: RawHead = {
  ...{ method: "GET", path: "/", params: {}, query: "", idempotencyKey: "", contentLength: "" },
  ...{ ifMatch: "", ifNoneMatch: "", range: "", ifRange: "", charset: undefined, acceptEncoding: "" },
  ...{ isSecure: false, signal: new AbortController().signal },
  who: { ...principalOf("key"), participant: -1, session: "", address: "" },
};
