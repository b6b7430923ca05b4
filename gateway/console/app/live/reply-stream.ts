/**
 * The replies to running actions as they come (GET /v1/desk/replies). It connects again by itself, from the last cursor on, so that a break
 * misses nothing. Where it can't be had, the page asks every few seconds all the same (state.ts).
 */
import type { Reply } from "../../../../schemas/api/action/reply.js";
import type { STREAM_PROTOCOL, StreamedReply } from "../../../../schemas/replies/stream.js";

const PROTOCOL: typeof STREAM_PROTOCOL = "seinpost.replies.v1.json";
const PATH = "/v1/desk/replies";
const PAUSE_MS = 1_000;
const PAUSE_MAX_MS = 30_000;

interface Message {
  readonly cursor: string;
  readonly replies: readonly StreamedReply[];
  readonly gone: readonly { readonly action: string; readonly sequence: number }[];
}

/** Tells of replies to one action that came or are other than before, and of those that are gone, until what it gives is called. */
export function followReplies(
  id: string,
  changed: (replies: readonly Reply[], gone: ReadonlySet<number>) => void,
): () => void {
  let cursor: string | undefined;
  let tries = 0;
  let isOver = false;
  let socket: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const connect = (): void => {
    const query = cursor === undefined ? "" : `?after=${cursor}`;
    socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}${PATH}${query}`, PROTOCOL);
    socket.addEventListener("message", ({ data }) => {
      const message = JSON.parse(String(data)) as Message;
      cursor = message.cursor;
      tries = 0;
      const gone = message.gone.filter(({ action }) => action === id).map(({ sequence }) => sequence);
      changed(
        message.replies.filter(({ action }) => action === id),
        new Set(gone),
      );
    });
    socket.addEventListener("close", () => {
      if (!isOver) timer = setTimeout(connect, Math.min(PAUSE_MAX_MS, PAUSE_MS * 2 ** tries++));
    });
  };
  connect();
  return () => {
    isOver = true;
    clearTimeout(timer);
    socket?.close();
  };
}
