/**
 * A client in a thread of its own, so that what it costs is not taken for what the service costs: writes what it is given, on a
 * connection each, and tells how each answer began.
 */
import { connect } from "node:net";
import { parentPort } from "node:worker_threads";

export interface Asked {
  readonly port: number;
  /** For each connection. */
  readonly bytes: readonly Uint8Array[];
}

export interface Answered {
  readonly heads: readonly string[];
}

const HEAD_END = "\r\n\r\n";

/** The head of the answer, once all of it has come by its length, or the connection has ended. */
function exchange(port: number, bytes: Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let head = "";
    let length = 0;
    let wanted = Number.POSITIVE_INFINITY;
    socket.on("error", () => {});
    socket.on("close", () => resolve(head));
    socket.on("data", (piece) => {
      length += piece.length;
      if (wanted === Number.POSITIVE_INFINITY) {
        head += piece.toString("latin1");
        const end = head.indexOf(HEAD_END);
        const body = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
        if (end >= 0) wanted = end + HEAD_END.length + Number(body ?? 0);
      }
      if (length >= wanted) socket.destroy();
    });
    socket.write(bytes);
  });
}

parentPort?.on("message", ({ port, bytes }: Asked) => {
  void Promise.all(bytes.map((each) => exchange(port, each))).then((heads) => {
    parentPort!.postMessage({ heads } satisfies Answered);
  });
});
