/**
 * Which notebooks of the corpus aren't notebooks, with what must be said about each: found with
 * another language's JSON parser and by reading them.
 *
 * @module
 */

/** How a file is refused. */
export interface Refusal {
  /** The info frame's `error_code`. */
  code: string;
  /** What the message must name. */
  says: RegExp;
}

const json = (says: RegExp): Refusal => ({ code: "invalid_json", says });
const notebook = (says: RegExp): Refusal => ({ code: "invalid_notebook", says });

/** By file name. */
export const REFUSED: Readonly<Record<string, Refusal>> = {
  "astral-sh__ruff__rates-ruff-notebook-resources-test-fixtures-jupyter-not-json.ipynb": json(
    /line 1, column 1\b/,
  ),
  "astral-sh__ruff__s-ruff-notebook-resources-test-fixtures-jupyter-wrong-schema.ipynb": notebook(
    /nbformat/,
  ),
  "deepnote__deepnote__test-fixtures-ChartExamples-Notebook1.ipynb": notebook(/nbformat/),
  "fastai__nbdev__tests-example.broken.ipynb": json(/line 5, column 1\b/),
  "ipython__ipython-in-depth__examples-Interactive-Widgets-Widget-List.ipynb": notebook(
    /nbformat 3\b/,
  ),
  "jupyter__nbdime__nbdime-tests-files-empty-utf-16.ipynb": json(/UTF-16/),
  "jupyter__nbformat__tests-test2.ipynb": notebook(/nbformat 2\b/),
  "jupyter__nbformat__tests-test3-no-worksheets.ipynb": notebook(/nbformat 3\b/),
  "jupyter__nbformat__tests-test3-worksheet-with-no-cells.ipynb": notebook(/nbformat 3\b/),
  "kynan__nbstripout__tests-e2e-notebooks-test-invalid-json.ipynb": json(/line 3[23], column \d+/),
  "kynan__nbstripout__tests-e2e-notebooks-test-missing-nbformat.ipynb": notebook(/nbformat/),
  "kynan__nbstripout__tests-e2e-notebooks-test-nbformat2.ipynb": notebook(/nbformat 2\b/),
  "made__cells-null.ipynb": notebook(/cells/),
  "made__cells-object.ipynb": notebook(/cells/),
  "made__deep-nesting-100k.ipynb": { code: "limit_reached", says: /nest|level|deep/ },
  "made__latin1-bytes.ipynb": json(/UTF-8/),
  "made__nan-infinity.ipynb": json(/line 14, column 13\b/),
  "made__nbformat-5.0-future.ipynb": notebook(/nbformat 5\b/),
  "made__top-level-array.ipynb": notebook(/object/),
  "made__trailing-garbage.ipynb": json(/line 27, column 1\b/),
  "made__truncated-mid-string.ipynb": json(/line 12, column \d+/),
  "made__truncated-mid-utf8.ipynb": json(/byte offset 155, line 10\b/),
  "made__wrong-types.ipynb": notebook(/nbformat/),
  "microsoft__vscode-jupyter__resources-startNativeNotebooks.ipynb": json(/empty/),
  "runtimed__runtimed__crates-nbformat-tests-notebooks-test3-alloutputs.ipynb": notebook(
    /nbformat 3\b/,
  ),
};
