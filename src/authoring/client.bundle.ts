/** The language client, in a bundle of its own: loaded when the first definition is opened. */
import {
  type CodeLens,
  CompletionItem,
  CompletionItemKind,
  CompletionList,
  type Disposable,
  type DocumentSelector,
  type LogOutputChannel,
  type Position,
  Range,
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
import type { Session } from '../aws';
import type { AccountPlace } from '../definition/features/account';
import { type GraphAnswer, methods, nodeFlags } from '../definition/server/protocol';
import { AccountValues } from './account';
import { withoutJsonFaults } from './json-faults';
import { serverSettings } from './server-settings';

/** The server is started again this often within `crashWindow` before it is given up. */
const maxCrashes = 4;
/** Milliseconds. */
const crashWindow = 180_000;

export interface ClientSetup {
  /** Path of `dist/language-server.js`. */
  serverModule: string;
  selector: DocumentSelector;
  log: LogOutputChannel;
  /** Adds to the lenses that the server made, and may change them. */
  lenses(document: TextDocument, made: CodeLens[]): Promise<CodeLens[]>;
  /** The session whose account completes values; undefined where none is open, or the user wants none. */
  account(document: TextDocument): Promise<Session> | undefined;
  graphChanged(uri: string): void;
  /** The server has died: whether it starts again, and the sentence for the user. */
  died(message: string, final: boolean): void;
  /** The server runs again after it died. */
  restarted(): void;
}

/** What the rest of the extension needs of the running server. */
export interface Client extends Disposable {
  graph(uri: string): Promise<GraphAnswer | null>;
  /** Tells the server of settings that have changed. */
  configure(): Promise<void>;
  refreshLenses(): void;
}

const accountValues = new AccountValues();

/** What of the account may stand at a place; undefined where nothing of it belongs there. */
async function completeFromAccount(
  client: LanguageClient,
  opening: Promise<Session> | undefined,
  document: TextDocument,
  position: Position,
): Promise<{ items: CompletionItem[]; isComplete: boolean } | undefined> {
  if (!opening) return undefined;
  const { uri } = document;
  try {
    const place = await client.sendRequest<AccountPlace | null>(methods.accountPlace, {
      textDocument: { uri: uri.toString() },
      position: { line: position.line, character: position.character },
    });
    if (!place) return undefined;
    const { values, isComplete } = await accountValues.of(place.kind, await opening);
    const { start, end } = place.range;
    const range = new Range(start.line, start.character, end.line, end.character);
    const items = values.map(({ value, detail }) => {
      const item = new CompletionItem(value, CompletionItemKind.Value);
      item.detail = detail;
      item.range = range;
      const written = `${place.quote}${JSON.stringify(value).slice(1, -1)}${place.quote}`;
      item.filterText = written;
      item.insertText = written + place.after;
      item.sortText = `~${value}`;
      return item;
    });
    return { items, isComplete };
  } catch {
    // The other completions stay where the account or the server cannot be asked.
    return undefined;
  }
}

/** Starts the server in a process of its own and returns when it answers. */
export async function startClient(setup: ClientSetup): Promise<Client> {
  const crashes: number[] = [];
  const options: LanguageClientOptions = {
    // The client's types name another version of the same selector.
    documentSelector: setup.selector as LanguageClientOptions['documentSelector'] & object,
    initializationOptions: serverSettings(),
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
      provideCompletionItem: async (document, position, context, token, next) => {
        const [made, ofAccount] = await Promise.all([
          next(document, position, context, token),
          completeFromAccount(client, setup.account(document), document, position),
        ]);
        if (!ofAccount) return made;
        const items = made ? ('items' in made ? made.items : made) : [];
        const isIncomplete = (made && 'items' in made && made.isIncomplete === true) || !ofAccount.isComplete;
        return new CompletionList([...items, ...ofAccount.items], isIncomplete);
      },
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
  const configure = (): Promise<void> => client.sendNotification(methods.settings, serverSettings());
  client.onDidChangeState(({ newState }) => {
    if (newState !== State.Running) return;
    void configure();
    setup.restarted();
  });
  return {
    graph: (uri) => client.sendRequest<GraphAnswer | null>(methods.graph, { uri }),
    configure,
    refreshLenses: () => {
      // One provider serves all documents of the selector.
      const feature = client.getFeature(CodeLensRequest.method);
      const provider = workspace.textDocuments.map((document) => feature.getProvider(document)).find(Boolean);
      provider?.onDidChangeCodeLensEmitter.fire();
    },
    dispose: () => void client.dispose(),
  };
}
