/** `mlops-flow ci`: prints a file for a build server that checks, runs and deploys a pipeline. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readCi } from '../delivery/ci/read';
import { ciKinds, ciText } from '../delivery/ci/text';
import { UserError } from '../workbench/errors';
import { choose, readOptions, UsageError } from './options';

/** Runs the command; answers the exit code. */
export async function run(args: string[]): Promise<number> {
  try {
    const { values, positionals } = readOptions(args, { root: { type: 'string', default: '.' } });
    const [kind, target, ...more] = positionals;
    if (kind === undefined || target === undefined || more.length > 0) throw new UsageError('Give a kind and a file.');
    const chosen = choose('kind', kind, ciKinds);
    const root = resolve(values.root);
    const { version } = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8')) as { version: string };
    const project = await readCi(root, target, version);
    process.stdout.write(ciText(chosen, project));
    return 0;
  } catch (error) {
    if (error instanceof UsageError) process.stderr.write(`${error.message} See: mlops-flow help ci\n`);
    else if (error instanceof UserError) process.stderr.write(`${error.message}\n`);
    else throw error;
    return 2;
  }
}
