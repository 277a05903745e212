/** The panels of live graphs: how they are titled, and what stands behind each that is open. */
import { Uri } from 'vscode';
import { lastPart } from '../../../shared/format';
import { Panels, type PanelServices } from '../../../workbench/panel';
import type { LanguageServer } from '../../server';
import { previewPanel } from './contract';
import { Preview } from './controller';

/** The live graphs of definitions, beside their text. */
export const previewPanels = (services: PanelServices, server: LanguageServer) =>
  new Panels(services, {
    contract: previewPanel,
    title: ({ uri }) => `Graph of ${lastPart(Uri.parse(uri).path)}`,
    start: (panel) => new Preview(panel, server, (error) => services.fail(error)),
  });
