/** Puts other functions in place of VS Code's while a test runs: the answers that a user would give. */
export class Replacements {
  private readonly undo: (() => void)[] = [];

  /** Puts `value` in place of `object[key]` until `restore`. */
  set<T extends object, K extends keyof T>(object: T, key: K, value: T[K]): void {
    const before = object[key];
    object[key] = value;
    this.undo.push(() => (object[key] = before));
  }

  restore(): void {
    for (const undo of this.undo.splice(0).reverse()) undo();
  }
}
