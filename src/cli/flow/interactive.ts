/** Asking for names, as `git flow init` does without `-d`. */
import { createInterface } from 'node:readline';
import type { Configuration, InitRequest, Repository } from '../../gitflow';
import { branchKinds, defaultPrefixes } from '../../gitflow';

/** Asks on the terminal or reads standard input; its end answers everything with the suggestion. */
export async function askForNames(repository: Repository, request: InitRequest): Promise<InitRequest> {
  const config = await repository.configuration();
  const planned = await repository.plan(request);
  const suggested = planned.ok && planned.plan.request.action === 'init' ? planned.plan.request : request;
  const lines = createInterface({ input: process.stdin, terminal: false })[Symbol.asyncIterator]();
  const ask = async (question: string, suggestion: string): Promise<string> => {
    process.stdout.write(`${question} [${suggestion}] `);
    const { value, done } = await lines.next();
    if (done) process.stdout.write('\n');
    return done ? '' : value.trim();
  };
  const answered: InitRequest = { ...request };
  const main = await ask('Branch name for production releases:', suggested.main ?? '');
  if (main) answered.main = main;
  const develop = await ask('Branch name for "next release" development:', suggested.develop ?? '');
  if (develop) answered.develop = develop;
  answered.prefixes = await askForPrefixes(config, request, ask);
  if (request.force || config.versionTagPrefix === undefined) {
    const prefix = await ask('Version tag prefix?', request.versionTagPrefix ?? '');
    if (prefix) answered.versionTagPrefix = orEmpty(prefix);
  }
  if (request.force || config.hooksPath === undefined) {
    const folder = await ask('Hooks and filters directory?', config.hooksPath ?? `${repository.gitDir}/hooks`);
    if (folder) answered.hooksPath = orEmpty(folder);
  }
  return answered;
}

async function askForPrefixes(
  config: Configuration,
  request: InitRequest,
  ask: (question: string, suggestion: string) => Promise<string>,
): Promise<NonNullable<InitRequest['prefixes']>> {
  const prefixes = { ...request.prefixes };
  for (const kind of branchKinds) {
    if (!request.force && config.prefixes[kind] !== undefined) continue;
    const suggestion = request.prefixes?.[kind] ?? defaultPrefixes[kind];
    const answer = await ask(`${kind.charAt(0).toUpperCase()}${kind.slice(1)} branches?`, suggestion);
    if (answer) prefixes[kind] = orEmpty(answer);
  }
  return prefixes;
}

/** A dash stands for nothing. */
function orEmpty(answer: string): string {
  return answer === '-' ? '' : answer;
}
