/** `mlops-flow graph`: draws the graph of a pipeline definition. */
import { renderers } from '../definition/graph/render';
import { choose, readOptions, UsageError } from './options';
import { readText, UnreadableError } from './read';

/** Runs the command; answers the exit code. */
export async function run(args: string[]): Promise<number> {
  try {
    const { values, positionals } = readOptions(args, { format: { type: 'string', default: 'svg' } });
    const render = renderers[choose('format', values.format, Object.keys(renderers))];
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) throw new UsageError('Give one file.');
    const { buildGraph } = await import('../definition/definition.bundle');
    const graph = buildGraph(await readText(file), file === '-' ? undefined : file);
    if (!graph || !render) {
      process.stderr.write(`${file}: this is not a SageMaker pipeline definition.\n`);
      return 2;
    }
    process.stdout.write(render(graph));
    return 0;
  } catch (error) {
    if (error instanceof UsageError) process.stderr.write(`${error.message} See: mlops-flow help graph\n`);
    else if (error instanceof UnreadableError) process.stderr.write(`${error.message}\n`);
    else throw error;
    return 2;
  }
}
