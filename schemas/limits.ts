/**
 * Every bound of the system, each with its reason. Nothing else in the code may invent a limit of its own: a queue, a
 * buffer, a window, a body, a retry or a loop is bounded by a name from here.
 */
export { KINDS, REPEATS } from "./kinds/limits.js";
export { API } from "./limits/api.js";
export { ASKING, PREVIEWS } from "./limits/asking.js";
export { AUDIT } from "./limits/audit.js";
export { CLOCK } from "./limits/clock.js";
export { DISPATCH, FAILOVER, RECEIPTS, REPLIES, RETRY, ROUNDS, TEST_GROUPS } from "./limits/dispatch.js";
export { POSITIONS, REGISTRY, SELECTION, STORE, VAULT } from "./limits/engine.js";
export { BACKUP, KEPT, RETENTION } from "./limits/keeping.js";
export { MUNICIPALITY } from "./limits/municipality.js";
export { OUTPUT } from "./limits/output.js";
export { PLACES, REACH } from "./limits/places.js";
export { PROPOSALS } from "./limits/proposals.js";
export { RIGHTS } from "./limits/rights.js";
export { SELF } from "./limits/self.js";
export { OUTSTANDING, OVERLOAD, PACE, SMPP } from "./limits/smpp.js";
export { THREAD } from "./limits/thread.js";
export { LOADTEST, MONITOR, SIMULATOR } from "./limits/tools.js";
