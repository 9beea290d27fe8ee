/**
 * Times of repeated work, and a table of them.
 *
 * @module
 */

/** What came of measuring one thing, in milliseconds. */
export interface Sample {
  /** Half of the runs took less. */
  median: number;
  /** Nineteen of twenty runs took less. */
  p95: number;
}

/** The sample of a list of times. */
export function sampleOf(times: readonly number[]): Sample {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
  return { median: at(0.5) ?? NaN, p95: at(0.95) ?? NaN };
}

/** Runs work several times and gives how long it took. */
export async function measure(runs: number, work: () => Promise<void> | void): Promise<Sample> {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  return sampleOf(times);
}

/** One line of the table. */
export interface Row {
  what: string;
  median: string;
  p95: string;
  ratio: string;
}

/** A line for a sample, with its median as a multiple of another's. */
export function row(what: string, sample: Sample, base?: { sample: Sample; name: string }): Row {
  const ratio = base === undefined
    ? ""
    : `${(sample.median / base.sample.median).toFixed(1)} x ${base.name}`;
  return { what, median: milliseconds(sample.median), p95: milliseconds(sample.p95), ratio };
}

function milliseconds(time: number): string {
  return `${time < 10 ? time.toFixed(2) : time.toFixed(0)} ms`;
}

/** The rows as a Markdown table, its columns aligned. */
export function table(rows: readonly Row[]): string {
  const lines = [
    ["", "median", "95 %", "ratio"],
    ...rows.map(({ what, median, p95, ratio }) => [
      what,
      median,
      p95,
      ratio,
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0))
  );
  const render = (line: readonly string[]) =>
    `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = lines;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [render(head), rule, ...body.map(render)].join("\n");
}
