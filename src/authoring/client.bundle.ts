/** The language client, in a bundle of its own: loaded when the first definition is opened. */
import {
  type CodeLens,
  type Disposable,
  type DocumentSelector,
  type LogOutputChannel,
  type TextDocument,
  Uri,
  workspace,
} from 'vscode';
import {
  CloseAction,
  CodeLensRequest,
  ErrorAction,
  LanguageClient,
  type LanguageClientOptions,
  RevealOutputChannelOn,
  State,
  TransportKind,
} from 'vscode-languageclient/node';
import { type GraphAnswer, methods, nodeFlags, type ServerSettings } from '../definition/server/protocol';
import { withoutJsonFaults } from './json-faults';

/** The server is started again this often within `crashWindow` before it is given up. */
const maxCrashes = 4;
/** Milliseconds. */
const crashWindow = 180_000;

export interface ClientSetup {
  /** Path of `dist/language-server.js`. */
  serverModule: string;
  selector: DocumentSelector;
  settings: ServerSettings;
  log: LogOutputChannel;
  /** Adds to the lenses that the server made, and may change them. */
  lenses(document: TextDocument, made: CodeLens[]): Promise<CodeLens[]>;
  graphChanged(uri: string): void;
  /** The server has died: whether it starts again, and the sentence for the user. */
  died(message: string, final: boolean): void;
  /** The server runs again after it died. */
  restarted(): void;
}

/** What the rest of the extension needs of the running server. */
export interface Client extends Disposable {
  graph(uri: string): Promise<GraphAnswer | null>;
  configure(settings: ServerSettings): Promise<void>;
  refreshLenses(): void;
}

/** Starts the server in a process of its own and returns when it answers. */
export async function startClient(setup: ClientSetup): Promise<Client> {
  const crashes: number[] = [];
  const options: LanguageClientOptions = {
    // The client's types name another version of the same selector.
    documentSelector: setup.selector as LanguageClientOptions['documentSelector'] & object,
    initializationOptions: setup.settings,
    outputChannel: setup.log,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    markdown: { isTrusted: false, supportHtml: false },
    errorHandler: {
      error: () => ({ action: ErrorAction.Continue }),
      closed: () => {
        const now = Date.now();
        crashes.push(now);
        const recent = crashes.filter((time) => now - time < crashWindow).length;
        const final = recent > maxCrashes;
        const message = final
          ? `The language server stopped ${recent} times in three minutes and stays off. Reload the window to start it again.`
          : 'The language server stopped and is started again.';
        setup.died(message, final);
        return { action: final ? CloseAction.DoNotRestart : CloseAction.Restart, message, handled: true };
      },
    },
    middleware: {
      handleDiagnostics: (uri, diagnostics, next) => next(uri, withoutJsonFaults(uri, diagnostics)),
      provideCodeLenses: async (document, token, next) => {
        const made = (await next(document, token)) ?? [];
        for (const lens of made) {
          if (lens.command?.arguments) {
            lens.command.arguments = lens.command.arguments.map((one: unknown) =>
              typeof one === 'string' ? Uri.parse(one) : one,
            );
          }
        }
        return setup.lenses(document, made);
      },
    },
  };
  const server = {
    module: setup.serverModule,
    transport: TransportKind.ipc,
    options: { execArgv: [...nodeFlags] },
  };
  const client = new LanguageClient('mlopsFlow', 'MLOps Flow', { run: server, debug: server }, options);
  client.onNotification(methods.graphChanged, ({ uri }: { uri: string }) => setup.graphChanged(uri));
  await client.start();
  let settings = setup.settings;
  client.onDidChangeState(({ newState }) => {
    if (newState !== State.Running) return;
    void client.sendNotification(methods.settings, settings);
    setup.restarted();
  });
  return {
    graph: (uri) => client.sendRequest<GraphAnswer | null>(methods.graph, { uri }),
    configure: (changed) => {
      settings = changed;
      return client.sendNotification(methods.settings, changed);
    },
    refreshLenses: () => {
      // One provider serves all documents of the selector.
      const feature = client.getFeature(CodeLensRequest.method);
      const provider = workspace.textDocuments.map((document) => feature.getProvider(document)).find(Boolean);
      provider?.onDidChangeCodeLensEmitter.fire();
    },
    dispose: () => void client.dispose(),
  };
}
