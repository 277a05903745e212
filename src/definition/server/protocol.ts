/** What the language server and its client say to each other beyond the protocol's own words, and how its process is started. */
import type { RuleSettings } from '../settings';
import type { Graph } from '../graph/model';

/**
 * Flags of Node for the server's process. A key press leaves the text before it behind as garbage; with a small young
 * generation the memory of a large definition is about half, at the same speed.
 */
export const nodeFlags: readonly string[] = ['--max-semi-space-size=8'];

/** Sent by the client at the start and whenever settings change (`mlops/settings`). */
export interface ServerSettings {
  validation: RuleSettings;
  /**
   * Address of a rule's page, with `{rule}` where its id goes, URI-encoded; diagnostics have no link without it.
   */
  rulePage?: string;
}

/** How many problems a step has, and the first of their messages. */
export interface NodeProblems {
  id: string;
  errors: number;
  warnings: number;
  messages: string[];
}

/** The answer to `mlops/graph`; `null` where the document holds no pipeline. */
export interface GraphAnswer {
  graph: Graph;
  problems: NodeProblems[];
  /** The first syntax error, where the text could not be read whole. */
  broken?: string;
}

export const methods = {
  /** Notification from the client: {@link ServerSettings}. */
  settings: 'mlops/settings',
  /** Request from the client, `{uri}`: {@link GraphAnswer} or null. */
  graph: 'mlops/graph',
  /** Request from the client, `{textDocument, position}`: the place of a value that the account has, or null. */
  accountPlace: 'mlops/accountPlace',
  /** Notification from the server, `{uri}`: a graph that was asked for has changed, or its problems have. */
  graphChanged: 'mlops/graphChanged',
} as const;

/** Commands of the client that CodeLenses run, each with the document's URI. */
export const lensCommands = { run: 'mlopsFlow.runPipeline', graph: 'mlopsFlow.openGraphPreview' } as const;
