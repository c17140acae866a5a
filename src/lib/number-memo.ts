// What was worked out for a number, remembered while the number is likely to come again.

/** A power of two; an entry is 12 bytes beside its value, and all are there from the beginning: an array with gaps is a slow one. */
const SLOTS = 16_384;

/** Direct-mapped: an entry is overwritten by another number of its slot. 0 is no number: nothing is remembered for it. */
export class NumberMemo<T> {
  private readonly numbers = new Int32Array(SLOTS);
  private readonly values: (T | undefined)[] = new Array(SLOTS);

  get(number: number): T | undefined {
    const slot = number & (SLOTS - 1);
    return number !== 0 && this.numbers[slot] === number ? this.values[slot] : undefined;
  }

  set(number: number, value: T): void {
    if (number === 0) return;
    const slot = number & (SLOTS - 1);
    this.numbers[slot] = number;
    this.values[slot] = value;
  }
}
