/**
 * Giving way inside long work.
 *
 * @module
 */

/**
 * Resolves once every message that waits now has been handled. A message port is used because a
 * timer of 0 ms is clamped to some milliseconds after a few turns, and a microtask lets nothing in.
 */
export function yieldToEvents(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
