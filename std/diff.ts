/**
 * What the local provider of `@std/assert` shows when two values differ.
 *
 * @module
 */

/** Above this many pairs of lines the changed middle is shown whole, without looking for matches. */
const MAX_LINE_PAIRS = 4_000_000;

/** Gives a value as text with one property a line, keys sorted, nothing abbreviated. */
export function format(value: unknown): string {
  return Deno.inspect(value, {
    depth: Infinity,
    sorted: true,
    trailingComma: true,
    compact: false,
    iterableLimit: Infinity,
    strAbbreviateSize: Infinity,
    getters: true,
  });
}

/**
 * Gives the lines of both texts: those only in `actual` start with `-`, those only in `expected`
 * with `+`, common ones with a space.
 */
export function diffLines(actual: string, expected: string): string {
  const a = actual.split("\n");
  const b = expected.split("\n");
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (
    end < a.length - start && end < b.length - start &&
    a[a.length - 1 - end] === b[b.length - 1 - end]
  ) end++;
  return [
    ...a.slice(0, start).map((line) => `    ${line}`),
    ...diffMiddle(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...a.slice(a.length - end).map((line) => `    ${line}`),
  ].join("\n");
}

function diffMiddle(a: string[], b: string[]): string[] {
  if (a.length * b.length > MAX_LINE_PAIRS) {
    return [...a.map((line) => `-   ${line}`), ...b.map((line) => `+   ${line}`)];
  }
  const lengths = commonLengths(a, b);
  const width = b.length + 1;
  const lines: string[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const dropA = i < a.length ? lengths[(i + 1) * width + j] ?? -1 : -1;
    const dropB = j < b.length ? lengths[i * width + j + 1] ?? -1 : -1;
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push(`    ${a[i++]}`);
      j++;
    } else if (dropA >= dropB) {
      lines.push(`-   ${a[i++]}`);
    } else {
      lines.push(`+   ${b[j++]}`);
    }
  }
  return lines;
}

/** The length of the longest common subsequence of a[i..] and b[j..], at i * (b.length + 1) + j. */
function commonLengths(a: string[], b: string[]): Uint32Array {
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i * width + j] = a[i] === b[j]
        ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1
        : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0);
    }
  }
  return lengths;
}
