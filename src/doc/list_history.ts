/**
 * Follows the elements of a list through insertions and deletions.
 *
 * @module
 */

/** One element that came or went. `index` is its position when it did. */
export type ListStep =
  /** `before` is where it was before the first step. */
  | { type: "deleted"; index: number; before: number }
  /** `after` is where it is after the last step. */
  | { type: "inserted"; index: number; after: number };

/** Elements that lie side by side and came from the same place. */
interface Run {
  /** Where the first one was before the first step, or null for elements that came later. */
  before: number | null;
  length: number;
  /** The steps that brought the elements, if they are new: one each. */
  brought: { index: number; after: number | null }[];
}

type Step = { type: "deleted"; index: number; before: number } | {
  type: "inserted";
  index: number;
  element: Run["brought"][number];
};

/** A list whose length nobody told, and what happened to it. */
export class ListHistory {
  #runs: Run[] = [{ before: 0, length: Infinity, brought: [] }];
  readonly #steps: Step[] = [];

  /** `count` elements appeared, the first at `index`. */
  insert(index: number, count: number): void {
    const brought = Array.from({ length: count }, (_, offset) => ({
      index: index + offset,
      after: null,
    }));
    for (const element of brought) {
      this.#steps.push({ type: "inserted", index: element.index, element });
    }
    this.#runs.splice(this.#splitAt(index), 0, { before: null, length: count, brought });
  }

  /** `count` elements went, the first from `index`. */
  delete(index: number, count: number): void {
    const first = this.#splitAt(index);
    const removed = this.#runs.splice(first, this.#splitAt(index + count) - first);
    for (const run of removed) {
      for (let offset = 0; run.before !== null && offset < run.length; offset++) {
        this.#steps.push({ type: "deleted", index, before: run.before + offset });
      }
    }
  }

  /** Everything that came and stayed, and everything that went, in the order in which it did. */
  steps(): ListStep[] {
    this.#number();
    return this.#steps.flatMap((step): ListStep[] => {
      if (step.type === "deleted") return [step];
      const { index, after } = step.element;
      return after === null ? [] : [{ type: "inserted", index, after }];
    });
  }

  /** Whether the element that is now at this index wasn't there before the first step. */
  isNew(index: number): boolean {
    let start = 0;
    for (const run of this.#runs) {
      if (index < start + run.length) return run.before === null;
      start += run.length;
    }
    return false;
  }

  #number(): void {
    let start = 0;
    for (const run of this.#runs) {
      for (const [offset, element] of run.brought.entries()) element.after = start + offset;
      start += run.length;
    }
  }

  /** Makes a run begin at this index. Gives its place among the runs. */
  #splitAt(index: number): number {
    let start = 0;
    for (const [place, run] of this.#runs.entries()) {
      if (start === index) return place;
      const head = index - start;
      if (head < run.length) {
        this.#runs.splice(place, 1, ...split(run, head));
        return place + 1;
      }
      start += run.length;
    }
    return this.#runs.length;
  }
}

function split({ before, length, brought }: Run, head: number): [Run, Run] {
  const rest = before === null ? null : before + head;
  return [
    { before, length: head, brought: brought.slice(0, head) },
    { before: rest, length: length - head, brought: brought.slice(head) },
  ];
}
