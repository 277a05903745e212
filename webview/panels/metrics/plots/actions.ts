import type { PlotSpec } from '../../../../src/pipelines/panels/metrics/contract';
import type { FileKind } from './files';
import type { Look, Plot, PlotData } from './plot';

/** What a card can do. */
export interface CardActions {
  change(spec: PlotSpec): void;
  look(look: Look): void;
  move(by: -1 | 1): void;
  remove(): void;
  save(kind: FileKind): void;
  openMenu(open: boolean): void;
  chooseShown(run: string): void;
  openRun(run: string): void;
  toggleRun(run: string): void;
  setFilter(filter: string): void;
}

export interface Card {
  index: number;
  last: number;
  plot: Plot;
  data: PlotData;
  look: Look;
  /** The width inside of the card, in pixels. */
  width: number;
  shown: string | undefined;
  isMenuOpen: boolean;
  actions: CardActions;
}
