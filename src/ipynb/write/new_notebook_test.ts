import { assertEquals, assertThrows } from "@std/assert";
import { NotebookdError } from "../../errors.ts";
import { newNotebook } from "../create.ts";
import { newNotebookText } from "./new_notebook.ts";
import { type NotebookState, notebookState } from "./state.ts";
import { cellOf, stateOf } from "./testing_edit.ts";

const EMPTY: NotebookState = {
  cells: [],
  snapshot: null,
  metadata: {},
  nbformat: 4,
  nbformatMinor: 5,
  extra: {},
};

const STATE: NotebookState = {
  ...EMPTY,
  cells: [
    cellOf("a", {
      source: "x = 1\n\ny\u2028z",
      executionCount: 2,
      metadata: {},
      outputs: [
        { output_type: "stream", name: "stdout", text: "1\n2\r\n3" },
        {
          output_type: "display_data",
          metadata: { k: "a\nb" },
          data: {
            "text/html": "<b>\n</b>",
            "image/svg+xml": "<svg>\n</svg>",
            "application/javascript": "a\nb",
            "application/json": { t: "a\nb", n: 1.5 },
            "image/png": "AA\nBB",
            "text/plain": "é\x7f",
          },
        },
        { output_type: "error", ename: "E", evalue: "a\nb", traceback: ["x\ny"] },
      ].map((output) => JSON.stringify(output)),
    }),
    cellOf("b", {
      cellType: "markdown",
      attachments: { "a.png": { "image/png": "A\nB", "text/plain": "c\nd" } },
    }),
    cellOf("c", { cellType: "raw", source: "r", metadata: { format: "x" } }),
  ],
  metadata: { zeta: 1, Alpha: { b: [], a: {} }, "😀": 1, "\uffff": 2 },
};

/** What `nbformat.write` (nbformat 5.11) makes of the same notebook. */
const WRITTEN_BY_NBFORMAT = `{
 "cells": [
  {
   "cell_type": "code",
   "execution_count": 2,
   "id": "a",
   "metadata": {},
   "outputs": [
    {
     "name": "stdout",
     "output_type": "stream",
     "text": [
      "1\\n",
      "2\\r\\n",
      "3"
     ]
    },
    {
     "data": {
      "application/javascript": [
       "a\\n",
       "b"
      ],
      "application/json": {
       "n": 1.5,
       "t": "a\\nb"
      },
      "image/png": "AA\\nBB",
      "image/svg+xml": [
       "<svg>\\n",
       "</svg>"
      ],
      "text/html": [
       "<b>\\n",
       "</b>"
      ],
      "text/plain": [
       "é\x7f"
      ]
     },
     "metadata": {
      "k": "a\\nb"
     },
     "output_type": "display_data"
    },
    {
     "ename": "E",
     "evalue": "a\\nb",
     "output_type": "error",
     "traceback": [
      "x\\ny"
     ]
    }
   ],
   "source": [
    "x = 1\\n",
    "\\n",
    "y\u2028",
    "z"
   ]
  },
  {
   "attachments": {
    "a.png": {
     "image/png": "A\\nB",
     "text/plain": [
      "c\\n",
      "d"
     ]
    }
   },
   "cell_type": "markdown",
   "id": "b",
   "metadata": {},
   "source": []
  },
  {
   "cell_type": "raw",
   "id": "c",
   "metadata": {
    "format": "x"
   },
   "source": [
    "r"
   ]
  }
 ],
 "metadata": {
  "Alpha": {
   "a": {},
   "b": []
  },
  "zeta": 1,
  "\uffff": 2,
  "😀": 1
 },
 "nbformat": 4,
 "nbformat_minor": 5
}
`;

Deno.test("newNotebookText() writes what nbformat writes", () => {
  assertEquals(newNotebookText(STATE), { text: WRITTEN_BY_NBFORMAT, omitted: [] });
});

Deno.test("newNotebookText() writes what reads back as the same notebook", () => {
  for (const runtime of ["python", "deno"] as const) {
    const options = { runtime, envId: "0b8a3a5e-7cf0-4d0a-9a53-3f2a1c1f6d9e", cellId: "a" };
    const state = notebookState(newNotebook(options));
    assertEquals(stateOf(newNotebookText(state).text), state);
  }
});

Deno.test("newNotebookText() spells numbers of outputs as the document does", () => {
  const output = '{"output_type":"display_data","data":{"a":[1.0,1e-07,12345678901234567890]}}';
  const { text } = newNotebookText({ ...EMPTY, cells: [cellOf("a", { outputs: [output] })] });
  const numbers = text.split("\n").map((line) => line.trim()).filter((line) => /^\d/.test(line));
  assertEquals(numbers, ["1.0,", "1e-07,", "12345678901234567890"]);
});

Deno.test("newNotebookText() leaves out and names outputs that a file can't have", () => {
  const outputs = ["0".repeat(64), "{}", "{"];
  const { text, omitted } = newNotebookText({ ...EMPTY, cells: [cellOf("a", { outputs })] });
  assertEquals(stateOf(text).cells[0]?.outputs, ["{}"]);
  assertEquals(omitted, [{ cellId: "a", index: 0 }, { cellId: "a", index: 2 }]);
});

Deno.test("newNotebookText() writes no bare runt, and 4.5 where the document says nothing", () => {
  const bare = { ...EMPTY, snapshot: '{"runt":{"schema_version":"1"}}' };
  const expected = newNotebookText(EMPTY).text;
  assertEquals(newNotebookText(bare).text, expected);
  assertEquals(newNotebookText({ ...EMPTY, nbformat: null, nbformatMinor: null }).text, expected);
  assertEquals(newNotebookText({ ...EMPTY, nbformat: 3, nbformatMinor: 0.5 }).text, expected);
});

Deno.test("newNotebookText() writes no ids before nbformat 4.5", () => {
  const { text } = newNotebookText({ ...EMPTY, nbformatMinor: 4, cells: [cellOf("a")] });
  assertEquals(JSON.parse(text).cells, [{
    cell_type: "code",
    execution_count: null,
    metadata: {},
    outputs: [],
    source: [],
  }]);
});

Deno.test("newNotebookText() refuses to nest deeper than it could read again", () => {
  const nested = JSON.parse("[".repeat(999) + "]".repeat(999));
  const error = assertThrows(
    () => newNotebookText({ ...EMPTY, metadata: { nested } }),
    NotebookdError,
  );
  assertEquals(error.code, "limit_reached");
});
