/**
 * The project's own lint rules. `deno lint` runs them with its own.
 *
 * @module
 */

/// <reference lib="deno.unstable" />
import { mayTouchMachine } from "./layout.ts";

type RuleContext = Deno.lint.RuleContext;
type FunctionNode =
  | Deno.lint.FunctionDeclaration
  | Deno.lint.FunctionExpression
  | Deno.lint.ArrowFunctionExpression;

const MAX_FUNCTION_LINES = 40;
const MACHINE_GLOBALS = new Set(["Deno", "fetch", "WebSocket", "EventSource", "Worker", "process"]);
/** A deadline isn't a sleep: it ends a test that would otherwise hang. Only this file sets them. */
const DEADLINES = /(?:^|\/)tests\/helpers\/deadline\.ts$/;
const SLEEPERS = new Set(["setTimeout", "setInterval", "delay", "sleep"]);
const TEXT_MATCHERS = new Set([
  "endsWith",
  "includes",
  "indexOf",
  "match",
  "matchAll",
  "search",
  "startsWith",
]);

const plugin: Deno.lint.Plugin = {
  name: "notebookd",
  rules: {
    "no-suppression": { create: noSuppression },
    "no-sleep-in-tests": { create: noSleepInTests },
    "no-message-matching": { create: noMessageMatching },
    "short-functions": { create: shortFunctions },
    "no-machine": { create: noMachine },
  },
};

export default plugin;

/** A check that is switched off, or work that is put off, doesn't belong in the repository. */
function noSuppression(context: RuleContext): Deno.lint.LintVisitor {
  const forbidden = /@ts-(ignore|expect-error|nocheck)|deno-(lint|fmt)-ignore|\b(TODO|FIXME|XXX)\b/;
  return {
    Program() {
      for (const comment of context.sourceCode.getAllComments()) {
        const found = forbidden.exec(comment.value)?.[0];
        if (found === undefined) continue;
        context.report({
          range: comment.range,
          message: `Comment holds "${found}": do it instead`,
        });
      }
    },
  };
}

/** Waiting for time makes a test slow or flaky: wait for the event, or inject the clock. */
function noSleepInTests(context: RuleContext): Deno.lint.LintVisitor {
  if (!isTest(context.filename) || DEADLINES.test(context.filename)) return {};
  return {
    CallExpression(node) {
      const name = calledName(node);
      if (name === undefined || !SLEEPERS.has(name)) return;
      context.report({ node, message: `A test calls "${name}": wait for an event instead` });
    },
  };
}

/** The text of an error is for people; programs go by its code. Tests may look at the text. */
function noMessageMatching(context: RuleContext): Deno.lint.LintVisitor {
  if (isTest(context.filename)) return {};
  const message = 'Error told by its "message": use its code or class';
  return {
    CallExpression(node) {
      const callee = unchained(node.callee);
      if (callee.type !== "MemberExpression") return;
      const { object, property } = callee;
      const method = property.type === "Identifier" ? property.name : undefined;
      if (method === undefined) return;
      const matchesText = TEXT_MATCHERS.has(method) && isErrorMessage(object);
      const testsText = (method === "test" || method === "exec") &&
        node.arguments.some(isErrorMessage);
      if (matchesText || testsText) context.report({ node, message });
    },
    BinaryExpression(node) {
      if (!["==", "===", "!=", "!=="].includes(node.operator)) return;
      if (isErrorMessage(node.left) || isErrorMessage(node.right)) {
        context.report({ node, message });
      }
    },
  };
}

/** A function that doesn't fit on a screen does more than one thing. Bodies of tests may be longer. */
function shortFunctions(context: RuleContext): Deno.lint.LintVisitor {
  if (isTest(context.filename)) return {};
  function check(node: FunctionNode): void {
    const text = context.sourceCode.text.slice(node.range[0], node.range[1]);
    const lines = text.split("\n").length;
    if (lines <= MAX_FUNCTION_LINES) return;
    const message = `Function has ${lines} lines; ${MAX_FUNCTION_LINES} is the end`;
    context.report({ range: [node.range[0], node.range[0] + 1], message });
  }
  return {
    FunctionDeclaration: check,
    FunctionExpression: check,
    ArrowFunctionExpression: check,
  };
}

/** Pure folders reach files, the network and workers through ports alone. */
function noMachine(context: RuleContext): Deno.lint.LintVisitor {
  const file = /(?:^|\/)src\/(.+)$/.exec(context.filename)?.[1];
  if (file === undefined || isTest(context.filename) || mayTouchMachine(file)) return {};
  return {
    Identifier(node) {
      if (!MACHINE_GLOBALS.has(node.name) || !isReference(node)) return;
      context.report({ node, message: `"${node.name}" in a folder that touches nothing` });
    },
  };
}

function isTest(filename: string): boolean {
  return /_test\.tsx?$|(?:^|\/)tests\//.test(filename);
}

function calledName(node: Deno.lint.CallExpression): string | undefined {
  const { callee } = node;
  if (callee.type === "Identifier") return callee.name;
  if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") return undefined;
  const onGlobal = callee.object.type === "Identifier" && callee.object.name === "globalThis";
  return onGlobal ? callee.property.name : undefined;
}

/** Takes `a?.b` for `a.b`. */
function unchained(node: Deno.lint.Node): Deno.lint.Node {
  return node.type === "ChainExpression" ? unchained(node.expression) : node;
}

function isErrorMessage(chained: Deno.lint.Node): boolean {
  const node = unchained(chained);
  if (node.type !== "MemberExpression" || node.computed) return false;
  if (node.property.type !== "Identifier" || node.property.name !== "message") return false;
  return node.object.type === "Identifier" &&
    /^(e|err|cause|failure|reason|thrown)$|error$/i.test(node.object.name);
}

/** A name after a dot, a key, or a part of a type isn't the global of that name. */
function isReference(node: Deno.lint.Identifier): boolean {
  const parent = node.parent;
  switch (parent.type) {
    case "MemberExpression":
      return parent.object === node || (parent.computed && parent.property === node);
    case "Property":
      return parent.value === node;
    case "MethodDefinition":
    case "PropertyDefinition":
    case "TSPropertySignature":
    case "TSMethodSignature":
    case "TSQualifiedName":
    case "TSTypeReference":
    case "ImportSpecifier":
      return false;
    default:
      return true;
  }
}
