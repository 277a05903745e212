/** Milliseconds after which a call that has no answer yet holds nobody back any more. */
const patience = 3_000;

/**
 * Lets so many calls of a service be under way at a time; the others wait for their turn. A call that takes long gives
 * its place to the next, so that one without an answer does not stop a view.
 */
export class Lane {
  private underWay = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly most: number) {}

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.underWay < this.most) this.underWay += 1;
    // Whoever leaves hands the place over.
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    let left = false;
    const leave = (): void => {
      if (left) return;
      left = true;
      clearTimeout(timer);
      const next = this.waiting.shift();
      if (next) next();
      else this.underWay -= 1;
    };
    const timer = setTimeout(leave, patience).unref();
    try {
      return await work();
    } finally {
      leave();
    }
  }
}
