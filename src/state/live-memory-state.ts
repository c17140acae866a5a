// Live state that ends with the process: tests, and whatever judges by itself.

import {
  type Collected,
  checkBody,
  checkKey,
  checkPartition,
  expirySeconds,
  type ItemKey,
  type LiveState,
  type StoredItem,
} from './live-state.ts';

interface Stored {
  readonly version: number;
  readonly body: Uint8Array;
  readonly expirySeconds: number | null;
}

export function createLiveMemoryState(): LiveState & Collected {
  const partitions = new Map<string, Map<string, Stored>>();

  function find({ partition, sort }: ItemKey): StoredItem | null {
    const stored = partitions.get(partition)?.get(sort);
    if (stored === undefined) return null;
    return {
      partition,
      sort,
      version: stored.version,
      body: stored.body.slice(),
      expiresAtMs: stored.expirySeconds === null ? null : stored.expirySeconds * 1_000,
    };
  }

  function forget({ partition, sort }: ItemKey): void {
    const items = partitions.get(partition);
    items?.delete(sort);
    if (items?.size === 0) partitions.delete(partition);
  }

  return {
    async read(keys) {
      const wanted = new Map(keys.map((key) => [`${key.partition.length} ${key.partition}${key.sort}`, key]));
      const found: StoredItem[] = [];
      for (const key of wanted.values()) {
        checkKey(key);
        const item = find(key);
        if (item !== null) found.push(item);
      }
      return found;
    },
    async write(key, body, expectedVersion, expiresAtMs) {
      checkKey(key);
      checkBody(key, body);
      if ((find(key)?.version ?? 0) !== expectedVersion) return false;
      const items = partitions.get(key.partition) ?? new Map<string, Stored>();
      partitions.set(key.partition, items);
      items.set(key.sort, {
        version: expectedVersion + 1,
        body: body.slice(),
        expirySeconds: expirySeconds(expiresAtMs),
      });
      return true;
    },
    async *list(partition, after) {
      checkPartition(partition);
      const sorts = [...(partitions.get(partition)?.keys() ?? [])]
        .map((sort) => ({ sort, bytes: Buffer.from(sort) }))
        .sort((a, b) => a.bytes.compare(b.bytes));
      const behind = Buffer.from(after ?? '');
      for (const { sort, bytes } of sorts) {
        if (bytes.compare(behind) <= 0) continue;
        const item = find({ partition, sort });
        if (item !== null) yield item;
      }
    },
    async remove(key, expectedVersion) {
      checkKey(key);
      if (find(key)?.version !== expectedVersion) return false;
      forget(key);
      return true;
    },
    collectExpired(nowMs) {
      let count = 0;
      for (const [partition, items] of [...partitions]) {
        for (const [sort, { expirySeconds: seconds }] of [...items]) {
          if (seconds === null || seconds * 1_000 > nowMs) continue;
          forget({ partition, sort });
          count++;
        }
      }
      return count;
    },
  };
}
