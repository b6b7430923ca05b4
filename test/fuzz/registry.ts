/** All targets; `npm run fuzz` runs them in this order. */
import type { Target } from "./target.js";
import { assembly } from "./targets/assembly.js";
import { codec } from "./targets/codec.js";
import { framer } from "./targets/framer.js";
import { incoming } from "./targets/incoming.js";
import { positions } from "./targets/positions.js";
import { receipt } from "./targets/receipt.js";
import { session } from "./targets/session.js";

export const TARGETS: readonly Target[] = [framer, codec, receipt, incoming, assembly, session, positions];
