/**
 * Control payloads in MessagePack by hand, for the variant of the wire that isn't JSON.
 *
 * @module
 */

import { decode, encode } from "@std/msgpack";
import { TYPE } from "./bytes.ts";
import { RawSocket } from "./raw_socket.ts";

/** Connects with a handshake in MessagePack. */
export async function connectMsgpack(
  path: string,
  handshake: Record<string, unknown>,
): Promise<RawSocket> {
  const socket = await RawSocket.connect(path);
  await socket.send(encode(handshake));
  return socket;
}

/** The next frame as a MessagePack value. */
export async function nextMsgpack(socket: RawSocket, what?: string): Promise<unknown> {
  return decode(await socket.nextFrame(what));
}

/** Sends a request and gives its response; sync messages and broadcasts on the way are skipped. */
export async function requestMsgpack(
  socket: RawSocket,
  request: Record<string, unknown>,
): Promise<unknown> {
  await socket.sendTyped(TYPE.request, encode(request));
  for (;;) {
    const payload = await socket.nextFrame(`the response to "${request["action"]}"`);
    if (payload[0] === TYPE.response) return decode(payload.subarray(1));
  }
}
