/** What the nationwide run asks, shared with the benchmarks so that both measure the same. */
import type { AreaInput } from "../../schemas/api/area.js";

/** Around the middle of the country, wide enough for its corners and for participants just over the border. */
export const NATIONWIDE_AREA: AreaInput = { type: "Circle", center: [5.3, 52.15], radiusMeters: 300_000 };

/** One part in the SMS alphabet. */
export const NATIONWIDE_TEXT =
  "Burgernet: jongen van 5 vermist bij het station. Blond, rode jas, blauwe rugzak. Gezien? Bel 0800-0011. Dank voor uw hulp!";
