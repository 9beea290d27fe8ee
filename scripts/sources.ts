/**
 * Reads files of the project.
 *
 * @module
 */

/**
 * Reads every TypeScript file under the named folders and files, in the order of their paths.
 *
 * @param roots Paths from the current folder, which is the project's; missing ones are left out.
 * @param ending What the names end with; `.ts` by default.
 */
export function readSources(
  roots: readonly string[],
  ending = ".ts",
): { path: string; text: string }[] {
  return roots.flatMap((root) => listFiles(root))
    .filter((path) => path.endsWith(ending))
    .sort()
    .map((path) => ({ path, text: Deno.readTextFileSync(path) }));
}

function listFiles(path: string): string[] {
  let info: Deno.FileInfo;
  try {
    info = Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  if (!info.isDirectory) return info.isFile ? [path] : [];
  return [...Deno.readDirSync(path)].flatMap((entry) => listFiles(`${path}/${entry.name}`));
}
