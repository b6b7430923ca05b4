/**
 * The API Design Rules of the Dutch government (core, version 2), as far as a document can show whether they are kept, as rules for
 * Spectral. Each is named as there: https://gitdocumentatie.logius.nl/publicatie/api/adr/
 */
/** A function of Spectral by its name, and what it is asked of the field, or of all that was found. */
interface Check {
  readonly function: "casing" | "falsy" | "pattern" | "schema" | "truthy";
  readonly functionOptions?: object;
  readonly field?: string;
}

interface DesignRule {
  readonly message: string;
  /** JSONPath. */
  readonly given: string;
  readonly check: Check | readonly Check[];
}

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
const OPERATIONS = `$.paths[*][${METHODS.join(",")}]`;

export const API_DESIGN_RULES: Readonly<Record<string, DesignRule>> = {
  "core/no-trailing-slash": {
    message: "A path ends without a slash",
    given: "$.paths[*]~",
    check: { function: "pattern", functionOptions: { notMatch: ".+/$" } },
  },
  "core/http-methods": {
    message: "Only the methods of HTTP",
    given: "$.paths[*]",
    check: {
      function: "schema",
      functionOptions: {
        schema: {
          type: "object",
          propertyNames: { enum: [...METHODS, "summary", "description", "parameters", "servers"] },
        },
      },
    },
  },
  "core/path-segments-kebab-case": {
    message: "Segments of a path are kebab-case",
    given: "$.paths[*]~",
    check: {
      function: "pattern",
      functionOptions: { match: "^(/([a-z0-9]+(-[a-z0-9]+)*|\\{[a-zA-Z]+\\}|[a-z]+\\.json))+$" },
    },
  },
  "core/query-keys-camel-case": {
    message: "Keys of a query are camelCase",
    given: "$..parameters[?(@.in=='query')].name",
    check: { function: "casing", functionOptions: { type: "camel" } },
  },
  "core/property-names-camel-case": {
    message: "Names of properties are camelCase",
    given: "$.components.schemas..properties[*]~",
    check: { function: "pattern", functionOptions: { match: "^[a-z][a-zA-Z0-9]*$|^GM[0-9]{4}$" } },
  },
  "core/uri-version": {
    message:
      "The major version is in the path, but of what says how the service is, of the documents, and of pages for browsers",
    given: "$.paths[*]~",
    check: {
      function: "pattern",
      functionOptions: {
        match: "^/v[1-9][0-9]*/|^/(healthz|readyz|metrics|openapi\\.json|asyncapi\\.json)$|^/[au]/\\{[a-z]+\\}$",
      },
    },
  },
  "core/semver": {
    message: "The version has three numbers",
    given: "$.info.version",
    check: { function: "pattern", functionOptions: { match: "^[0-9]+\\.[0-9]+\\.[0-9]+$" } },
  },
  "core/version-header": {
    message: "An answer that is none of an error has the header API-Version",
    given: `${OPERATIONS}.responses[?(@property.match(/^[23]/))].headers`,
    check: { field: "API-Version", function: "truthy" },
  },
  "core/problem-details": {
    message: "An error is a problem document (RFC 9457)",
    given: `${OPERATIONS}.responses[?(@property.match(/^[45]/))].content`,
    check: { field: "application/problem+json", function: "truthy" },
  },
  "core/error-responses": {
    message: "An operation under /v1 says what can go wrong",
    given: `$.paths[?(@property.match(/^\\/v1/))][${METHODS.join(",")}].responses`,
    check: {
      function: "schema",
      functionOptions: { schema: { type: "object", patternProperties: { "^4": {} }, minProperties: 2 } },
    },
  },
  "core/hide-implementation": {
    message: "Nothing of how it is made is in a path",
    given: "$.paths[*]~",
    check: { function: "pattern", functionOptions: { notMatch: "\\.(php|aspx|jsp|ts|js)\\b|/(lmdb|smpp|graphql)\\b" } },
  },
  "core/no-body-in-get": {
    message: "GET and DELETE have no body",
    given: "$.paths[*][get,delete].requestBody",
    check: { function: "falsy" },
  },
  "core/documentation": {
    message: "Each operation says what it does, and has a name of its own",
    given: OPERATIONS,
    check: [
      { field: "summary", function: "truthy" },
      { field: "operationId", function: "truthy" },
    ],
  },
};
