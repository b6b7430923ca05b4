/**
 * A client in a thread of its own, so that what it costs is not taken for what the service costs: writes what it is given, on a
 * connection each, and tells how each answer began.
 */
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort } from "node:worker_threads";

export interface Asked {
  readonly port: number;
  /** For each connection. */
  readonly bytes: readonly Uint8Array[];
  /** Once all are answered, it asks this, again and again while `again`, a pattern, is in the answer. */
  readonly after?: { readonly bytes: Uint8Array; readonly again: string } | undefined;
  /** How long a connection that has become a WebSocket takes what comes, unless the service ends it; Infinity: beyond its answer. */
  readonly keepMs?: number | undefined;
}

export interface Answered {
  readonly heads: readonly string[];
}

const HEAD_END = "\r\n\r\n";
const AGAIN_MS = 20;

/** The answer, once all of it has come by its length, or the connection has ended. */
function exchange(port: number, bytes: Uint8Array, keepMs: number | undefined): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let answer = "";
    let length = 0;
    let wanted = Number.POSITIVE_INFINITY;
    socket.on("error", () => {});
    socket.on("close", () => resolve(answer));
    socket.on("data", (piece) => {
      length += piece.length;
      // The rest of what is long is not looked into.
      if (answer.length < LOOKED_AT) answer += piece.toString("latin1");
      if (wanted === Number.POSITIVE_INFINITY) {
        const end = answer.indexOf(HEAD_END);
        const body = /\r\ncontent-length: (\d+)/i.exec(answer)?.[1];
        if (end >= 0) wanted = end + HEAD_END.length + Number(body ?? 0);
        if (end >= 0 && answer.startsWith(UPGRADED)) {
          wanted = Number.MAX_VALUE;
          if (keepMs === Number.POSITIVE_INFINITY) resolve(answer);
          else setTimeout(() => socket.destroy(), keepMs);
        }
      }
      if (length >= wanted) socket.destroy();
    });
    socket.write(bytes);
  });
}

const LOOKED_AT = 65_536;
const UPGRADED = "HTTP/1.1 101";

async function all({ port, bytes, after, keepMs }: Asked): Promise<Answered> {
  const heads = await Promise.all(bytes.map((each) => exchange(port, each, keepMs)));
  const again = after && new RegExp(after.again);
  while (again?.test(await exchange(port, after!.bytes, undefined))) await sleep(AGAIN_MS);
  return { heads };
}

parentPort?.on("message", (asked: Asked) => void all(asked).then((answered) => parentPort!.postMessage(answered)));
