// What goes on behind the answers: deliveries, invocations, retries. Who waits for it waits here, never for a clock.

export interface Background {
  /** Starts a piece of work. What it throws is a fault of the emulator, and thrown by the next `idle`. */
  run(name: string, work: () => Promise<void>): void;
  /** Work that AWS would begin only when some time has passed: a visibility timeout, a retry after minutes. Begins with `letTimePass`. */
  later(name: string, work: () => Promise<void>): void;
  /** The company that a piece of work under way waits for: the time of a batching window. It ends when somebody waits and nothing else goes on. */
  window(): Window;
  /** Resolves when nothing is going on; what waits for time still waits. */
  idle(): Promise<void>;
  /** Everything that waits for time begins now; how many there were. */
  letTimePass(): number;
  /** Until nothing is going on and nothing waits for time. */
  settle(): Promise<void>;
  /** Names of what goes on and of what waits for time. */
  pending(): { readonly running: readonly string[]; readonly waiting: readonly string[] };
}

export interface Window {
  /** Resolves when the window's time is over. */
  readonly over: Promise<void>;
  /** The work goes on without it. */
  leave(): void;
}

/** Retries that never come to an end are a fault of what is tested: 20 receives and 3 attempts are the most that AWS itself makes. */
const MOST_TURNS = 200;

export function createBackground(): Background {
  const running = new Set<{ readonly name: string }>();
  let waiting: { readonly name: string; readonly work: () => Promise<void> }[] = [];
  let faults: unknown[] = [];
  const idlers: (() => void)[] = [];
  const windows = new Set<() => void>();

  /** Somebody waits: are all done, or all that are left in a window? */
  function look(): void {
    if (idlers.length === 0 || running.size > windows.size) return;
    const woken = running.size === 0 ? idlers.splice(0) : [...windows];
    for (const wake of woken) wake();
  }

  function window(): Window {
    let leave = (): void => undefined;
    const over = new Promise<void>((resolve) => {
      leave = () => {
        windows.delete(leave);
        resolve();
      };
    });
    windows.add(leave);
    look();
    return { over, leave };
  }

  function run(name: string, work: () => Promise<void>): void {
    const job = { name };
    running.add(job);
    void work()
      .catch((error: unknown) => faults.push(error))
      .finally(() => {
        running.delete(job);
        look();
      });
  }

  async function idle(): Promise<void> {
    while (running.size > 0) {
      const idled = new Promise<void>((resolve) => idlers.push(resolve));
      look();
      await idled;
    }
    if (faults.length === 0) return;
    const thrown = faults;
    faults = [];
    throw new AggregateError(thrown, thrown.map((error) => String(error)).join('\n'));
  }

  function letTimePass(): number {
    const due = waiting;
    waiting = [];
    for (const { name, work } of due) run(name, work);
    return due.length;
  }

  return {
    run,
    window,
    later: (name, work) => void waiting.push({ name, work }),
    idle,
    letTimePass,
    async settle() {
      for (let turn = 0; turn < MOST_TURNS; turn++) {
        await idle();
        if (letTimePass() === 0) return;
      }
      throw new Error(
        `still not settled after ${MOST_TURNS} turns: ${waiting.map(({ name }) => name).join(', ')}`,
      );
    },
    pending: () => ({
      running: [...running].map(({ name }) => name),
      waiting: waiting.map(({ name }) => name),
    }),
  };
}
