/** Slow and simple readers, written from the specification and not from our own, to compare with. */

export interface Delivered {
  readonly esmClass: number;
  readonly dataCoding: number;
  readonly source: string;
  readonly sourceTon: number;
  readonly destination: string;
  readonly destinationTon: number;
  readonly shortMessage: Buffer;
  /** All TLVs that stand whole, in their order. */
  readonly tlvs: readonly (readonly [tag: number, value: Buffer])[];
  /** A TLV runs over the end. */
  readonly broken: boolean;
  /** Bytes behind the last TLV. */
  readonly padding: number;
}

const DATA_SM = 0x103;

/** A deliver_sm or data_sm (SMPP 3.4, 4.6.1 and 4.7.1); null if its mandatory fields run over its end. */
export function readDelivered(bytes: Uint8Array): Delivered | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 16;
  const string = (): string => {
    const nul = buffer.indexOf(0, at);
    const text = buffer.toString("latin1", at, nul < 0 ? buffer.length : nul);
    at = nul < 0 ? buffer.length + 1 : nul + 1;
    return text;
  };
  const uint8 = (): number => buffer[at++] ?? 0;
  string();
  const sourceTon = uint8();
  uint8();
  const source = string();
  const destinationTon = uint8();
  uint8();
  const destination = string();
  const esmClass = uint8();
  let shortMessageBytes = 0;
  if (buffer.readUInt32BE(4) !== DATA_SM) {
    at += 2;
    string();
    string();
    at += 2;
  } else at += 1;
  const dataCoding = uint8();
  if (buffer.readUInt32BE(4) !== DATA_SM) {
    at += 1;
    shortMessageBytes = uint8();
  }
  const end = at + shortMessageBytes;
  if (end > buffer.length) return null;
  const shortMessage = buffer.subarray(at, end);
  return {
    esmClass,
    dataCoding,
    source,
    sourceTon,
    destination,
    destinationTon,
    shortMessage,
    ...readTlvs(buffer, end),
  };
}

function readTlvs(buffer: Buffer, from: number): Pick<Delivered, "tlvs" | "broken" | "padding"> {
  const tlvs: [number, Buffer][] = [];
  let at = from;
  while (at + 4 <= buffer.length) {
    const end = at + 4 + buffer.readUInt16BE(at + 2);
    if (end > buffer.length) return { tlvs, broken: true, padding: 0 };
    tlvs.push([buffer.readUInt16BE(at), buffer.subarray(at + 4, end)]);
    at = end;
  }
  return { tlvs, broken: false, padding: buffer.length - at };
}

/** The value of a TLV with one of these lengths; of several the last. */
export function tlvOf({ tlvs }: Delivered, tag: number, fits: (length: number) => boolean): Buffer | undefined {
  return tlvs.findLast(([one, value]) => one === tag && fits(value.length))?.[1];
}

/** The bytes of the text, its header included: those in message_payload where there are any. */
export function textOf(delivered: Delivered): Buffer {
  return tlvOf(delivered, 0x0424, (length) => length > 0) ?? delivered.shortMessage;
}

export interface Header {
  readonly bytes: number;
  readonly locking: number;
  readonly single: number;
  /** Reference, part and parts; null for a whole message. */
  readonly part: readonly [reference: number, part: number, parts: number] | null;
}

/** The elements that fill `text` from its second byte to `end`; null where they don't. */
function elementsUntil(text: Buffer, end: number): [number, Buffer][] | null {
  const elements: [number, Buffer][] = [];
  let at = 1;
  while (at + 2 <= end) {
    const behind = at + 2 + text[at + 1]!;
    elements.push([text[at]!, text.subarray(at + 2, behind)]);
    at = behind;
  }
  return at === end && end <= text.length ? elements : null;
}

/** A user data header (TS 23.040, 9.2.3.24), whose length may count itself; none where its elements don't fill it. */
export function readHeader(text: Buffer): Header {
  const said = text[0] ?? 0;
  const usual = text.length > 0 && !(said === 0 && text.length % 2 === 0) ? elementsUntil(text, said + 1) : null;
  const elements = usual ?? (said > 1 ? elementsUntil(text, said) : null) ?? [];
  const bytes = usual ? said + 1 : elements.length > 0 ? said : 0;
  const language = (identifier: number): number =>
    elements.findLast(([one, value]) => one === identifier && value.length === 1)?.[1][0] ?? 0;
  const parts = elements.flatMap(([identifier, value]) => {
    if (identifier === 0 && value.length === 3) return [[value[0]!, value[2]!, value[1]!] as const];
    if (identifier === 8 && value.length === 4) return [[value.readUInt16BE(0), value[3]!, value[2]!] as const];
    return [];
  });
  const sensible = parts.filter(([, part, of]) => part >= 1 && part <= of).at(-1);
  const part = sensible === undefined || sensible[2] === 1 ? null : sensible;
  return { bytes, locking: language(0x25), single: language(0x24), part };
}

/** A number as it stands in an address, for a Dutch carrier; 0 if it is none. */
export function dutchNumber(address: string, ton: number): number {
  const international = /^(?:\+|00)([1-9][0-9]{0,14})$/.exec(address);
  if (international) return Number(international[1]);
  const trunk = /^0([1-9][0-9]{0,12})$/.exec(address);
  if (trunk) return Number(`31${trunk[1]}`);
  if (!/^[1-9][0-9]{0,14}$/.test(address)) return 0;
  if (ton !== 2 || /^31[0-9]{9,}$/.test(address)) return Number(address);
  return address.length <= 13 ? Number(`31${address}`) : 0;
}
