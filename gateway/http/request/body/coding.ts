/**
 * What a body is coded in (RFC 9110, 8.4): in nothing, in gzip, or in zstd where Node reads it to its end, from 24 on: 20 has
 * none, and 22 takes half a frame for a whole one and leaves a second one out. Promises that what comes out is all there was, and in
 * proportion to what came in, so that no small body becomes one without end, and that it comes no faster than it is taken.
 */
import type { Transform } from "node:stream";
import zlib from "node:zlib";
import { fail, ok, type Problem, type Result } from "../../../../schemas/errors.js";
import { API } from "../../../../schemas/limits.js";
import type { Incoming } from "../../transport/transport.js";

/** Where a body comes from, as its sender meant it. */
export interface BodySource {
  /**
   * The body, piece by piece, each lent until `piece` returns; or `failed`, once, instead of the rest: BAD_ENCODING, or
   * BODY_TOO_LARGE. Before anything is awaited.
   */
  onBody(piece: (chunk: Uint8Array, isLast: boolean) => void, failed: (problem: Problem) => void): void;
  /** Gives no more until `resume`; what was read already still comes. */
  pause(): void;
  resume(): void;
  /** Nothing more of it is wanted: the rest is read away. */
  drop(): void;
}

/** Node's own types are those of Node 20, which has no zstd. */
interface Zstd {
  readonly createZstdDecompress?: (options: { params: Readonly<Record<number, number>> }) => Decoder;
  readonly zstdDecompressSync?: (bytes: Uint8Array) => Uint8Array;
  readonly constants: { readonly ZSTD_d_windowLogMax?: number };
}

type Decoder = Transform & { readonly bytesWritten: number };

const NOTHING = new Uint8Array(0);
/** RFC 9659: what a zstd body may make its reader keep, as a power of two: 8 MB. */
const ZSTD_WINDOW_LOG = 23;
const MALFORMED: Problem = { code: "BAD_ENCODING", detail: "It can't be decoded", field: "Content-Encoding" };
const EXPANDS: Problem = { code: "BODY_TOO_LARGE", detail: `At most ${API.expansion} times as long as it came` };

const DECODERS: ReadonlyMap<string, () => Decoder> = new Map([
  ["gzip", (): Decoder => zlib.createGunzip()],
  ["x-gzip", (): Decoder => zlib.createGunzip()],
  ...zstd(zlib as Zstd),
]);

/** For Accept-Encoding. */
export const CODINGS = [...DECODERS.keys()].filter((name) => name !== "x-gzip").join(", ");

function zstd({ createZstdDecompress, zstdDecompressSync, constants }: Zstd): [string, () => Decoder][] {
  if (!createZstdDecompress || !zstdDecompressSync || !misses(zstdDecompressSync)) return [];
  const params = { [constants.ZSTD_d_windowLogMax!]: ZSTD_WINDOW_LOG };
  return [["zstd", () => createZstdDecompress({ params })]];
}

/** Whether the decoder says so when there is no frame at all; the one that doesn't says nothing of half a frame either. */
function misses(decode: (bytes: Uint8Array) => Uint8Array): boolean {
  try {
    decode(NOTHING);
    return false;
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    return true;
  }
}

/** UNSUPPORTED_MEDIA_TYPE for any coding that is not undone here, and for several. */
export function bodySource(incoming: Incoming): Result<BodySource> {
  const coding = incoming.head.contentEncoding.trim().toLowerCase();
  if (coding === "" || coding === "identity") return ok(plain(incoming));
  const decoder = DECODERS.get(coding);
  if (decoder) return ok(new DecodedBody(incoming, decoder()));
  return fail("UNSUPPORTED_MEDIA_TYPE", `Send it as it is, or in one of: ${CODINGS}`, "Content-Encoding");
}

function plain(incoming: Incoming): BodySource {
  return {
    onBody: (piece) => incoming.onBody(piece),
    pause: () => incoming.pause(),
    resume: () => incoming.resume(),
    drop: () => undefined,
  };
}

class DecodedBody implements BodySource {
  #bytesIn = 0;
  #bytesOut = 0;
  /** The decoder has no room for more. */
  #isFull = false;
  #isOver = false;
  readonly #incoming: Incoming;
  readonly #decoder: Decoder;

  constructor(incoming: Incoming, decoder: Decoder) {
    this.#incoming = incoming;
    this.#decoder = decoder;
  }

  onBody(piece: (chunk: Uint8Array, isLast: boolean) => void, failed: (problem: Problem) => void): void {
    const end = (problem: Problem): void => {
      if (this.#isOver) return;
      this.drop();
      failed(problem);
    };
    this.#decoder.on("data", (chunk: Buffer) => {
      if (this.#isOver) return;
      this.#bytesOut += chunk.byteLength;
      const mostOut = API.bodyBytes + API.expansion * this.#bytesIn;
      if (this.#bytesOut > mostOut) end(EXPANDS);
      else piece(chunk, false);
    });
    this.#decoder.on("end", () => {
      // What the decoder took for its end need not have been the body's.
      if (this.#decoder.bytesWritten < this.#bytesIn) end(MALFORMED);
      else if (!this.#isOver) piece(NOTHING, true);
    });
    this.#decoder.on("error", () => end(MALFORMED));
    this.#decoder.on("drain", () => this.#goOn());
    this.#incoming.onBody((chunk, isLast) => this.#take(chunk, isLast));
  }

  pause(): void {
    this.#decoder.pause();
  }

  resume(): void {
    this.#decoder.resume();
  }

  drop(): void {
    this.#isOver = true;
    this.#decoder.destroy();
    this.#goOn();
  }

  #take(chunk: Uint8Array, isLast: boolean): void {
    if (this.#isOver) return;
    this.#bytesIn += chunk.byteLength;
    // The decoder works in another thread, after the piece that is lent was taken back.
    const hasRoom = chunk.byteLength === 0 || this.#decoder.write(Buffer.from(chunk));
    if (isLast) this.#decoder.end();
    else if (!hasRoom && !this.#isFull) {
      this.#isFull = true;
      this.#incoming.pause();
    }
  }

  #goOn(): void {
    if (!this.#isFull) return;
    this.#isFull = false;
    this.#incoming.resume();
  }
}
