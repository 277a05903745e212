import { type Disposable, window } from 'vscode';
import type { Message } from '../shared/guards';
import { viewTypeOf } from '../shared/panel-contract';
import type { OpenOptions, Panel, Panels } from './panel';

/** A kind of panel that is registered, whether its code is loaded or not. */
export interface PanelKind<Arguments, ToPanel extends Message> extends Disposable {
  /** Opens the panel, or reveals the one that is open with the same key. */
  open(args: Arguments, options?: OpenOptions): Promise<Panel<Arguments, ToPanel>>;
  /** The open panel with the same key. */
  find(args: Arguments): Panel<Arguments, ToPanel> | undefined;
}

/**
 * Registers a kind of panel, and its return after a reload.
 *
 * @param name that of its contract
 * @param load loads what its panels are made of, when the first one opens
 */
export function registerPanel<Arguments, ToPanel extends Message, ToHost extends Message>(
  name: string,
  load: () => Promise<Panels<Arguments, ToPanel, ToHost>>,
): PanelKind<Arguments, ToPanel> {
  let loaded: Panels<Arguments, ToPanel, ToHost> | undefined;
  // Not kept where it fails: the next one that opens tries again.
  const panels = async (): Promise<Panels<Arguments, ToPanel, ToHost>> => {
    const made = loaded ?? (await load());
    return (loaded ??= made);
  };
  const serializer = window.registerWebviewPanelSerializer(viewTypeOf(name), {
    deserializeWebviewPanel: async (view, saved: unknown) => (await panels()).restore(view, saved),
  });
  return {
    open: async (args, options) => (await panels()).open(args, options),
    find: (args) => loaded?.find(args),
    dispose() {
      serializer.dispose();
      loaded?.dispose();
    },
  };
}
