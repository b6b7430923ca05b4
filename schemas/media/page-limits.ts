/** Bounds of the page of an action, and of what comes in by it. */
export const PAGES = {
  /** Bytes of the name of a page in its link: 64 bits, in 11 characters, that nobody guesses. Each character is one less of the text. */
  linkBytes: 8,
  linkCharacters: 11,
  /** Bytes of a code by which a sender comes back to a reply: 80 bits, in 16 characters that can be written on paper. */
  codeBytes: 10,
  /** Characters of a code as it is typed, with what people put between. */
  codeCharacters: 32,
  /** Characters of a reply by the page, or of one that the desk writes down: a good page of paper. */
  replyCharacters: 4_000,
  /** And of where it was, in words. */
  placeCharacters: 200,
  /** Degrees to which a place is rounded for whoever may not see it exactly: 550 m by 340 m, a neighbourhood. */
  placeDegrees: 0.005,
  /** And meters to which its distance is. */
  placeMeters: 500,
  /** And of what the desk answers. */
  answerCharacters: 2_000,
  /** Answers of the desk to one reply. */
  answersPerReply: 20,
  /** Replies from one client address: thousands share one at a mobile operator, of whom few have seen something. */
  repliesPerClient: [{ count: 60, ms: 3_600_000 }],
  /** And from one network (/24, /48). */
  repliesPerNetwork: [{ count: 600, ms: 3_600_000 }],
  /** Addresses and networks of which that is remembered, for an hour, at 200 bytes each. */
  clients: 65_536,
  networks: 65_536,
  /** How long a link for one upload counts, and how many there are at a time: a caller is on the telephone with the desk. */
  uploadMs: 3_600_000,
  uploads: 1_024,
  /** Seconds for which what a page shows may be kept by whoever passes it on; so long it is seen after it was taken down. */
  cachedSeconds: 30,
  /** Records that a pass of removing what is too old looks at. */
  perPass: 200,
} as const;
