/**
 * Frames and payloads made by hand, so that the suites don't check the project's own framing
 * against itself.
 *
 * @module
 */

/** The type bytes of protocol v2. */
export const TYPE = { sync: 0x00, request: 0x01, response: 0x02, broadcast: 0x03 } as const;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** Several byte arrays as one. */
export function concat(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** A 4-byte big-endian length. */
export function lengthPrefix(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, length);
  return bytes;
}

/** A payload with its length before it. */
export function frame(payload: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat(lengthPrefix(payload.length), payload);
}

/** A typed frame: length, type byte, body. */
export function typedFrame(type: number, body: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat(lengthPrefix(body.length + 1), Uint8Array.of(type), body);
}

/** A text as UTF-8. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** UTF-8 as text. @throws {TypeError} when it isn't UTF-8. */
export function text(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** A value as JSON bytes. */
export function json(value: unknown): Uint8Array<ArrayBuffer> {
  return utf8(JSON.stringify(value));
}

/** JSON bytes as a value. */
export function fromJson(bytes: Uint8Array): unknown {
  return JSON.parse(text(bytes));
}

/** Lower-case hex digits of bytes. */
export function hex(bytes: Uint8Array): string {
  return bytes.toHex();
}

/** SHA-256 of bytes as hex digits. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}
