/**
 * The API's description as a page, from the document that the service gives of itself (/openapi.json): every operation with what it takes
 * and gives, an example for a shell, and a way to try it in the session of the console. The WebSocket's messages are shown as they come.
 */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { ask, type Problem } from "../kit/api.js";
import { TextField } from "../kit/ui/field.js";
import { ProblemStatus, Status } from "../kit/ui/status.js";
import { type Named, type OpenApi, operationsOf } from "./document.js";
import { Live } from "./live.js";
import { OperationView } from "./operation.js";
import { words } from "./words.js";

export function Page(): JSX.Element {
  const document = useSignal<OpenApi | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  useEffect(() => {
    void ask<OpenApi>("GET", "/openapi.json").then((answer) => {
      if (answer.ok) document.value = answer.value;
      else problem.value = answer.problem;
    });
  }, []);
  if (document.value !== undefined) return <Whole document={document.value} />;
  return (
    <main class="docs">
      <h1>Seinpost</h1>
      {problem.value ? <ProblemStatus problem={problem.value} /> : <Status>{words().loading}</Status>}
    </main>
  );
}

function Whole({ document }: { readonly document: OpenApi }): JSX.Element {
  const sought = useSignal("");
  const isShown = ({ method, path, operation }: Named): boolean =>
    `${method} ${path} ${operation.summary}`.toLowerCase().includes(sought.value.toLowerCase());
  const tags = document.tags
    .map(({ name, description }) => ({ name, description, operations: operationsOf(document, name).filter(isShown) }))
    .filter(({ operations }) => operations.length > 0);
  return (
    <div class="docs">
      <nav aria-label={words().operations}>
        <TextField
          label={words().search}
          type="search"
          value={sought.value}
          onInput={(value) => {
            sought.value = value;
          }}
        />
        {tags.map(({ name, operations }) => (
          <section key={name}>
            <h2>{name}</h2>
            <ul>
              {operations.map(({ method, path, operation }) => (
                <li key={operation.operationId}>
                  <a href={`#${operation.operationId}`}>
                    <span class="method">{method}</span> {path}
                  </a>
                </li>
              ))}
            </ul>
          </section>
        ))}
        <ul>
          <li>
            <a href="#live">{words().live}</a>
          </li>
        </ul>
      </nav>
      <main>
        <h1>
          {document.info.title} {document.info.version}
        </h1>
        <p>{document.info.description}</p>
        <p>
          {words().from} <a href="/openapi.json">/openapi.json</a>, <a href="/asyncapi.json">/asyncapi.json</a>
        </p>
        {tags.map(({ name, description, operations }) => (
          <section key={name} aria-label={name}>
            <h2>
              {name} <span class="quiet">{description}</span>
            </h2>
            {operations.map((named) => (
              <OperationView key={named.operation.operationId} named={named} document={document} />
            ))}
          </section>
        ))}
        <Live />
      </main>
    </div>
  );
}
