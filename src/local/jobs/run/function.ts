import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, normalize, sep } from 'node:path';
import { account, region } from '../../domain/arns';
import { type LambdaFunction, functionCode } from '../../domain/functions';
import { logs } from '../../domain/logs';
import { ClientError } from './errors';
import { type Furnished, furnishFunction } from './furnish';
import { runProcess } from './process';
import type { JobSurroundings } from './runner';

/** What an invocation came to. */
export interface Invocation {
  /** The JSON that the handler returned, or that describes its error. */
  payload: string;
  /** The handler failed. */
  failed: boolean;
  /** Its last lines of output. */
  log: string;
}

/** Seconds that Lambda gives a function which names no timeout. */
const defaultTimeout = 3;
/** Milliseconds for the interpreter to start, which the service does not count. */
const startAllowance = 20_000;

/**
 * Calls the handler in the way of Lambda's own runtimes: event and context in, JSON out.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html
 */
const python = `
import importlib, json, os, sys, time, traceback
sys.path.insert(0, os.getcwd())
class Context:
    function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
    function_version = "$LATEST"
    invoked_function_arn = os.environ["_ARN"]
    memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
    aws_request_id = os.environ["_REQUEST_ID"]
    log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
    log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
    identity = client_context = None
    def get_remaining_time_in_millis(self, end=time.time() + float(os.environ["_TIMEOUT"])):
        return max(0, int((end - time.time()) * 1000))
try:
    module, _, name = os.environ["_HANDLER"].rpartition(".")
    handler = getattr(importlib.import_module(module.replace("/", ".")), name)
    with open(os.environ["_EVENT"]) as file:
        event = json.load(file)
    answer = {"value": handler(event, Context())}
    text = json.dumps(answer)
except BaseException as error:
    traceback.print_exc()
    trace = traceback.format_tb(error.__traceback__)[1:]
    text = json.dumps({"error": {"errorMessage": str(error), "errorType": type(error).__name__, "stackTrace": trace}})
with open(os.environ["_ANSWER"], "w") as file:
    file.write(text)
`;

const node = `
const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const env = process.env;
const end = Date.now() + Number(env._TIMEOUT) * 1000;
const context = {
  functionName: env.AWS_LAMBDA_FUNCTION_NAME, functionVersion: '$LATEST', invokedFunctionArn: env._ARN,
  memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE, awsRequestId: env._REQUEST_ID,
  logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME, logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
  getRemainingTimeInMillis: () => Math.max(0, end - Date.now()),
};
const answer = (value) => { writeFileSync(env._ANSWER, JSON.stringify(value)); process.exit(0); };
const fail = (error) => {
  console.error(error);
  answer({ error: { errorMessage: String(error?.message ?? error), errorType: error?.name ?? 'Error', trace: String(error?.stack ?? '').split('\\n') } });
};
(async () => {
  const dot = env._HANDLER.lastIndexOf('.');
  const file = ['.mjs', '.js', '.cjs'].map((end) => join(process.cwd(), env._HANDLER.slice(0, dot) + end))
    .find((path) => require('node:fs').existsSync(path));
  if (!file) throw new Error("Cannot find module '" + env._HANDLER.slice(0, dot) + "'");
  const module = await import(pathToFileURL(file).href);
  const name = env._HANDLER.slice(dot + 1);
  const handler = module[name] ?? module.default?.[name];
  const event = JSON.parse(readFileSync(env._EVENT, 'utf8'));
  const value = await new Promise((resolve, reject) => {
    const made = handler(event, context, (error, result) => (error ? reject(error) : resolve(result)));
    if (typeof made?.then === 'function') made.then(resolve, reject);
    else if (handler.length < 3) resolve(made);
  });
  answer({ value: value ?? null });
})().catch(fail);
`;

/**
 * Runs a function's handler once, in a process of its own.
 * @param event JSON text
 * @throws {StoreError} when nothing can be written any more
 */
