import {
  composeTagMessage,
  configGate,
  configPath,
  environmentOf,
  evaluateGates,
  readConfig,
  recordOf,
  type Evidence,
  type GateReport,
  type RunRecords,
} from '../../../lifecycle/index';
import type { RepositoryFiles } from '../../../lifecycle/files';
import type { GitflowServices } from '../../services';

/** The commit that a release or hotfix ships, and its branch. */
export interface Shipped {
  kind: 'release' | 'hotfix';
  branch: string;
  commit: string;
}

/**
 * Judges the gates of a release or hotfix. The configuration is that of the commit itself, so that no uncommitted
 * edit opens a gate. Undefined where the commit has none: then nothing is asked and nothing is recorded.
 */
export async function judgeGates(
  services: GitflowServices,
  files: RepositoryFiles,
  { kind, branch, commit }: Shipped,
  signal: AbortSignal,
): Promise<GateReport | undefined> {
  const text = await files.at(commit, configPath);
  if (text === undefined) return undefined;
  const { config, problems } = readConfig(text);
  const environment = environmentOf(config, kind);
  let records: Promise<RunRecords> | undefined;
  const ask = () => (records ??= services.records(environment));
  const evidence: Evidence = {
    changes: () => files.changes(),
    definitionErrors: async (path) => {
      const definition = await files.at(commit, path);
      return definition === undefined ? undefined : definitionErrors(path, definition);
    },
    runsOfCommit: async (...asked) => (await ask()).runsOfCommit(...asked),
    modelsOfRun: async (...asked) => (await ask()).modelsOfRun(...asked),
    metricsOfRun: async (...asked) => (await ask()).metricsOfRun(...asked),
  };
  const candidate = {
    commit,
    branch,
    ...(environment?.pipeline === undefined ? {} : { pipeline: environment.pipeline }),
  };
  const report = await evaluateGates(config.gates[kind], candidate, evidence, signal);
  return { ...report, gates: [...configGate(problems), ...report.gates] };
}

/** The errors in the text of a definition, as sentences. */
async function definitionErrors(path: string, text: string): Promise<string[]> {
  const { detectLanguage, validateFully } = await import('../../../../definition/definition.bundle');
  if (detectLanguage(text, path) === undefined) return ['It is no definition that is known here.'];
  const found = await validateFully(text, { path });
  return found
    .filter(({ severity }) => severity === 'error')
    .map(({ message, range }) => `Line ${range.start.line + 1}: ${message}`);
}

/** The user's message with the record of what the gates saw. */
export function messageWithRecord(
  message: string,
  commit: string,
  report: GateReport,
  reason: string | undefined,
): string {
  return composeTagMessage(message, recordOf(commit, report.proof, report.gates, reason));
}
