/**
 * The local provider of `@std/fs`: the names this project uses, with the original's signatures.
 * `deno.jsr.json` maps the name to the original instead.
 *
 * @module
 */

/**
 * Makes a folder, and its parents, unless it is there already.
 *
 * @throws {Deno.errors.AlreadyExists} when something that isn't a folder is there.
 */
export async function ensureDir(dir: string | URL): Promise<void> {
  try {
    await Deno.mkdir(dir, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    if (!(await Deno.stat(dir)).isDirectory) throw error;
  }
}

/** What {@linkcode exists} also asks of the path. */
export interface ExistsOptions {
  /** Only a regular file counts. */
  isFile?: boolean;
  /** Only a folder counts. */
  isDirectory?: boolean;
}

/**
 * Tells whether something is at a path, links followed.
 *
 * @throws {TypeError} when both options are set.
 */
export async function exists(
  path: string | URL,
  options: ExistsOptions = {},
): Promise<boolean> {
  if (options.isFile && options.isDirectory) {
    throw new TypeError(
      "ExistsOptions.isFile and ExistsOptions.isDirectory must not be true together",
    );
  }
  try {
    const info = await Deno.stat(path);
    if (options.isFile) return info.isFile;
    if (options.isDirectory) return info.isDirectory;
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