export async function invokeFunction(
  { name, arn, configuration }: LambdaFunction,
  event: string,
  surroundings: JobSurroundings,
  signal: AbortSignal,
): Promise<Invocation> {
  const { store, environment, grace, guard } = surroundings;
  const id = randomUUID();
  const folder = join(surroundings.folder, `function-${id}`);
  const group = `/aws/lambda/${name}`;
  const stream = `${new Date().toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]${id.replaceAll('-', '')}`;
  const log = logs(store).createStream(group, stream);
  const write = (lines: string[]): void => logs(store).append(log, lines, Date.now());
  let furnished: Furnished | undefined;
  try {
    const task = join(folder, 'task');
    await unpack(functionCode(store).get(name) ?? new Uint8Array(), task);
    const [eventFile, answerFile] = [join(folder, 'event.json'), join(folder, 'answer.json')];
    await writeFile(eventFile, event === '' ? '{}' : event);
    const seconds = configuration.Timeout ?? defaultTimeout;
    const isNode = configuration.Runtime?.startsWith('nodejs') === true;
    furnished = isNode
      ? { command: [process.execPath], env: environment }
      : await furnishFunction(task, environment, surroundings, { write }, signal);
    const command = [...furnished.command, ...(isNode ? ['-e', node] : ['-c', python])];
    write([`START RequestId: ${id} Version: $LATEST`]);
    const exit = await runProcess({
      command,
      cwd: task,
      env: {
        ...furnished.env,
        ...configuration.Environment?.Variables,
        PYTHONUNBUFFERED: '1',
        PYTHONDONTWRITEBYTECODE: '1',
        ELECTRON_RUN_AS_NODE: '1',
        AWS_REGION: region,
        AWS_ACCOUNT_ID: account,
        AWS_LAMBDA_FUNCTION_NAME: name,
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(configuration.MemorySize ?? 128),
        AWS_LAMBDA_LOG_GROUP_NAME: group,
        AWS_LAMBDA_LOG_STREAM_NAME: stream,
        LAMBDA_TASK_ROOT: task,
        _HANDLER: configuration.Handler ?? '',
        _ARN: arn,
        _REQUEST_ID: id,
        _TIMEOUT: String(seconds),
        _EVENT: eventFile,
        _ANSWER: answerFile,
      },
      timeout: seconds * 1000 + startAllowance,
      grace,
      guard,
      signal,
      onLines: write,
    });
    write([`END RequestId: ${id}`]);
    const tail = logs(store).tail(log, 40).join('\n');
    const answer = await readFile(answerFile, 'utf8').catch(() => undefined);
    if (answer === undefined) {
      const what =
        exit.ended === 'timedOut'
          ? `Task timed out after ${seconds}.00 seconds`
          : `Runtime exited with code ${exit.code ?? 'none'}`;
      const errorType = exit.ended === 'timedOut' ? 'Sandbox.Timedout' : 'Runtime.ExitError';
      return {
        payload: JSON.stringify({ errorType, errorMessage: `RequestId: ${id} Error: ${what}` }),
        failed: true,
        log: tail,
      };
    }
    const { value, error } = JSON.parse(answer) as { value?: unknown; error?: object };
    return { payload: JSON.stringify(error ?? value ?? null), failed: error !== undefined, log: tail };
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    const payload = JSON.stringify({ errorType: 'Runtime.ImportModuleError', errorMessage: error.message });
    return { payload, failed: true, log: logs(store).tail(log, 40).join('\n') };
  } finally {
    await furnished?.release?.();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Unpacks a zip archive; what would lie outside the folder is left out. */
async function unpack(zip: Uint8Array, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  if (zip.length === 0) return;
  const { unzipSync } = await import('fflate');
  for (const [name, content] of Object.entries(unzipSync(zip))) {
    const path = normalize(join(folder, name));
    if (!path.startsWith(folder + sep) || name.endsWith('/')) continue;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
}
