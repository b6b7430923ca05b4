/** A citizen with a telephone: what they photograph, and what they do by the links that they are sent. Nobody exists. */
import { randomUUID } from "node:crypto";
import sharp from "sharp";
import type { OwnReply, PageView, ReplyTaken } from "../../schemas/api/action/page.js";
import { PAGES } from "../../schemas/limits.js";

/** Where a number plate stands in a photo of a scooter, in its pixels. */
export const PLATE = { left: 1_130, top: 760, width: 170, height: 80 } as const;

/** A red scooter, as a telephone photographs it: with who made it, and where that was. */
export function scooterPhoto(): Promise<Buffer> {
  const drawn = `<svg xmlns="http://www.w3.org/2000/svg" width="1600" height="1200">
<rect width="1600" height="760" fill="#b9cfe0"/><rect y="760" width="1600" height="440" fill="#6b6e70"/>
<circle cx="520" cy="880" r="120" fill="#222"/><circle cx="1080" cy="880" r="120" fill="#222"/>
<path d="M440 560h120l120 220h260l80-180h220v160l-120 60H620z" fill="#c3161c"/>
<rect x="${PLATE.left}" y="${PLATE.top}" width="${PLATE.width}" height="${PLATE.height}" fill="#f4d21f"/>
<text x="1145" y="815" font-size="42" font-family="sans-serif">DX-123-K</text></svg>`;
  const IFD0 = { Make: "Seinfoon", Model: "of somebody" };
  const IFD3 = {
    GPSLatitudeRef: "N",
    GPSLatitude: "52/1 21/1 29/1",
    GPSLongitudeRef: "E",
    GPSLongitude: "4/1 51/1 22/1",
  };
  return sharp(Buffer.from(drawn)).jpeg({ quality: 92 }).withExif({ IFD0, IFD3 }).toBuffer();
}

export class Citizen {
  readonly #base: string;

  constructor(port: number) {
    this.#base = `http://127.0.0.1:${port}`;
  }

  /** By the link that the desk had sent. Rejects where it is refused, as everything here. */
  async upload(name: string, photo: Buffer): Promise<void> {
    await this.#send(`/v1/uploads/${name}`, "image/jpeg", photo);
  }

  /** What the page of an action shows, and how many bytes its photos have. */
  async look(link: string): Promise<{ page: PageView; bytes: number }> {
    const page = (await (await this.#answer(`/v1/pages/${link}`)).json()) as PageView;
    let bytes = 0;
    for (const { media } of page.media) {
      bytes += (await (await this.#answer(`/v1/pages/${link}/media/${media}`)).arrayBuffer()).byteLength;
    }
    return { page, bytes };
  }

  /** The code of the reply. */
  async reply(link: string, text: string, photo: Buffer): Promise<string> {
    const body = Buffer.from(JSON.stringify({ text }));
    const { code } = (await (
      await this.#send(`/v1/pages/${link}/replies`, "application/json", body)
    ).json()) as ReplyTaken;
    await this.#send(`/v1/replies/${code}/media`, "image/jpeg", photo);
    return code;
  }

  async own(code: string): Promise<OwnReply> {
    return (await (await this.#answer(`/v1/replies/${code}`)).json()) as OwnReply;
  }

  #send(path: string, type: string, body: Buffer): Promise<Response> {
    const headers = { "content-type": type, "idempotency-key": randomUUID() };
    return this.#answer(path, { method: "POST", headers, body: new Uint8Array(body) });
  }

  async #answer(path: string, request: RequestInit = {}): Promise<Response> {
    const answer = await fetch(this.#base + path, request);
    if (!answer.ok) throw new Error(`a citizen was answered ${answer.status}: ${await answer.text()}`);
    return answer;
  }
}

/** The name at the end of a link in a message. */
export function nameIn(text: string, kind: "a" | "u"): string | undefined {
  return new RegExp(`/${kind}/([A-Za-z0-9]{${PAGES.linkCharacters}})`).exec(text)?.[1];
}
