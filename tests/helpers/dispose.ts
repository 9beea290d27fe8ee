/**
 * Several disposables as one, for `await using`.
 *
 * @module
 */

/** Ends all of them, in their order, and reports every failure. */
export function together(all: readonly AsyncDisposable[]): AsyncDisposable {
  return {
    async [Symbol.asyncDispose]() {
      const results = await Promise.allSettled(all.map((one) => one[Symbol.asyncDispose]()));
      const errors = results.flatMap((result) =>
        result.status === "rejected" ? [result.reason] : []
      );
      if (errors.length > 0) throw new AggregateError(errors, "Some could not be ended");
    },
  };
}
