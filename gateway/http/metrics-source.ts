/** What /metrics asks of the engine at each scrape. */

import type { MediaCounts } from "../../engine/media/media.js";
import type { ImportCounts } from "../../engine/municipality/import/imports.js";
import type { PositionCounts } from "../../engine/positions/live-positions.js";
import type { Incoming } from "../../engine/replies/reply-handler.js";
import type { Converted } from "../../engine/self/codes/conversion.js";
import type { CodeCounts } from "../../engine/self/entrance.js";
import type { Counts } from "../../schemas/api/api.js";
import type { Deed } from "../../schemas/api/audit.js";
import type { Carrier } from "../../schemas/api/operations.js";
import type { Desk } from "../../schemas/desk/desk.js";
import type { ErrorCode } from "../../schemas/errors.js";
import type { ActionKind, ActionStatus, ActionWaveKind, LeftOut } from "../../schemas/words.js";

/** What a scrape asks of the engine; each call is a handful of additions, nothing that waits. */
export interface MetricsSource {
  carriers(): readonly Carrier[];
  /** Exercises and tests created since the process started. */
  unreal(): { readonly exercise: number; readonly test: number };
  /** Real actions created since the process started, by kind; kinds that had none may be absent. */
  actions(): Readonly<Partial<Record<ActionKind, number>>>;
  /** Real actions that failed since the process started, by the code of the reason. */
  failures(): Readonly<Partial<Record<ErrorCode, number>>>;
  /** Bytes that the store can still take, and whether those are too few to send anything. */
  disk(): { readonly freeBytes: number; readonly isFull: boolean };
  /** Actions that are held now. */
  held(): number;
  /** Actions of which something is still to be done, by status. */
  underWay(): Readonly<Partial<Record<ActionStatus, number>>>;
  /** Parts that went to whoever waited longest while others went first, since the process started. */
  kept(): number;
  /** Recipients of the live waves who wait because no carrier serves them. */
  withoutCarrier(): number;
  /** Stored records that failed their checksum since the process started, by table; tables that have none may be absent. */
  damaged(): Readonly<Record<string, number>>;
  /** Stored records of actions and waves that were decoded since the process started, by table. */
  decoded(): Readonly<Record<string, number>>;
  /** Participants who were left out of rosters since the process started, by why, and previews that were refused. */
  leftOut(): Readonly<Partial<Record<LeftOut, number>>>;
  previewsRefused(): number;
  /** Recipients of the live waves of real actions, by state. */
  recipients(): Counts;
  /** Waves that were opened since the process started, by kind; kinds that had none may be absent. */
  wavesOpened(): Readonly<Partial<Record<ActionWaveKind, number>>>;
  /** Messages from citizens since the process started, by what became of them. */
  incoming(): Incoming;
  /** Photos and films: those that wait to be read; since the process started those that came, were read, and were refused by code. */
  media(): MediaCounts;
  /** Replies since the process started, by the page of an action and as the desk wrote them down. */
  /** What changed of replies, and who follows that now. */
  replyChanges(): { readonly sequence: number; readonly followers: number };
  /** Numbers that reacted and are too few to be stored. */
  reactionsWaiting(): number;
  pageReplies(): { readonly page: number; readonly desk: number };
  /** Lines of the log that could not be written since the process started. */
  droppedLogLines(): number;
  /** People in the registry. */
  participants(): number;
  /** Transactions that became durable since the process started, and how long that took. */
  commits(): { readonly count: number; readonly seconds: number };
  /** Tasks that wait for a worker of the pool, and workers that died since the process started. */
  pool(): { readonly waiting: number; readonly died: number };
  /** Codes of self-service since the process started, by what became of them. */
  codes(): CodeCounts;
  /** By country, of the codes that went by SMS to new numbers. */
  converted(): readonly Converted[];
  imports(): ImportCounts;
  positions(): PositionCounts;
  /** What keys asked for and may not, since the process started: beyond their area, or their budget. */
  refused(): { readonly area: number; readonly budget: number };
  /** The answering desk, and what is slowed for it. */
  desk(): Desk;
  /** Attempts to tell webhooks of events since the process started, by what came of them. */
  deliveries(): Readonly<Record<string, number>>;
  /** Webhooks that do not answer, events that wait for one, and those that were given up. */
  webhooksFailing(): number;
  webhooksPending(): number;
  deadLetters(): number;
  /** Sessions of the console that are open. */
  consoleSessions(): number;
  /** Since the process started: those that were opened and those that were refused, and requests that no page of ours has sent. */
  signIns(): { readonly opened: number; readonly refused: number; readonly foreign: number };
  /** API keys that end soon. */
  keysEnding(): number;
  /** Records of who did what since the process started, by what it was. */
  audit(): Readonly<Partial<Record<Deed, number>>>;
}
