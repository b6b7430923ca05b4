/** One text of a wave as a carrier sends it: a template for each part, and those for a bind without TLVs. */
import type { CarrierConfiguration } from "../../../schemas/carrier.js";
import { assert } from "../../../schemas/errors.js";
import { API } from "../../../schemas/limits.js";
import { SubmitTemplate } from "../messages/submit.js";
import { encodeText, withoutTlvs } from "../text/text.js";

/** What the templates of all texts of a wave have in common. */
export interface MessageFields {
  /** Tells the parts of different messages to one recipient apart. */
  readonly reference: number;
  readonly urgent: boolean;
  readonly validity: string;
}

export class Message {
  readonly templates: readonly SubmitTemplate[];
  /** For a bind without TLVs; null where the message would have another number of parts without them. */
  readonly #plain: readonly SubmitTemplate[] | null;
  /** Bytes at most, all parts together. */
  readonly maxBytes: number;

  constructor(text: string, carrier: CarrierConfiguration, fields: MessageFields) {
    this.templates = templatesOf(text, carrier, fields);
    assert(this.templates.length <= API.segmentsPerMessage, "a text was checked for its parts before it is sent");
    const plainly = withoutTlvs(carrier);
    const plain = plainly === carrier ? this.templates : templatesOf(text, plainly, fields);
    this.#plain = plain.length === this.templates.length ? plain : null;
    this.maxBytes = Math.max(bytesOf(this.templates), bytesOf(this.#plain ?? []));
  }

  get parts(): number {
    return this.templates.length;
  }

  /** Null where it can't be sent over such a bind. */
  templatesFor({ hasTlvs }: { readonly hasTlvs: boolean }): readonly SubmitTemplate[] | null {
    return hasTlvs ? this.templates : this.#plain;
  }

  /** A relative validity period counts from the submission. */
  renew(validity: string): void {
    for (const template of new Set([...this.templates, ...(this.#plain ?? [])])) template.renew(validity);
  }
}

function templatesOf(text: string, carrier: CarrierConfiguration, fields: MessageFields): SubmitTemplate[] {
  const encoded = encodeText(text, carrier, fields.reference);
  return encoded.parts.map((_, at) => new SubmitTemplate(carrier, encoded, at, fields.urgent, fields.validity));
}

function bytesOf(templates: readonly SubmitTemplate[]): number {
  return templates.reduce((bytes, template) => bytes + template.maxBytes, 0);
}
