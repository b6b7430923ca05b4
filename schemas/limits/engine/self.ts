/** Bounds of self-service: of codes, of who may ask for them, and of sessions. */
export const SELF = {
  /** Digits of a code: what people copy from a message without a mistake; the bounds below make guessing it hopeless. */
  codeDigits: 6,
  /** And while somebody guesses (`guesses`): a hundred times as many codes, and still what people can copy. */
  guessedDigits: 8,
  /** Characters of a challenge's name, which has 22. */
  challengeCharacters: 64,
  /** How long a code counts: a mail may take some minutes, and a code that is older is more likely somebody else's find. */
  codeMs: 600_000,
  /** Guesses at one code. Who mistypes does so once or twice. */
  attempts: 5,
  /** And while somebody guesses. */
  guessedAttempts: 3,
  /**
   * Codes to one number or mail address: a second and a third because messages get lost; more is somebody who bothers its
   * owner. With what is kept and `attempts` this makes 75 guesses a day at one person's code, of a million.
   */
  codesPerContact: [
    { count: 3, ms: 900_000 },
    { count: 10, ms: 86_400_000 },
  ],
  /** More of them, once those are used up, for clients of clean networks alone: who bothers somebody does not lock them out. */
  codesKeptForContact: [
    { count: 2, ms: 900_000 },
    { count: 5, ms: 86_400_000 },
  ],
  /** Codes asked for from one client address. Thousands share one at a mobile operator, of whom few enter at a time. */
  codesPerClient: [{ count: 60, ms: 3_600_000 }],
  /** And from one network (/24, /48): ten addresses that use theirs up, or an operator's 250 of which each has some. */
  codesPerNetwork: [{ count: 600, ms: 3_600_000 }],
  /** Wrong codes from one client address: half of those who enter mistype once. */
  wrongPerClient: [{ count: 60, ms: 3_600_000 }],
  /** And from one network, for addresses that missed before. */
  wrongPerNetwork: [{ count: 600, ms: 3_600_000 }],
  /** Codes asked for and missed within the hour from which on a network is none of those for which something is kept. */
  cleanNetwork: 10,
  /**
   * Guesses at codes that count, from everywhere. From half of this on codes have `guessedDigits` and take `guessedAttempts`,
   * and nobody is refused. Before, someone gets in by guessing once in six weeks; then, with every code that `paceMs` lets go
   * out guessed at, once in a week, and each of those was an SMS to a participant.
   */
  guesses: [{ count: 2_000, ms: 3_600_000 }],
  /** Contacts of whom is remembered when they were sent a code, for a day, at 300 bytes each. */
  contacts: 131_072,
  /** Client addresses likewise, for an hour, at up to 700 bytes each. IPv6 counts by its /64. */
  clients: 65_536,
  /** Networks likewise, at 200 bytes each. */
  networks: 65_536,
  /**
   * The pace at which codes are dealt with, apart from the answers to those who asked: one goes out in each beat, or is made as
   * if it did. 50 a second is more than a call on television brings, and each beat leaves the main thread to others for most
   * of it.
   */
  paceMs: 20,
  /** Contacts looked up in one beat: so many more than go out that those of strangers don't hold up those of participants. */
  looksPerBeat: 4,
  /** Requests that wait to be looked up, and as many of clean networks beside them: what is looked up in a second. */
  waitingLooks: 192,
  /** Codes that wait for their beat, of participants and of all others each: those of five seconds. */
  waitingBeats: 256,
  /**
   * Changes of what one participant wants to hear where. Each can bring some twenty terms that nobody has had yet, of
   * which the registry holds REGISTRY.terms for good: that takes more than a month for one who is up to nothing else.
   */
  wishesPerParticipant: [
    { count: 60, ms: 3_600_000 },
    { count: 120, ms: 86_400_000 },
  ],
  /** Participants of whom is remembered when they did so, for a day. */
  wishers: 131_072,
  /** Codes that count at a time: as many as go out while one counts, and those that wait; some 350 bytes each. And as many for nobody. */
  challenges: 32_768,
  /** Codes by SMS that wait for a carrier; what waits longer waits for its beat, or is refused. */
  waitingCodes: 64,
  /**
   * Codes that are with the carriers at a time. Each has a wave of its own, which takes one of DISPATCH.liveWaves: a quarter
   * of them, for alarms must always find one.
   */
  codeWaves: 64,
  /**
   * Codes by SMS to one block of ten thousand numbers, which is how operators have theirs: who pumps has a block or two and not
   * the whole country. In a block of Dutch mobile numbers are some 180 participants.
   */
  smsPerBlock: [
    { count: 40, ms: 3_600_000 },
    { count: 120, ms: 86_400_000 },
  ],
  /** To one's own country, the first of SEINPOST_CODE_COUNTRIES: what a call on television brings, and 100,000 who join a day. */
  smsAtHome: [
    { count: 20_000, ms: 3_600_000 },
    { count: 100_000, ms: 86_400_000 },
  ],
  /** To each of the others, where SMS costs more and few participants live. */
  smsAbroad: [
    { count: 500, ms: 3_600_000 },
    { count: 2_000, ms: 86_400_000 },
  ],
  /** Blocks of which is remembered how many codes went there; the Dutch mobile numbers have 8,000. */
  smsBlocks: 32_768,
  /** Codes to new numbers of one country within an hour from which on it counts how many were used. */
  conversionFrom: 50,
  /** Share of those used, in hundredths, below which it is an alarm: of people who join three in four do so. */
  conversionPercent: 25,
  /** A session ends when nothing was done in it for so long, as one at a counter would. */
  sessionIdleMs: 1_800_000,
  /** And at the latest then, whatever is done in it: half a day. */
  sessionMs: 43_200_000,
  /** Sessions of one participant: telephone, computer and a few that were not closed. The oldest ends. */
  sessionsPerParticipant: 5,
  /** How long what a fresh code approved of may be done, once. */
  approvalMs: 300_000,
  /** Sessions over all, at some 350 bytes each. */
  sessions: 65_536,
  /** Connections to the mail server at a time; each carries some ten messages a second. */
  mailConnections: 4,
  /** Mails that wait or are being sent: what goes out in ten seconds or so. */
  waitingMails: 512,
  /** How long a mail server may take to be reached, to greet, and to answer. */
  mailConnectMs: 10_000,
  mailSilentMs: 20_000,
  /** How often a mail is sent again where the connection broke off. */
  mailRequeues: 3,
  /** How long the close of the service waits for mails that are being sent. */
  mailCloseMs: 3_000,
} as const;
