/**
 * Waiting for a file to become what a test expects, by watching its folder.
 *
 * @module
 */

import { dirname } from "@std/path";
import { within } from "./deadline.ts";

/**
 * Resolves with the text of a file once it is as wanted.
 *
 * @param path The file.
 * @param wanted Tells whether a text is it; null where there is no file.
 * @param what The event's name, for the message.
 */
export async function untilFile(
  path: string,
  wanted: (text: string | null) => boolean,
  what: string,
): Promise<string | null> {
  const watcher = Deno.watchFs(dirname(path), { recursive: false });
  const wait = async () => {
    const now = await textOrNull(path);
    if (wanted(now)) return now;
    for await (const event of watcher) {
      if (event.kind === "access") continue;
      const text = await textOrNull(path);
      if (wanted(text)) return text;
    }
    throw new Error("The watch ended");
  };
  try {
    return await within(wait(), what);
  } finally {
    watcher.close();
  }
}

async function textOrNull(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
