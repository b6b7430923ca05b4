/** Words for replies, as records and the API have them. */
import { CHANNELS } from "../words.js";

/** By what people reply: over a channel, where voice is a call that the desk wrote down, or by the page of an action. */
export const REPLY_CHANNELS = [...CHANNELS, "web"] as const;
export type ReplyChannel = (typeof REPLY_CHANNELS)[number];

/** What the desk makes of a reply. */
export const REPLY_MARKS = ["useful", "success", "noise"] as const;
export type ReplyMark = (typeof REPLY_MARKS)[number];
