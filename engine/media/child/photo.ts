/**
 * Photos: decoded and encoded anew, upright, so that what is shown has pixels and nothing else. Runs in a process of its own for each
 * file. Of libvips' readers those of JPEG, PNG and WebP are let in; the others, of SVG and PDF among them, are shut.
 *
 * What has to be in memory as a whole (a PNG in passes, a progressive JPEG) is bounded by the process.
 */
import sharp, { type Sharp } from "sharp";
import { MEDIA } from "../../../schemas/limits.js";
import type { Blur, Found } from "../media-record.js";

const READERS = ["Jpeg", "Png", "Webp"].map((name) => `VipsForeignLoad${name}Buffer`);
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({ operation: READERS });
sharp.cache(false);
sharp.concurrency(1);

export const PHOTO_TYPES: readonly string[] = ["image/jpeg", "image/png", "image/webp"];

export interface Made {
  readonly found: Found;
  readonly bytes: Buffer;
}

/** Throws what libvips says of it. */
export async function cleanPhoto(original: Buffer): Promise<Made> {
  const edge = MEDIA.edgePixels;
  const picture = sharp(original, { limitInputPixels: MEDIA.pixels, failOn: "error", pages: 1 })
    .autoOrient()
    .resize({ width: edge, height: edge, fit: "inside", withoutEnlargement: true })
    .flatten({ background: "#ffffff" });
  return encoded(picture);
}

/** Of a picture that was cleaned. What lies outside of it is left out. */
export async function blurPhoto(clean: Buffer, blurs: readonly Blur[]): Promise<Made> {
  const { width, height } = await sharp(clean).metadata();
  const patches = [];
  for (const blur of blurs) {
    const [left, top] = [Math.min(blur.left, width - 1), Math.min(blur.top, height - 1)];
    const area = { left, top, width: Math.min(blur.width, width - left), height: Math.min(blur.height, height - top) };
    const squares = { width: MEDIA.blurSquares, height: MEDIA.blurSquares, fit: "inside" } as const;
    const averaged = await sharp(clean)
      .extract(area)
      .resize({ ...squares, kernel: "cubic" })
      .png()
      .toBuffer();
    const input = await sharp(averaged)
      .resize(area.width, area.height, { fit: "fill", kernel: "nearest" })
      .png()
      .toBuffer();
    patches.push({ input, left, top });
  }
  return encoded(sharp(clean).composite(patches));
}

async function encoded(picture: Sharp): Promise<Made> {
  const limited = picture.timeout({ seconds: MEDIA.photoSeconds }).jpeg({ quality: MEDIA.quality });
  const { data, info } = await limited.toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  return { found: { kind: "photo", contentType: "image/jpeg", width, height }, bytes: data };
}
