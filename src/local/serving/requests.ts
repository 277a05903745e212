/** The requests that an instance is answering. */
export class Requests {
  count = 0;
  private drained: (() => void) | undefined;

  begin(): void {
    this.count++;
  }

  end(): void {
    this.count--;
    if (this.count === 0) this.drained?.();
  }

  /** Waits until there is none, at most for so many milliseconds. */
  async none(patience: number): Promise<void> {
    if (this.count === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, patience);
      this.drained = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
