/** The part of OpenAPI 3.1 that our own document uses, and what is made of it: a list of operations, and examples that a schema takes. */

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
}

type Content = Readonly<Record<string, { readonly schema?: Schema }>>;

export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
}

export interface OpenApi {
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

export interface Named {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

export function operationsOf({ paths }: OpenApi, tag: string): Named[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => operation.tags.includes(tag))
      .map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
}

/** Deeper than our schemas go before they name themselves again. */
const DEPTH = 8;

/** A value that fits the schema as far as it can be told: what it has as an example, else what must be there and no more. */
export function exampleOf(schema: Schema | undefined, document: OpenApi, depth = 0): unknown {
  if (schema === undefined || depth > DEPTH) return null;
  const { $ref, examples, enum: words, anyOf, oneOf, allOf, properties = {}, required = [], items } = schema;
  if (examples?.[0] !== undefined) return examples[0];
  if ($ref !== undefined) return exampleOf(document.components.schemas[$ref.split("/").at(-1)!], document, depth + 1);
  if (schema.const !== undefined) return schema.const;
  if (words?.[0] !== undefined) return words[0];
  const first = (anyOf ?? oneOf ?? allOf)?.[0];
  if (first !== undefined) return exampleOf(first, document, depth + 1);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === "object" || schema.properties !== undefined) {
    return Object.fromEntries(required.map((name) => [name, exampleOf(properties[name], document, depth + 1)]));
  }
  if (type === "array") return new Array(Math.max(1, schema.minItems ?? 1)).fill(exampleOf(items, document, depth + 1));
  if (type === "integer" || type === "number") return schema.minimum ?? 1;
  if (type === "boolean") return true;
  return textOf(schema);
}

const TEXTS: Readonly<Record<string, string>> = {
  uuid: "0192f0c1-7d1e-7a44-8a9f-3f1f6a3f7b11",
  "date-time": "2026-01-31T12:00:00Z",
  date: "2026-01-31",
  email: "somebody@example.org",
  uri: "https://example.org/in",
};

function textOf({ format, description }: Schema): string {
  return TEXTS[format ?? ""] ?? (description === undefined ? "text" : `… ${description.slice(0, 40)}`);
}

/** The path with an example in each of its places. */
export function filledPath({ path, operation }: Named, document: OpenApi): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const schema = operation.parameters?.find((one) => one.name === name)?.schema;
    return encodeURIComponent(String(exampleOf(schema, document)));
  });
}

/** As a shell runs it. */
export function curlOf(named: Named, document: OpenApi, origin: string): string {
  const { method, operation } = named;
  const { parameters = [], requestBody, security = [] } = operation;
  const query = parameters
    .filter((one) => one.in === "query" && one.required)
    .map(({ name, schema }) => `${name}=${encodeURIComponent(String(exampleOf(schema, document)))}`);
  const [type, content] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  const lines = [
    `curl -X ${method} '${origin}${filledPath(named, document)}${query.length > 0 ? `?${query.join("&")}` : ""}'`,
    ...(security.length > 0 ? [`-H "Authorization: Bearer $${"apiKey" in security[0]! ? "KEY" : "TOKEN"}"`] : []),
    ...parameters
      .filter((one) => one.in === "header" && one.required)
      .map(({ name }) => `-H "${name}: ${name === "Idempotency-Key" ? "$(cat /proc/sys/kernel/random/uuid)" : "*"}"`),
    ...(type === undefined ? [] : [`-H 'Content-Type: ${type}'`, `-d '${bodyOf(content?.schema, document)}'`]),
  ];
  return lines.join(" \\\n  ");
}

function bodyOf(schema: Schema | undefined, document: OpenApi): string {
  const example = exampleOf(schema, document);
  return (typeof example === "string" ? example : JSON.stringify(example)).replaceAll("'", "'\\''");
}
