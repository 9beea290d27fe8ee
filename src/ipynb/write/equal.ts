/**
 * Whether two values are the same JSON.
 *
 * @module
 */

/**
 * Compares two values as JSON: objects whatever the order of their keys, numbers by value (so that
 * -0 is 0). A key whose value is undefined counts as absent.
 */
export function equalJson(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== "object" || typeof right !== "object") return false;
  if (left === null || right === null) return false;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length &&
      left.every((item, index) => equalJson(item, right[index]));
  }
  const keys = definedKeys(left);
  return keys.length === definedKeys(right).length &&
    keys.every((key) =>
      Object.hasOwn(right, key) &&
      equalJson(left[key as keyof typeof left], right[key as keyof typeof right])
    );
}

function definedKeys(object: object): string[] {
  return Object.keys(object).filter((key) => object[key as keyof typeof object] !== undefined);
}
