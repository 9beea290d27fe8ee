/**
 * Guards against a hang: a test that waits for an event fails with a name when the event never
 * comes. Nothing here waits for time to pass.
 *
 * @module
 */

/** How long a test waits for an event before it fails, in milliseconds: generous, since machines differ. */
export const PATIENCE_MS = 30_000;

/**
 * Gives what a promise gives.
 *
 * @param promise The event waited for.
 * @param what The event's name, for the message.
 * @param ms After how many milliseconds to give up.
 * @throws {Error} when the event hasn't come by then.
 */
export async function within<T>(
  promise: Promise<T>,
  what: string,
  ms: number = PATIENCE_MS,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const guard = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`Gave up after ${ms} ms waiting for ${what}`)), ms);
  });
  try {
    return await Promise.race([promise, guard]);
  } finally {
    clearTimeout(timer);
  }
}

/** What {@linkcode orSilence} gives when nothing came. */
export const SILENCE = Symbol("silence");

/**
 * Gives what a promise gives, or {@linkcode SILENCE} after a span without it. Only the client that
 * mimics existing ones may use it: they take silence for an answer.
 */
export async function orSilence<T>(promise: Promise<T>, ms: number): Promise<T | typeof SILENCE> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<typeof SILENCE>((resolve) => {
    timer = setTimeout(() => resolve(SILENCE), ms);
  });
  try {
    return await Promise.race([promise, silence]);
  } finally {
    clearTimeout(timer);
  }
}
