/**
 * Deep equality, as the local provider of `@std/assert` needs it.
 *
 * @module
 */

/** Pairs that are being compared further up, so that a cycle comes to an end. */
type Seen = Map<object, Set<object>>;

/**
 * Tells whether two values are deeply equal: own enumerable keys (symbols included), prototypes,
 * and what Date, RegExp, URL, Error, Map, Set, array buffers and their views hold. A property that
 * is `undefined` differs from one that is missing; 0 equals -0 and NaN equals NaN.
 */
export function equal(a: unknown, b: unknown): boolean {
  return compare(a, b, new Map());
}

function compare(a: unknown, b: unknown, seen: Seen): boolean {
  if (Object.is(a, b) || a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (prototypeOf(a) !== prototypeOf(b)) return false;
  if (seen.get(a)?.has(b)) return true;
  const partners = seen.get(a) ?? new Set();
  seen.set(a, partners.add(b));
  const result = compareObjects(a, b, seen);
  partners.delete(b);
  return result;
}

/** A null prototype counts as that of a plain object, as in the original. */
function prototypeOf(value: object): unknown {
  return Object.getPrototypeOf(value) ?? Object.prototype;
}

function compareObjects(a: object, b: object, seen: Seen): boolean {
  if (a instanceof Date && b instanceof Date) return Object.is(a.getTime(), b.getTime());
  if (a instanceof RegExp && b instanceof RegExp) return String(a) === String(b);
  if (a instanceof URL && b instanceof URL) return a.href === b.href;
  if (a instanceof ArrayBuffer && b instanceof ArrayBuffer) {
    return equalBytes(new Uint8Array(a), new Uint8Array(b));
  }
  if (ArrayBuffer.isView(a) && ArrayBuffer.isView(b)) return equalBytes(bytesOf(a), bytesOf(b));
  if (a instanceof Error && b instanceof Error && a.message !== b.message) return false;
  if (a instanceof Map && b instanceof Map) return equalMaps(a, b, seen);
  if (a instanceof Set && b instanceof Set) return equalSets(a, b, seen);
  if (a instanceof WeakMap || a instanceof WeakSet || a instanceof WeakRef) return false;
  return equalProperties(a, b, seen);
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function equalMaps(a: Map<unknown, unknown>, b: Map<unknown, unknown>, seen: Seen): boolean {
  if (a.size !== b.size) return false;
  const left = new Map(b);
  for (const [key, value] of a) {
    const partner = left.has(key)
      ? key
      : [...left.keys()].find((other) =>
        compare(key, other, seen) && compare(value, left.get(other), seen)
      );
    if (!left.has(partner) || !compare(value, left.get(partner), seen)) return false;
    left.delete(partner);
  }
  return true;
}

function equalSets(a: Set<unknown>, b: Set<unknown>, seen: Seen): boolean {
  if (a.size !== b.size) return false;
  const left = new Set(b);
  for (const value of a) {
    if (left.delete(value)) continue;
    const partner = [...left].find((other) => compare(value, other, seen));
    if (partner === undefined) return false;
    left.delete(partner);
  }
  return true;
}

function equalProperties(a: object, b: object, seen: Seen): boolean {
  if (Array.isArray(a) && Array.isArray(b) && a.length !== b.length) return false;
  const keys = enumerableKeys(a);
  if (keys.length !== enumerableKeys(b).length) return false;
  return keys.every((key) =>
    Object.hasOwn(b, key) && compare(Reflect.get(a, key), Reflect.get(b, key), seen)
  );
}

function enumerableKeys(value: object): PropertyKey[] {
  return Reflect.ownKeys(value).filter((key) =>
    Object.prototype.propertyIsEnumerable.call(value, key)
  );
}
