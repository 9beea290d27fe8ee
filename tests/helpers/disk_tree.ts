/**
 * What a disk in memory holds, and what of it a power loss leaves.
 *
 * @module
 */

import type { SeededRandom } from "../../src/testing_random.ts";

/** What every node has. */
interface Node {
  readonly ino: number;
  mode: number;
  uid: number;
  gid: number;
  modified: number;
}

/** A file: what readers see, and what has reached the platter. */
export interface FileNode extends Node {
  readonly kind: "file";
  bytes: Uint8Array;
  durable: Uint8Array;
}

/** A symbolic link. */
export interface LinkNode extends Node {
  readonly kind: "link";
  readonly target: string;
}

/** One change of names in a folder, all of it or nothing: a name and what it leads to, or null. */
export type NameChange = readonly (readonly [name: string, node: DiskNode | null])[];

/** A folder: the names that are seen, those on the platter, and the changes between the two. */
export interface FolderNode extends Node {
  readonly kind: "folder";
  readonly entries: Map<string, DiskNode>;
  durable: Map<string, DiskNode>;
  unsynced: NameChange[];
}

/** Anything that has a name on a disk. */
export type DiskNode = FileNode | FolderNode | LinkNode;

/** Changes names in a folder; the change may be lost until the folder is synced. */
export function changeNames(folder: FolderNode, change: NameChange): void {
  apply(folder.entries, change);
  folder.unsynced.push(change);
}

/** Brings a file or the names of a folder to the platter. */
export function makeDurable(node: DiskNode): void {
  if (node.kind === "file") node.durable = node.bytes;
  if (node.kind !== "folder") return;
  node.durable = new Map(node.entries);
  node.unsynced = [];
}

/**
 * What is found after the power came back: a copy.
 *
 * @param node The root.
 * @param random Which of the things that weren't synced made it all the same, in any order and
 * files in part; without it none did.
 */
export function afterPowerLoss(node: FolderNode, random?: SeededRandom): FolderNode {
  return durableCopy(node, new Map(), random) as FolderNode;
}

/** What is found after the process died: a copy, in which what wasn't synced still isn't. */
export function afterProcessDeath(node: FolderNode): FolderNode {
  const copies = new Map<DiskNode, DiskNode>();
  function copy(node: DiskNode): DiskNode {
    const made = copies.get(node);
    if (made !== undefined) return made;
    const copied: DiskNode = node.kind === "folder"
      ? { ...node, entries: new Map(), durable: new Map(), unsynced: [] }
      : { ...node };
    copies.set(node, copied);
    if (node.kind === "folder" && copied.kind === "folder") {
      for (const [name, child] of node.entries) copied.entries.set(name, copy(child));
      for (const [name, child] of node.durable) copied.durable.set(name, copy(child));
      copied.unsynced = node.unsynced.map((change) =>
        change.map(([name, child]) => [name, child === null ? null : copy(child)])
      );
    }
    return copied;
  }
  return copy(node) as FolderNode;
}

function durableCopy(
  node: DiskNode,
  copies: Map<DiskNode, DiskNode>,
  random?: SeededRandom,
): DiskNode {
  const made = copies.get(node);
  if (made !== undefined) return made;
  switch (node.kind) {
    case "link":
      return node;
    case "file": {
      const bytes = survivingBytes(node, random);
      const copied = { ...node, bytes, durable: bytes };
      copies.set(node, copied);
      return copied;
    }
    case "folder": {
      const entries = new Map<string, DiskNode>();
      for (const [name, child] of survivingNames(node, random)) {
        entries.set(name, durableCopy(child, copies, random));
      }
      const copied = { ...node, entries, durable: new Map(entries), unsynced: [] };
      copies.set(node, copied);
      return copied;
    }
    default:
      return node satisfies never;
  }
}

function survivingNames(folder: FolderNode, random?: SeededRandom): Map<string, DiskNode> {
  const names = new Map(folder.durable);
  for (const change of folder.unsynced) {
    if (random?.oneIn(2)) apply(names, change);
  }
  return names;
}

/** What was synced, or some of what was written since, with a hole where a page didn't make it. */
function survivingBytes({ bytes, durable }: FileNode, random?: SeededRandom): Uint8Array {
  if (random === undefined || bytes === durable || random.oneIn(3)) return durable;
  const same = Math.min(durable.length, bytes.length);
  const length = same + random.below(bytes.length - same + 1);
  const survived = bytes.slice(0, length);
  if (random.oneIn(2)) {
    const from = same + random.below(length - same + 1);
    survived.fill(0, from, from + random.below(length - from + 1));
  }
  return survived;
}

function apply(names: Map<string, DiskNode>, change: NameChange): void {
  for (const [name, node] of change) {
    if (node === null) names.delete(name);
    else names.set(name, node);
  }
}
