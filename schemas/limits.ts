/**
 * Every bound of the system, each with its reason. Nothing else in the code may invent a limit of its own: a queue, a
 * buffer, a window, a body, a retry or a loop is bounded by a name from here.
 */
export { KINDS, REPEATS } from "./kinds/limits.js";
export { ASKING, PREVIEWS } from "./limits/engine/asking.js";
export { AUDIT } from "./limits/engine/audit.js";
export { CARRIER_CONTROL, HISTORY } from "./limits/engine/carriers.js";
export { CLOCK } from "./limits/engine/clock.js";
export { DESK, REACTED, STREAM } from "./limits/engine/desk.js";
export { DISPATCH, FAILOVER, RECEIPTS, REPLIES, RETRY, ROUNDS, TEST_GROUPS } from "./limits/engine/dispatch.js";
export { POSITIONS, REGISTRY, SELECTION, STORE, VAULT } from "./limits/engine/engine.js";
export { BACKUP, KEPT, RETENTION } from "./limits/engine/keeping.js";
export { MUNICIPALITY } from "./limits/engine/municipality.js";
export { PLACES, REACH } from "./limits/engine/places.js";
export { PROPOSALS } from "./limits/engine/proposals.js";
export { RESULTS } from "./limits/engine/results.js";
export { RIGHTS } from "./limits/engine/rights.js";
export { SELF } from "./limits/engine/self.js";
export { THREAD } from "./limits/engine/thread.js";
export { WEBHOOKS } from "./limits/engine/webhooks.js";
export { API } from "./limits/gateway/api.js";
export { CONSOLE } from "./limits/gateway/console.js";
export { OUTPUT } from "./limits/gateway/output.js";
export { OUTSTANDING, OVERLOAD, PACE, SMPP } from "./limits/gateway/smpp.js";
export { LOADTEST, MONITOR, SIMULATOR } from "./limits/tools.js";
export { MEDIA } from "./media/limits.js";
export { PAGES } from "./media/page-limits.js";
