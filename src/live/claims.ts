// Which batch an event belongs to. An event is claimed before it is folded, so that of two batches that bring it one folds it: the one
// that claimed it first. A batch that comes again finds its own claims, and folds the same events again.
//
// An item holds the claims of a page (a few minutes of event time) of one kind. When it is full it is split for good: identities that
// are not in it belong to one of 16 items below it, by their next four bits. So an identity has one place, whoever looks for it.

import type { ItemKey } from '../state/live-state.ts';
import type { BatchId } from './batch.ts';
import { type Step, type UpdateContext, updateAll } from './updates.ts';

/** Identities of one page: 32 hex digits each. */
export interface PageOfEvents {
  readonly kind: string;
  readonly page: number;
  readonly identities: Iterable<string>;
}

export interface ClaimOutcome {
  /** Identities that another batch claimed before, by `kind|page`. */
  readonly foreign: ReadonlyMap<string, ReadonlySet<string>>;
  /** False when not all could be claimed: the batch must come again. */
  readonly complete: boolean;
}

/** 192 claims of 18 bytes and the batches that made them: under 4 KB as a rule. */
const CLAIMS_IN_ITEM = 192;
const IDENTITY_BYTES = 16;
const BATCH_BYTES = 8;
const ENTRY_BYTES = IDENTITY_BYTES + 2;
const HEADER_BYTES = 3;
/** Levels of items below each other: 16^7 of them hold fifty billion claims of one page. The last level takes what comes. */
const MAX_DEPTH = 7;

export function pageName(kind: string, page: number): string {
  return `${kind}|${page}`;
}

interface ClaimTask {
  readonly name: string;
  /** Digits that lead to the item. */
  readonly path: string;
  readonly identities: readonly string[];
}

/** Claims the events of `pages` for `batch`. `expiresAtMs`: long after the last delivery that could bring one of them again. */
export async function claimEvents(
  context: UpdateContext,
  batch: BatchId,
  pages: Iterable<PageOfEvents>,
  expiresAtMs: number,
): Promise<ClaimOutcome> {
  const foreign = new Map<string, Set<string>>();
  const tasks = Array.from(pages, ({ kind, page, identities }) => ({
    name: pageName(kind, page),
    path: '',
    identities: [...new Set(identities)],
  }));
  const failed = await updateAll<ClaimTask>(context, tasks, {
    keyOf,
    step(task, item) {
      const node = item === null ? emptyNode() : readNode(item.content);
      const { unknown, others } = lookUp(node, task.identities, batch);
      if (others.length > 0) {
        const known = foreign.get(task.name) ?? new Set();
        foreign.set(task.name, known);
        for (const identity of others) known.add(identity);
      }
      return claimIn(node, task, unknown, batch, expiresAtMs);
    },
  });
  return { foreign, complete: failed.length === 0 };
}

/** Identities among `pages` that any batch has claimed, by `kind|page`. */
export async function claimedEvents(
  { items }: UpdateContext,
  pages: Iterable<PageOfEvents>,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const claimed = new Map<string, Set<string>>();
  let tasks: ClaimTask[] = Array.from(pages, ({ kind, page, identities }) => ({
    name: pageName(kind, page),
    path: '',
    identities: [...identities],
  }));
  while (tasks.length > 0) {
    const found = await items.read(tasks.map(keyOf));
    const next: ClaimTask[] = [];
    for (const task of tasks) {
      const { partition, sort } = keyOf(task);
      const item = found.get(`${partition} / ${sort}`);
      if (item === undefined) continue;
      const node = readNode(item.content);
      const names = claimed.get(task.name) ?? new Set();
      claimed.set(task.name, names);
      const unknown: string[] = [];
      for (const identity of task.identities) {
        if (node.claims.has(identity)) names.add(identity);
        else unknown.push(identity);
      }
      if (node.split) next.push(...below(task, unknown));
    }
    tasks = next;
  }
  return claimed;
}

function keyOf({ name, path }: ClaimTask): ItemKey {
  return { partition: `claims|${name}`, sort: `/${path}` };
}

interface Node {
  /** Full for good: what is not in it lies below. */
  split: boolean;
  readonly batches: BatchId[];
  /** Identity to the index of its batch. */
  readonly claims: Map<string, number>;
}

function lookUp(
  node: Node,
  identities: readonly string[],
  batch: BatchId,
): { unknown: string[]; others: string[] } {
  const unknown: string[] = [];
  const others: string[] = [];
  for (const identity of identities) {
    const owner = node.claims.get(identity);
    if (owner === undefined) unknown.push(identity);
    else if (node.batches[owner] !== batch) others.push(identity);
  }
  return { unknown, others };
}

function claimIn(
  node: Node,
  task: ClaimTask,
  unknown: readonly string[],
  batch: BatchId,
  expiresAtMs: number,
): Step<ClaimTask> {
  if (node.split || unknown.length === 0) return { content: null, expiresAtMs, next: below(task, unknown) };
  const atBottom = task.path.length >= MAX_DEPTH;
  const room = atBottom ? unknown.length : CLAIMS_IN_ITEM - node.claims.size;
  let owner = node.batches.indexOf(batch);
  if (owner < 0) owner = node.batches.push(batch) - 1;
  for (const identity of unknown.slice(0, room)) node.claims.set(identity, owner);
  const rest = unknown.slice(room);
  node.split = rest.length > 0;
  return { content: writeNode(node), expiresAtMs, next: below(task, rest) };
}

function below(task: ClaimTask, identities: readonly string[]): ClaimTask[] {
  const groups = Map.groupBy(identities, (identity) => digitOf(identity, task.path.length));
  return [...groups].map(([digit, members]) => ({
    name: task.name,
    path: task.path + digit,
    identities: members,
  }));
}

/** All four lanes count: those of a file's lines differ in two of them only. */
function digitOf(identity: string, depth: number): string {
  let mixed = 0;
  for (let lane = 0; lane < 4; lane++) {
    mixed = Math.imul(mixed ^ Number.parseInt(identity.slice(lane * 8, lane * 8 + 8), 16), 0x9e3779b1);
    mixed ^= mixed >>> 15;
  }
  return ((mixed >>> (depth * 4)) & 15).toString(16);
}

function emptyNode(): Node {
  return { split: false, batches: [], claims: new Map() };
}

function readNode(content: Buffer): Node {
  const node: Node = { split: content[0] === 1, batches: [], claims: new Map() };
  const batches = content.readUInt16LE(1);
  let at = HEADER_BYTES;
  for (let index = 0; index < batches; index++, at += BATCH_BYTES) {
    node.batches.push(content.toString('hex', at, at + BATCH_BYTES));
  }
  for (; at + ENTRY_BYTES <= content.length; at += ENTRY_BYTES) {
    const identity = content.toString('hex', at, at + IDENTITY_BYTES);
    node.claims.set(identity, content.readUInt16LE(at + IDENTITY_BYTES));
  }
  return node;
}

function writeNode(node: Node): Buffer {
  const bytes = Buffer.alloc(
    HEADER_BYTES + node.batches.length * BATCH_BYTES + node.claims.size * ENTRY_BYTES,
  );
  bytes[0] = node.split ? 1 : 0;
  let at = bytes.writeUInt16LE(node.batches.length, 1);
  for (const batch of node.batches) at += bytes.write(batch, at, 'hex');
  for (const [identity, owner] of node.claims) {
    at += bytes.write(identity, at, 'hex');
    at = bytes.writeUInt16LE(owner, at);
  }
  return bytes;
}
