/**
 * Finds the first place where a text stops being JSON, and says what is wrong there. Used only after
 * `JSON.parse` refused a text: its own messages quote the content and differ between engines.
 *
 * It never recurses. A parser that recovers from errors could be led to deeper nesting than the text
 * seems to have, so the cap on depth wouldn't protect it.
 *
 * @module
 */

/** The first place where a text isn't JSON (RFC 8259). */
export interface SyntaxFault {
  /** Offset of the place in UTF-16 code units; the length of the text where it ends too early. */
  offset: number;
  /** What is wrong, as a clause without a capital or period. It names kinds, never content. */
  problem: string;
}

type Expected =
  | "value"
  | "value or end"
  | "key"
  | "key or end"
  | "colon"
  | "comma or end"
  | "nothing";

const WHITE_SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const NUMBER_CHARACTER = /[0-9.eE+-]/y;
const LITERAL = /(?:true|false|null)(?![A-Za-z0-9_])/y;
/** What may stand in a string as it is: from U+0020 on, without the quote and the backslash. */
const PLAIN_CHARACTERS = /[ !#-[\]-\uffff]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})/y;

/** Things that people and programs put into notebooks and that aren't JSON. */
const KNOWN_MISTAKES: readonly (readonly [RegExp, string])[] = [
  [/NaN/y, "NaN is not JSON"],
  [/-?Infinity/y, "Infinity is not JSON"],
  [/(?:<{7}|={7}|>{7})/y, "a merge conflict marker is left in the file"],
  [/\/[/*]/y, "a comment is not JSON"],
  [/'/y, "single quotes are not JSON"],
  [/(?:True|False|None|undefined)/y, "a literal of another language is not JSON"],
];

/**
 * Finds the first fault of a text.
 *
 * @param text The whole text.
 * @returns The fault, or null if the text is JSON: exactly the texts that `JSON.parse` takes.
 *
 * @example
 * ```ts
 * import { findSyntaxFault } from "@/ipynb/syntax.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(findSyntaxFault('{"a": NaN}'), { offset: 6, problem: "NaN is not JSON" });
 * assertEquals(findSyntaxFault('{"a": 1}'), null);
 * ```
 */
export function findSyntaxFault(text: string): SyntaxFault | null {
  if (matchEnd(WHITE_SPACE, text, 0) === text.length) {
    return { offset: 0, problem: "there is nothing but white space" };
  }
  const walk = new Walk(text);
  while (walk.fault === null && !walk.done) walk.step();
  return walk.fault;
}

/** One pass over a text: where it is, which containers are open, and what may come next. */
class Walk {
  fault: SyntaxFault | null = null;
  done = false;
  readonly #text: string;
  /** The closing bracket of each open container, innermost last. */
  readonly #closers: ("}" | "]")[] = [];
  #at = 0;
  #expected: Expected = "value";
  #lastComma = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Takes one token. */
  step(): void {
    this.#at = matchEnd(WHITE_SPACE, this.#text, this.#at) ?? this.#at;
    const character = this.#text[this.#at];
    if (character === undefined) {
      if (this.#expected === "nothing") this.done = true;
      else this.#fail("the file ends before its JSON is complete, so it may be cut short");
      return;
    }
    switch (this.#expected) {
      case "nothing":
        return this.#fail("there is more after the end of the JSON");
      case "colon":
        return this.#takeColon(character);
      case "comma or end":
        return this.#takeCommaOrEnd(character);
      case "key":
      case "key or end":
        return this.#takeKey(character);
      case "value":
      case "value or end":
        return this.#takeValue(character);
      default: {
        const never: never = this.#expected;
        throw new TypeError(`Unknown expectation "${never}"`);
      }
    }
  }

  #takeColon(character: string): void {
    if (character !== ":") return this.#fail("a colon was expected after a key");
    this.#at++;
    this.#expected = "value";
  }

  #takeCommaOrEnd(character: string): void {
    const closer = this.#closers.at(-1);
    if (character === closer) return this.#close();
    if (character !== ",") {
      return this.#fail(
        `a comma or the end of the ${closer === "}" ? "object" : "list"} was expected`,
      );
    }
    this.#lastComma = this.#at++;
    this.#expected = closer === "}" ? "key" : "value";
  }

  #takeKey(character: string): void {
    if (character === '"') {
      this.#takeString();
      this.#expected = "colon";
    } else if (character !== "}") {
      this.#fail("a key in double quotes was expected");
    } else if (this.#expected === "key or end") {
      this.#close();
    } else {
      this.#fail("a comma before the end of an object is not JSON", this.#lastComma);
    }
  }

  #takeValue(character: string): void {
    if (character === "{" || character === "[") {
      this.#closers.push(character === "{" ? "}" : "]");
      this.#at++;
      this.#expected = character === "{" ? "key or end" : "value or end";
    } else if (character === "]" && this.#closers.at(-1) === "]") {
      if (this.#expected === "value or end") this.#close();
      else this.#fail("a comma before the end of a list is not JSON", this.#lastComma);
    } else if (character === '"') {
      this.#takeString();
      this.#afterValue();
    } else {
      this.#takeScalar();
    }
  }

  #takeScalar(): void {
    const start = this.#at;
    const numberEnd = matchEnd(NUMBER, this.#text, start);
    const end = numberEnd ?? matchEnd(LITERAL, this.#text, start);
    if (end === null) return this.#fail("a value was expected");
    if (numberEnd !== null && matchEnd(NUMBER_CHARACTER, this.#text, end) !== null) {
      return this.#fail("a number is not spelled as JSON wants it", start);
    }
    this.#at = end;
    this.#afterValue();
  }

  #takeString(): void {
    let at = this.#at + 1;
    for (;;) {
      at = matchEnd(PLAIN_CHARACTERS, this.#text, at) ?? at;
      const character = this.#text[at];
      if (character === '"') {
        this.#at = at + 1;
        return;
      }
      if (character === undefined) {
        return this.#fail("the file ends inside a string, so it may be cut short", at);
      }
      if (character !== "\\") {
        const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
        return this.#fail(`the control character U+${code} must be escaped in a string`, at);
      }
      const end = matchEnd(ESCAPE, this.#text, at);
      if (end === null) {
        // A file that was cut short may end inside an escape, which is then no mistake of spelling.
        const cut = /\\(?:u[0-9A-Fa-f]{0,3})?$/.test(this.#text.slice(at, at + 6)) &&
          this.#text.length - at < 6;
        return cut
          ? this.#fail("the file ends inside a string, so it may be cut short", this.#text.length)
          : this.#fail("a backslash in a string does not begin an escape of JSON", at);
      }
      at = end;
    }
  }

  #close(): void {
    this.#closers.pop();
    this.#at++;
    this.#afterValue();
  }

  #afterValue(): void {
    this.#expected = this.#closers.length === 0 ? "nothing" : "comma or end";
  }

  #fail(problem: string, offset: number = this.#at): void {
    const known = offset === this.#at
      ? KNOWN_MISTAKES.find(([pattern]) => matchEnd(pattern, this.#text, offset) !== null)
      : undefined;
    this.fault ??= { offset, problem: known?.[1] ?? problem };
  }
}

/** Where a sticky pattern's match at an offset ends, or null where it doesn't match there. */
function matchEnd(pattern: RegExp, text: string, at: number): number | null {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : null;
}
