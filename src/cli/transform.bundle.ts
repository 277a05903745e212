/** `transform`: files through a model version once, by the calls that the editor's form makes too. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Session } from '../aws';
import { formatCalls } from '../deployment/model/formats';
import {
  countRequests,
  firstTransform,
  inputProblems,
  linesIn,
  readTransform,
  transformCalls,
  transformFields,
} from '../deployment/model/transform/draft';
import { readVersion } from '../deployment/prepare';
import { putObject, transformLog } from '../deployment/service';
import {
  beginTransform,
  describeTransform,
  fileOf,
  findInput,
  isUnderWay,
  jobBase,
  listResults,
} from '../deployment/transforms';
import { timedName } from '../shared/names';
import { arnOf, failing, localRole, withTarget } from './deploy/target';
import { choose, fieldsOf, readOptions, UsageError } from './options';

/** So many of the last lines of the log of a job that has failed are printed. */
const mostLines = 30;

/** Exit codes: 0 completed or begun, 1 failed, stopped or refused, 2 wrong usage. */
export async function run(args: string[]): Promise<number> {
  const { values, positionals } = readOptions(args, {
    to: { type: 'string' },
    connection: { type: 'string' },
    data: { type: 'string' },
    input: { type: 'string' },
    output: { type: 'string' },
    set: { type: 'string', multiple: true, default: [] },
    plan: { type: 'string' },
    wait: { type: 'boolean', default: false },
  });
  const [model, ...more] = positionals;
  if (model === undefined || more.length > 0) throw new UsageError('Name one model: GROUP, GROUP:VERSION or an ARN.');
  const format = values.plan === undefined ? undefined : choose('plan', values.plan, ['json', 'cli'] as const);
  const { input = '', output = '' } = values;
  const fields = fieldsOf(values.set, transformFields);
  return failing(() =>
    withTarget({ environment: values.to, connection: values.connection, data: values.data }, async (target) => {
      const { session, deployment } = target;
      const version = await readVersion(session, await arnOf(session, model));
      const role = deployment.role ?? (session.connection.kind === 'local' ? localRole : '');
      const [contentType] = version.contentTypes;
      const first = firstTransform({ output, role, ...(contentType === undefined ? {} : { contentType }) });
      const { wish, problems } = readTransform({ ...first, input, ...fields });
      const isFile = !wish.input.startsWith('s3://');
      const content = isFile && wish.input !== '' ? await readFile(wish.input) : undefined;
      const isZipped = wish.compression === 'Gzip';
      const found =
        wish.input === ''
          ? undefined
          : content
            ? { files: [fileOf(wish.input, content, isZipped)], hasMore: false }
            : await findInput(session, wish.input, isZipped);
      const all = [...problems, ...(found ? inputProblems(found, wish, linesIn(found, wish)) : [])];
      const errors = all.filter(({ severity }) => severity === 'error').map(({ text }) => text);
      if (errors.length > 0) throw new UsageError(errors.join(' '));
      const name = timedName(jobBase(version));
      const uri = content ? `${wish.output}-input/${name}/${basename(wish.input)}` : wish.input;
      // A folder of its own for each job: what an earlier one has written does not count as its results.
      const calls = transformCalls({ ...wish, output: `${wish.output}/${name}` }, version, name, uri);
      if (format !== undefined) {
        process.stdout.write(formatCalls(calls, format));
        return 0;
      }
      for (const { text } of all) process.stderr.write(`${text}\n`);
      if (content) await putObject(session, uri, content);
      await beginTransform(session, calls, name);
      const requests = found && countRequests(found, wish.requests).requests;
      const about = requests === undefined ? '' : ` in ${requests} ${requests === 1 ? 'request' : 'requests'}`;
      const begun = `Transforming ${wish.input} with ${version.group} version ${version.version}${about}: ${name}.\n`;
      (values.wait ? process.stderr : process.stdout).write(begun);
      return values.wait ? followJob(session, name) : 0;
    }),
  );
}

/** Waits for the end of a job, and prints where each file's results lie. */
async function followJob(session: Session, name: string): Promise<number> {
  const interval = session.connection.kind === 'local' ? 300 : 10_000;
  for (;;) {
    const job = await describeTransform(session, name);
    if (isUnderWay(job)) {
      await sleep(interval);
      continue;
    }
    for (const { name: file, output } of await listResults(session, job)) {
      process.stdout.write(`${file}\t${output ?? 'no results'}\n`);
    }
    if (job.TransformJobStatus === 'Completed') return 0;
    process.stderr.write(`The job is ${job.TransformJobStatus}${job.FailureReason ? `: ${job.FailureReason}` : '.'}\n`);
    const since = job.CreationTime?.getTime() ?? 0;
    for (const line of await transformLog(session, name, mostLines, since)) process.stderr.write(`  ${line}\n`);
    return 1;
  }
}
