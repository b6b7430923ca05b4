/** The route of the kinds of action: what a dispatcher may start, and what each asks to be filled in. */
import type { Kinds } from "../../../../engine/actions/kinds/kinds.js";
import { KindList } from "../../../../schemas/kinds/kinds-file.js";
import { respond } from "../../request/response.js";
import { type Route, route } from "../../request/route.js";

export function kindRoutes(kinds: Pick<Kinds, "catalogue">): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/kinds",
      summary: "Kinds of action: what follows from each, what to fill in, and what it says in each language",
      auth: "key",
      scopes: ["draft", "dispatch", "watch"],
      response: { status: 200, description: "All of them, with what they have in common", schema: KindList },
      handle: () => respond({ kinds: kinds.catalogue.kinds, ...kinds.catalogue.common }),
    }),
  ];
}
