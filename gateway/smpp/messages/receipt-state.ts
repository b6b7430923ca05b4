/**
 * What the word behind "stat:" means. SMPP 3.4 has eight of seven letters; every make has its own beside them, and some write
 * sentences. Letters alone count, and of those the beginning: the longest that a word here begins with decides.
 *
 * Sources: SMPP 3.4, appendix B; SMPP 5.0, 4.7.15; what SMS Central (NOCRED, SYSERR, BUFFRED), PSWinCom (BARRED, BARREDA,
 * ZEROBAL, NULL), Kaleyra (ABSENT-SUB, BLACKLIST, INV-NUMBER, MOB-OFF, NO-CREDITS, NO-DLR-OPTR, NOT-OPTIN, SENT - NO DLR) and
 * Ozeki's list of carriers (NACK, FAILED) document of their receipts.
 */
import { RECEIPT_STATE } from "../../../schemas/link.js";

/** By state, in lower case and of four letters at least. What is final here came as a final receipt in one of those lists. */
const WORDS: Readonly<Record<keyof typeof RECEIPT_STATE, string>> = {
  delivered: "deli delv dlvr succ",
  deleted: "dele canc",
  enroute: "enro sche buff pend queu wait retr subm sent sending tran inpr proc temp forw rout deliveryp deliveryinp",
  expired: "expi timeo timed valexp validitye deliveryt",
  undeliverable:
    "unde undv fail notd deliveryf deliverye deliveryrej deliveryi deliveryn deliveryuns " +
    "abse barr blac bloc call cann cond cred dndn dndr erro exce hand ille insu inva invn invs invt limi lowb meme memo " +
    "mobi mobo nack nete netw noba nocr noro nose nosu nota noto nots numb quot routee senderid seri serv sndr spam syse " +
    "templ unau unknownsub unks unreac unreg unro unsu wron zero",
  accepted: "acce ackn",
  unknown: "unkn null nodl none deliveryunk",
  rejected: "reje rejc rjct skip refu deni filt proh outp opte opto",
};

interface Word {
  readonly letters: Uint8Array;
  readonly state: number;
}

/** Under the first four letters, the longest first. */
const BY_BEGIN = new Map<number, Word[]>();
for (const [name, words] of Object.entries(WORDS)) {
  const state = RECEIPT_STATE[name as keyof typeof RECEIPT_STATE];
  for (const word of words.split(" ")) {
    const letters = Buffer.from(word);
    const begin = letters.readUInt32BE(0);
    const all = [...(BY_BEGIN.get(begin) ?? []), { letters, state }];
    BY_BEGIN.set(
      begin,
      all.sort((a, b) => b.letters.length - a.letters.length),
    );
  }
}

/** RECEIPT_STATE of a word in lower-case letters, the first `count` of `letters`; undefined if it means nothing to us. */
export function stateOfWord(letters: Uint8Array, count: number): number | undefined {
  if (count < 4) return undefined;
  const begin = ((letters[0]! << 24) | (letters[1]! << 16) | (letters[2]! << 8) | letters[3]!) >>> 0;
  return BY_BEGIN.get(begin)?.find((word) => beginsWith(letters, count, word.letters))?.state;
}

function beginsWith(letters: Uint8Array, count: number, word: Uint8Array): boolean {
  if (count < word.length) return false;
  for (let place = 4; place < word.length; place++) if (letters[place] !== word[place]) return false;
  return true;
}

/** RECEIPT_STATE of a message_state; what lies beyond the known ones is unknown. */
export function stateOf(messageState: number): number {
  if (messageState === 0) return RECEIPT_STATE.enroute; // SCHEDULED, SMPP 5.0
  if (messageState === 9) return RECEIPT_STATE.rejected; // SKIPPED, SMPP 5.0: never sent, by a rule of the system
  return messageState <= RECEIPT_STATE.rejected ? messageState : RECEIPT_STATE.unknown;
}
