/**
 * The pure decoders under fuzz, each with what must hold for every input: it gives a value or
 * throws an error of this project, and nothing else.
 *
 * @module
 */

import { NotebookdError } from "@/errors.ts";
import { decodeHandshake, detectCodec } from "@/handshake/handshake.ts";
import { parseBlobRequest } from "@/wire/blob.ts";
import { typedFrameCap } from "@/wire/caps.ts";
import { type Codec, jsonCodec, msgpackCodec } from "@/wire/codec.ts";
import { FrameReader } from "@/wire/frame_reader.ts";
import { parsePoolRequest } from "@/wire/pool.ts";
import { parseRequest } from "@/wire/requests.ts";
import { concat } from "./bytes.ts";
import { fuzzControl, fuzzHandshake, fuzzStream } from "./fuzz_inputs.ts";
import type { SeededRandom } from "@/testing_random.ts";

/** One decoder under fuzz. */
export interface FuzzTarget {
  /** Part of the file name of a case that was found. */
  name: string;
  /** Makes an input. */
  input(random: SeededRandom): Uint8Array<ArrayBuffer>;
  /** Feeds an input. @throws {Error} when something must not be so. */
  check(input: Uint8Array): Promise<void>;
}

/** All of them. */
export const FUZZ_TARGETS: readonly FuzzTarget[] = [
  {
    name: "handshake",
    input: fuzzHandshake,
    check: (input) => mayRefuse(() => void decodeHandshake(input), () => void detectCodec(input)),
  },
  { name: "json-control", input: fuzzControl, check: (input) => checkControl(jsonCodec, input) },
  {
    name: "msgpack-control",
    input: fuzzControl,
    check: (input) => checkControl(msgpackCodec, input),
  },
  { name: "frames", input: fuzzStream, check: checkFrames },
];

/** Runs each; an error of this project is an answer, any other is a find. */
function mayRefuse(...attempts: (() => void)[]): Promise<void> {
  for (const attempt of attempts) {
    try {
      attempt();
    } catch (error) {
      if (!(error instanceof NotebookdError)) return Promise.reject(error);
      if (error.code === "internal") return Promise.reject(error);
    }
  }
  return Promise.resolve();
}

async function checkControl(codec: Codec, input: Uint8Array): Promise<void> {
  let value: unknown;
  await mayRefuse(() => {
    value = codec.decode(input);
  });
  await mayRefuse(
    () => void parseRequest(value),
    () => void parsePoolRequest(value),
    () => void parseBlobRequest(value),
  );
}

/** However the stream is cut into reads, the same frames and the same end come out. */
async function checkFrames(input: Uint8Array): Promise<void> {
  const whole = await readAll([input]);
  const single = await readAll(Array.from(input, (byte) => Uint8Array.of(byte)));
  const middle = Math.floor(input.length / 2);
  const halves = await readAll([input.subarray(0, middle), input.subarray(middle)]);
  if (whole !== single || whole !== halves) {
    throw new Error("How a stream is cut into reads changes what is read");
  }
}

/** Every frame and the end, as one text to compare. */
async function readAll(chunks: Uint8Array[]): Promise<string> {
  let rest = concat(...chunks.slice(0, 0));
  const waiting = chunks.filter((chunk) => chunk.length > 0).map((chunk) => concat(chunk));
  const reader = new FrameReader({
    read(into) {
      if (rest.length === 0) rest = waiting.shift() ?? rest;
      if (rest.length === 0) return Promise.resolve(null);
      const part = rest.subarray(0, into.length);
      into.set(part);
      rest = rest.slice(part.length);
      return Promise.resolve(part.length);
    },
  });
  const seen: string[] = [];
  try {
    for (;;) {
      const payload = await reader.next(typedFrameCap);
      if (payload === null) return `${seen.join(" ")} end`;
      seen.push(payload.toHex());
    }
  } catch (error) {
    if (!(error instanceof NotebookdError) || error.code !== "bad_frame") throw error;
    return `${seen.join(" ")} refused`;
  }
}
