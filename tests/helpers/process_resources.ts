/**
 * What a process holds, as Linux tells it. Deno lets only `--allow-all` look into /proc, so other
 * programs look.
 *
 * @module
 */

/** True where these functions work. */
export const CAN_MEASURE: boolean = Deno.build.os === "linux";

/** How many file descriptors a process has. */
export async function openFiles(pid: number): Promise<number> {
  return await entries(`/proc/${pid}/fd`);
}

/** How many threads a process has. */
export async function threads(pid: number): Promise<number> {
  return await entries(`/proc/${pid}/task`);
}

/** How much memory of a process is resident, in bytes. */
export async function residentBytes(pid: number): Promise<number> {
  const status = await outputOf("cat", [`/proc/${pid}/status`]);
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kibibytes === undefined) throw new Error(`No VmRSS of process "${pid}"`);
  return Number(kibibytes) * 1024;
}

async function entries(folder: string): Promise<number> {
  return (await outputOf("ls", [folder])).split("\n").filter((line) => line !== "").length;
}

async function outputOf(program: string, args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(decoder.decode(stderr));
  return decoder.decode(stdout);
}
