/** Words for replies, photos and films, as records and the API have them. */
import { CHANNELS } from "../words.js";

/** By what people reply: over a channel, where voice is a call that the desk wrote down, or by the page of an action. */
export const REPLY_CHANNELS = [...CHANNELS, "web"] as const;
export type ReplyChannel = (typeof REPLY_CHANNELS)[number];

/** `waiting`: it came, and was not read yet. `ready`: it can be looked at. `refused`: it can't, and a code says why. */
export const MEDIA_STATES = ["waiting", "ready", "refused"] as const;
export type MediaState = (typeof MEDIA_STATES)[number];

export const MEDIA_KINDS = ["photo", "video"] as const;
export type MediaKind = (typeof MEDIA_KINDS)[number];

/** Who a file is from: the desk itself, a caller whom it asked, or somebody who replied. */
export const MEDIA_SENDERS = ["desk", "caller", "reply"] as const;
export type MediaSender = (typeof MEDIA_SENDERS)[number];

/** What the desk makes of a reply. */
export const REPLY_MARKS = ["useful", "success", "noise"] as const;
export type ReplyMark = (typeof REPLY_MARKS)[number];
