// Quads: four bytes that texts of interest hold.

/** A bit for each value of 17 bits of a quad's hash, and the quads themselves by the same hash, open addressing. */
const QUAD_BITS: usize = memory.data(16384);
const QUAD_ENTRIES: usize = 4096;
const QUADS: usize = memory.data(4096 * 4, 4);
/** Upper case letters become lower case, some other bytes become others. */
const FOLD: u32 = 0x20202020;

@inline function quadHash(quad: u32): u32 { return (quad * 0x9e3779b1) >> 15; }

/** At most half as many as there are entries. */
export function watchQuad(word: u32): void {
  const quad = word | FOLD;
  const hash = quadHash(quad);
  const bits = QUAD_BITS + (hash >> 3);
  store<u8>(bits, load<u8>(bits) | (<u8>1 << <u8>(hash & 7)));
  let index = hash & <u32>(QUAD_ENTRIES - 1);
  while (true) {
    const entry = QUADS + (<usize>index << 2);
    const known = load<u32>(entry);
    if (known === quad) return;
    if (known === 0) {
      store<u32>(entry, quad);
      return;
    }
    index = (index + 1) & <u32>(QUAD_ENTRIES - 1);
  }
}

/** True when a watched quad stands between `start` and `end`, in either case. */
export function holdsQuad(start: usize, end: usize): bool {
  for (let p = start; p + 4 <= end; p++) {
    const quad = load<u32>(p) | FOLD;
    const hash = quadHash(quad);
    if ((load<u8>(QUAD_BITS + (hash >> 3)) & (<u8>1 << <u8>(hash & 7))) === 0) continue;
    let index = hash & <u32>(QUAD_ENTRIES - 1);
    while (true) {
      const known = load<u32>(QUADS + (<usize>index << 2));
      if (known === quad) return true;
      if (known === 0) break;
      index = (index + 1) & <u32>(QUAD_ENTRIES - 1);
    }
  }
  return false;
}
