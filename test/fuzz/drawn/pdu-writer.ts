/** Writes PDUs one behind the other into one buffer that is used again for each case. */
export class PduWriter {
  readonly bytes = Buffer.alloc(131_072);
  at = 0;
  #begin = 0;

  clear(): void {
    this.at = 0;
    this.#begin = 0;
  }

  get written(): Uint8Array {
    return this.bytes.subarray(0, this.at);
  }

  begin(commandId: number, status: number, sequence: number): this {
    this.#begin = this.at;
    return this.uint32(0).uint32(commandId).uint32(status).uint32(sequence);
  }

  /** Sets command_length. */
  end(): void {
    this.bytes.writeUInt32BE(this.at - this.#begin, this.#begin);
  }

  uint8(value: number): this {
    this.bytes[this.at++] = value;
    return this;
  }

  uint16(value: number): this {
    return this.uint8(value >>> 8).uint8(value);
  }

  uint32(value: number): this {
    return this.uint16(value >>> 16).uint16(value);
  }

  raw(value: Uint8Array): this {
    this.bytes.set(value, this.at);
    this.at += value.length;
    return this;
  }

  ascii(value: string): this {
    for (let at = 0; at < value.length; at++) this.bytes[this.at++] = value.charCodeAt(at);
    return this;
  }

  string(value: string): this {
    return this.ascii(value).uint8(0);
  }

  tlv(tag: number, value: Uint8Array): this {
    return this.uint16(tag).uint16(value.length).raw(value);
  }
}
