/** Words for photos and films, as records and the API have them. */

/** `waiting`: it came, and was not read yet. `ready`: it can be looked at. `refused`: it can't, and a code says why. */
export const MEDIA_STATES = ["waiting", "ready", "refused"] as const;
export type MediaState = (typeof MEDIA_STATES)[number];

export const MEDIA_KINDS = ["photo", "video"] as const;
export type MediaKind = (typeof MEDIA_KINDS)[number];

/** Who a file is from: the desk itself, a caller whom it asked, or somebody who replied. */
export const MEDIA_SENDERS = ["desk", "caller", "reply"] as const;
export type MediaSender = (typeof MEDIA_SENDERS)[number];
