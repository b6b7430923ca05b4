/** Photos and films over a real store, and files as people and others send them. */
import { setTimeout as sleep } from "node:timers/promises";
import { deflateSync } from "node:zlib";
import sharp from "sharp";
import { onTestFinished } from "vitest";
import { Media, type Target } from "../../../engine/media/media.js";
import type { MediaRecord } from "../../../engine/media/media-record.js";
import { openDataFolder } from "../../../engine/registry/open.js";
import type { Problem, Result } from "../../../schemas/errors.js";
import { temporaryFolder } from "../../temp-folder.js";
import { given } from "../registry/samples.js";

export const ACTION = "0198c0de-0000-7000-8000-00000000000a";
export const TO_REPLY: Target = { actionId: ACTION, place: 1, from: "reply", client: "" };

export async function openMedia(folder = temporaryFolder()) {
  const data = given(openDataFolder(folder));
  await data.store.space.keepReserve(0);
  const fatal: Problem[] = [];
  const onFatal = (problem: Problem): void => void fatal.push(problem);
  const media = given(Media.open({ ...data, now: Date.now, onFatal }));
  let isClosed = false;
  const close = async (): Promise<void> => {
    if (isClosed) return;
    isClosed = true;
    await media.reading.close();
    await data.store.close();
  };
  onTestFinished(close);
  return { media, folder, fatal, close, ...data };
}

/** As a client does that waits when it is asked to. */
export async function send(media: Media, bytes: Uint8Array, target: Target = TO_REPLY, piece = 65_536) {
  let refused: Problem | undefined;
  const begun = media.receive(target, (problem) => {
    refused = problem;
  });
  if (!begun.ok) return begun;
  for (let at = 0; at < bytes.byteLength; at += piece) {
    await new Promise<void>((resolve) => {
      if (begun.value.chunk(bytes.subarray(at, at + piece), resolve)) resolve();
    });
    if (refused) return { ok: false, problem: refused } as Result<MediaRecord>;
  }
  return begun.value.end();
}

/** What became of it once it was read. */
export async function settled(media: Media, { actionId, id }: MediaRecord): Promise<MediaRecord> {
  for (;;) {
    const record = given(media.get(actionId, id));
    if (record.state !== "waiting") return record;
    await sleep(10);
  }
}

/** A picture with an edge of its own colour on each side, as a telephone on its side stores it: to be turned, and with a place. */
export async function phonePhoto(width = 640, height = 480): Promise<Buffer> {
  const noise = { type: "gaussian", mean: 128, sigma: 30 } as const;
  const create = { width, height, channels: 3, background: "#888888", noise } as const;
  const GPS = { GPSLatitudeRef: "N", GPSLatitude: "52/1 5/1 27/1", GPSLongitudeRef: "E", GPSLongitude: "5/1 7/1 17/1" };
  const IFD0 = { Make: "Seinfoon", Model: "of somebody", Software: "1.0", Artist: "J. Jansen" };
  return sharp({ create })
    .composite([
      {
        input: await sharp({ create: { width, height: 40, channels: 3, background: "#ff0000" } })
          .png()
          .toBuffer(),
        gravity: "north",
      },
    ])
    .jpeg({ quality: 90 })
    .withExif({ IFD0, IFD3: GPS })
    .withMetadata({ orientation: 6 })
    .toBuffer();
}

const CRC = Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  let crc = 0xffff_ffff;
  for (const byte of body) crc = CRC[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE((crc ^ 0xffff_ffff) >>> 0);
  return Buffer.concat([length, body, sum]);
}

/** A PNG whose head says so many pixels of four times 8 bits; `rows` of them are there, all of zeros. */
export function png(width: number, height: number, rows: number, interlaced = false): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 6, 0, 0, interlaced ? 1 : 0], 8);
  const lines = deflateSync(Buffer.alloc((width * 4 + 1) * rows), { level: 9 });
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, pngChunk("IHDR", head), pngChunk("IDAT", lines), pngChunk("IEND", Buffer.alloc(0))]);
}
