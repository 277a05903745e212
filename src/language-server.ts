/** Entry of the language server's own process; the transport is chosen by its arguments (`--node-ipc`, `--stdio`). */
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { serve } from './definition/server';

const connection = createConnection(ProposedFeatures.all);
serve(connection);
connection.listen();
