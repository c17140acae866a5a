// Time and chance as the live engine sees them: injected, so that tests need neither wait nor luck.

export interface Clock {
  /** Milliseconds since the epoch. */
  nowMs(): number;
  /** 0 to 1, exclusive. */
  random(): number;
  sleep(milliseconds: number): Promise<void>;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  random: Math.random,
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};
