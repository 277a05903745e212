/** Registers the panel of the live graph; what fills it is loaded when one opens. */
import { Uri } from 'vscode';
import { besideEditors } from '../../../workbench';
import { definePanel, type Panel, type PanelKind, type PanelServices } from '../../../workbench/panel';
import { previewPanel, type PreviewArguments, type PreviewToPanel } from './contract';
import type { LanguageServer } from '../../server';
import { lastPart } from '../../../shared/format';

export type Previews = PanelKind<PreviewArguments, PreviewToPanel>;

/** Registers the preview panel and its return after a reload. */
export function definePreview(services: PanelServices, server: LanguageServer): Previews {
  return definePanel(services, {
    contract: previewPanel,
    title: ({ uri }) => `Graph of ${lastPart(Uri.parse(uri).path)}`,
    start: async (panel: Panel<PreviewArguments, PreviewToPanel>) => {
      const { Preview } = await import('../../../rooms.bundle');
      return new Preview(panel, server, (error) => services.fail(error));
    },
  });
}

/** Opens the preview of a definition beside its editor. */
export function openPreview(previews: Previews, uri: Uri): void {
  previews.open({ uri: uri.toString() }, { column: besideEditors(), preserveFocus: true });
}
