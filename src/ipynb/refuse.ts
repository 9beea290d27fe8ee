/**
 * The errors that refuse a file as a notebook.
 *
 * @module
 */

import { NotebookdError } from "../errors.ts";
import { formatPath, type JsonPath, locate } from "./locate.ts";
import { formatPosition, positionAt } from "./position.ts";
import type { SyntaxFault } from "./syntax.ts";

/** The error for a text that isn't JSON. */
export function syntaxRefusal(text: string, fault: SyntaxFault): NotebookdError {
  const where = formatPosition(positionAt(text, fault.offset));
  return new NotebookdError(
    "invalid_json",
    `Failed to read the notebook as JSON: ${fault.problem}, at ${where}; ` +
      "correct the file there and open it again, it is untouched",
  );
}

/** The error for JSON that isn't a notebook as a whole; the problem says what to do. */
export function notebookRefusal(problem: string): NotebookdError {
  return new NotebookdError("invalid_notebook", `Failed to read the notebook: ${problem}`);
}

/**
 * The error for a part of the JSON that isn't what a notebook has there.
 *
 * @param text The whole text, from which the position comes.
 * @param path The part.
 * @param expected What must be there, with its article.
 * @param actual What is there; only its type gets into the message.
 */
export function partRefusal(
  text: string,
  path: JsonPath,
  expected: string,
  actual: unknown,
): NotebookdError {
  const position = locate(text, path);
  const where = position === null ? "" : `, at ${formatPosition(position)}`;
  return notebookRefusal(
    `"${formatPath(path)}" must be ${expected} but is ${describeType(actual)}${where}; ` +
      "correct the file there and open it again, it is untouched",
  );
}

/** Names the type of a JSON value, or "missing" for undefined. */
export function describeType(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  switch (typeof value) {
    case "string":
      return "a string";
    case "number":
      return Number.isInteger(value) ? "an integer" : "a number";
    case "boolean":
      return "a boolean";
    default:
      return "an object";
  }
}
