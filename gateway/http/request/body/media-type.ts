/** Media types as RFC 9110, 8.3.1 has them: a type, and parameters of which only the charset says how to read the body. */

export interface MediaType {
  /** "text/csv", in lower case. */
  readonly essence: string;
  /** In lower case; undefined when none is said. */
  readonly charset: string | undefined;
}

const TOKEN = "[!#$%&'*+.^_`|~\\w-]+";
const TYPE = new RegExp(`^[ \\t]*(${TOKEN}/${TOKEN})[ \\t]*(?=;|$)`);
const PARAMETER = new RegExp(`;[ \\t]*(?:(${TOKEN})=(?:(${TOKEN})|"((?:[^"\\\\]|\\\\.)*)"))?[ \\t]*`, "y");

/** Undefined when it is none. */
export function readMediaType(text: string): MediaType | undefined {
  const type = TYPE.exec(text);
  if (!type) return undefined;
  let charset: string | undefined;
  PARAMETER.lastIndex = type[0].length;
  while (PARAMETER.lastIndex < text.length) {
    const parameter = PARAMETER.exec(text);
    if (!parameter) return undefined;
    const [, name, token, quoted] = parameter;
    if (name?.toLowerCase() === "charset") charset ??= (token ?? quoted!.replace(/\\(.)/g, "$1")).toLowerCase();
  }
  return { essence: type[1]!.toLowerCase(), charset };
}

/** Whether what is sent can be read as UTF-8, of which ASCII is a part. */
export function isUtf8({ charset }: MediaType): boolean {
  return charset === undefined || ["utf-8", "utf8", "us-ascii", "ascii"].includes(charset);
}
