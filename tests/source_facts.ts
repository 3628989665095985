/**
 * What a source file imports and what of the world outside it names, read from its syntax tree, so
 * that comments, strings and documentation count for nothing.
 *
 * @module
 */

/** One `import`, `export … from`, `import()` or `import("…").Type` of a file. */
export interface Import {
  /** As it is written; `*` where it is not a literal. */
  readonly specifier: string;
  /** It is gone at run time. */
  readonly isType: boolean;
}

/** What {@linkcode readFacts} finds in a file. */
export interface Facts {
  readonly imports: readonly Import[];
  /** The names of {@linkcode OUTSIDE} that it uses, in the form in which they are listed there. */
  readonly outside: readonly string[];
}

/** What makes the outcome of code depend on more than its arguments, or reaches out of it. */
export const OUTSIDE: ReadonlySet<string> = new Set([
  "Date",
  "Deno",
  "EventSource",
  "Function",
  "Math.random",
  "WebSocket",
  "Worker",
  "clearInterval",
  "clearTimeout",
  "console",
  "crypto",
  "eval",
  "fetch",
  "global",
  "globalThis",
  "import.meta",
  "navigator",
  "performance",
  "process",
  "queueMicrotask",
  "self",
  "setImmediate",
  "setInterval",
  "setTimeout",
  "window",
]);

/** Reads a TypeScript source. `name` is only for messages. */
export function readFacts(name: string, source: string): Facts {
  const imports: Import[] = [];
  const outside = new Set<string>();
  const use = (name: string) => OUTSIDE.has(name) && outside.add(name);
  const add = (specifier: string, isType: boolean) => imports.push({ specifier, isType });

  const visitor: Deno.lint.LintVisitor = {
    ImportDeclaration({ source, importKind, specifiers }) {
      const isType = importKind === "type" || specifiers.length > 0 &&
          specifiers.every((one) => one.type === "ImportSpecifier" && one.importKind === "type");
      add(source.value, isType);
    },
    ExportNamedDeclaration({ source, exportKind }) {
      if (source) add(source.value, exportKind === "type");
    },
    ExportAllDeclaration({ source, exportKind }) {
      add(source.value, exportKind === "type");
    },
    ImportExpression({ source }) {
      add(source.type === "Literal" ? String(source.value) : "*", false);
    },
    TSImportType({ argument }) {
      const literal = argument.type === "TSLiteralType" ? argument.literal : argument;
      add(literal.type === "Literal" ? String(literal.value) : "*", true);
    },
    MetaProperty() {
      use("import.meta");
    },
    Identifier(node) {
      if (isOwnName(node)) return;
      if (node.name === "Math") {
        // Only `Math.floor` and the like say which function they mean.
        const { parent } = node;
        const property = parent.type === "MemberExpression" && !parent.computed
          ? parent.property
          : undefined;
        if (property?.type !== "Identifier" || property.name === "random") use("Math.random");
      }
      use(node.name);
    },
  };
  const plugin: Deno.lint.Plugin = { name: "facts", rules: { facts: { create: () => visitor } } };
  Deno.lint.runPlugin(plugin, name, source);
  return { imports, outside: [...outside].sort() };
}

/** Whether an identifier is the name of a member or a key, not of a variable. */
function isOwnName(node: Deno.lint.Identifier): boolean {
  const { parent } = node;
  switch (parent.type) {
    case "MemberExpression":
      return !parent.computed && parent.property.range[0] === node.range[0];
    case "Property":
      return !parent.computed && !parent.shorthand && parent.key.range[0] === node.range[0];
    case "PropertyDefinition":
    case "MethodDefinition":
    case "TSPropertySignature":
    case "TSMethodSignature":
      return !parent.computed && parent.key.range[0] === node.range[0];
    default:
      return false;
  }
}
