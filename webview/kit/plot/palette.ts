/** The colours of the selected runs: VS Code's chart colours, and from the seventh run on with another dash. */

export interface RunColour {
  /** A CSS value. */
  css: string;
  /** Dash pattern of the line; empty for a solid one. */
  dash: number[];
}

/** Without orange, which VS Code makes translucent. */
const names = ['blue', 'yellow', 'green', 'purple', 'red', 'foreground'];
const dashes = [[], [6, 4], [2, 3]];

/** As many runs as can be told apart. */
export const maxSelected = names.length * dashes.length;

export function colourOf(slot: number): RunColour {
  const name = names[slot % names.length] ?? 'blue';
  const dash = dashes[Math.floor(slot / names.length) % dashes.length] ?? [];
  return { css: `var(--vscode-charts-${name})`, dash };
}

/** Keeps each selected run's colour for as long as it is selected. */
export class Slots {
  private readonly taken = new Map<string, number>();

  get ids(): string[] {
    return [...this.taken.keys()];
  }

  has(id: string): boolean {
    return this.taken.has(id);
  }

  of(id: string): number | undefined {
    return this.taken.get(id);
  }

  add(id: string): void {
    if (this.taken.has(id) || this.taken.size >= maxSelected) return;
    const used = new Set(this.taken.values());
    let slot = 0;
    while (used.has(slot)) slot += 1;
    this.taken.set(id, slot);
  }

  delete(id: string): void {
    this.taken.delete(id);
  }

  clear(): void {
    this.taken.clear();
  }
}
