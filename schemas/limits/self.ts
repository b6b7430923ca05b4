/** Bounds of self-service: of codes, of who may ask for them, and of sessions. */
export const SELF = {
  /** Digits of a code: what people copy from a message without a mistake; the bounds below make guessing it hopeless. */
  codeDigits: 6,
  /** Characters of a challenge's name, which has 22. */
  challengeCharacters: 64,
  /** How long a code counts: a mail may take some minutes, and a code that is older is more likely somebody else's find. */
  codeMs: 600_000,
  /** Guesses at one code. Who mistypes does so once or twice. */
  attempts: 5,
  /**
   * Codes to one number or mail address: a second and a third because messages get lost; more is somebody who bothers its
   * owner. With `attempts` this makes 50 guesses a day at one person's code, of a million.
   */
  codesPerContact: [
    { count: 3, ms: 900_000 },
    { count: 10, ms: 86_400_000 },
  ],
  /** Codes asked for from one client address. Thousands share one at a mobile operator, of whom few enter at a time. */
  codesPerClient: [{ count: 60, ms: 3_600_000 }],
  /** Wrong codes from one client address: half of those who enter mistype once. */
  wrongPerClient: [{ count: 60, ms: 3_600_000 }],
  /**
   * Codes over all, for each costs what an SMS costs: 20 a second is what a call on television brings, and 20,000 an hour
   * bounds what an attacker with many addresses can make us spend.
   */
  codes: [
    { count: 20, ms: 1_000 },
    { count: 20_000, ms: 3_600_000 },
  ],
  /** Wrong codes over all: with 2,000 an hour, someone gets in by guessing once in three weeks, whatever the addresses. */
  wrong: [{ count: 2_000, ms: 3_600_000 }],
  /** Contacts of whom is remembered when they were sent a code, for a day, at 300 bytes each; beyond it no new ones. */
  contacts: 131_072,
  /** Client addresses likewise, for an hour. IPv6 counts by its /64. */
  clients: 65_536,
  /**
   * Changes of what one participant wants to hear where. Each can bring some twenty terms that nobody has had yet, of
   * which the registry holds REGISTRY.terms for good: that takes more than a month for one who is up to nothing else.
   */
  wishesPerParticipant: [
    { count: 60, ms: 3_600_000 },
    { count: 120, ms: 86_400_000 },
  ],
  /** Participants of whom is remembered when they did so, for a day; beyond it nobody else does. */
  wishers: 131_072,
  /** Codes that count at a time: those of ten minutes, and a little room. */
  challenges: 20_000,
  /** Codes that wait for a sender; more would be too old when they arrive. */
  waitingCodes: 512,
  /**
   * Codes that are with the carriers at a time. Each has a wave of its own, which takes one of DISPATCH.liveWaves: a quarter
   * of them, for alarms must always find one.
   */
  codeWaves: 64,
  /** A session ends when nothing was done in it for so long, as one at a counter would. */
  sessionIdleMs: 1_800_000,
  /** And at the latest then, whatever is done in it: half a day. */
  sessionMs: 43_200_000,
  /** Sessions of one participant: telephone, computer and a few that were not closed. The oldest ends. */
  sessionsPerParticipant: 5,
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
