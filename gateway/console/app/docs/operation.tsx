/** One operation: who may call it, what it takes and answers, and an example that works once the ids in it are yours. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Table } from "../kit/ui/table.js";
import { curlOf, exampleOf, type Named, type OpenApi, type Parameter, type Schema } from "./document.js";
import { TryIt } from "./try-it.js";
import { words } from "./words.js";

interface Props {
  readonly named: Named;
  readonly document: OpenApi;
}

export function OperationView({ named, document }: Props): JSX.Element {
  const { method, path, operation } = named;
  const { operationId, summary, description } = operation;
  const isOpen = useSignal(false);
  return (
    <article id={operationId}>
      <h3>
        <span class="method">{method}</span> {path}
      </h3>
      <p>{summary}</p>
      {description && <p class="quiet">{description}</p>}
      <pre>{curlOf(named, document, location.origin)}</pre>
      {/* A hundred operations with all their schemas are a thousand rows: each is drawn once it is asked for. */}
      <details
        onToggle={({ currentTarget }) => {
          isOpen.value = currentTarget.open;
        }}
      >
        <summary>{words().details}</summary>
        {isOpen.value && <Details named={named} document={document} />}
      </details>
    </article>
  );
}

function Details({ named, document }: Props): JSX.Element {
  const { method, operation } = named;
  const { parameters = [], requestBody, responses } = operation;
  const body = Object.entries(requestBody?.content ?? {})[0];
  return (
    <>
      {parameters.length > 0 && (
        <Table
          caption={words().parameters}
          rows={parameters}
          keyOf={(one) => `${one.in} ${one.name}`}
          columns={[
            { title: words().name, show: (one: Parameter) => one.name },
            {
              title: words().place,
              show: (one: Parameter) => (one.required ? `${one.in}, ${words().required}` : one.in),
            },
            { title: words().meaning, show: (one: Parameter) => one.description ?? one.schema?.description ?? "" },
          ]}
        />
      )}
      {body && (
        <>
          <h4>
            {words().body} ({body[0]})
          </h4>
          <SchemaTable schema={body[1].schema} document={document} />
        </>
      )}
      <h4>{words().answers}</h4>
      {Object.entries(responses).map(([status, response]) => {
        const schema = response.content?.["application/json"]?.schema;
        return (
          <section key={status}>
            <p>
              <strong>{status}</strong> {response.description}
            </p>
            {schema && Number(status) < 400 && <pre>{JSON.stringify(exampleOf(schema, document), null, 2)}</pre>}
          </section>
        );
      })}
      {method === "GET" && <TryIt named={named} document={document} />}
    </>
  );
}

/** What an object may hold, one step deep; what stands in it shows its own name. */
function SchemaTable({
  schema,
  document,
}: {
  readonly schema: Schema | undefined;
  readonly document: OpenApi;
}): JSX.Element {
  const name = schema?.$ref?.split("/").at(-1);
  const known = name === undefined ? schema : document.components.schemas[name];
  const fields = Object.entries(known?.properties ?? {});
  if (fields.length === 0) return <pre>{JSON.stringify(exampleOf(schema, document), null, 2)}</pre>;
  return (
    <Table
      caption={name ?? words().body}
      rows={fields}
      keyOf={([field]) => field}
      columns={[
        { title: words().name, show: ([field]) => field },
        {
          title: words().type,
          show: ([field, one]) => `${typeOf(one)}${known?.required?.includes(field) ? ` (${words().required})` : ""}`,
        },
        { title: words().meaning, show: ([, one]) => one.description ?? "" },
      ]}
    />
  );
}

function typeOf(schema: Schema): string {
  const { $ref, type, items, enum: allowed, anyOf, oneOf } = schema;
  if ($ref !== undefined) return $ref.split("/").at(-1)!;
  if (allowed !== undefined) return allowed.map(String).join(" | ");
  if (items !== undefined) return `[${typeOf(items)}]`;
  const several = anyOf ?? oneOf;
  if (several !== undefined) return several.map(typeOf).join(" | ");
  return [type ?? "any"].flat().join(" | ");
}
