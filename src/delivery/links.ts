/** What an action made, found in its results: runs, endpoints, models, builds. Pure. */
import type { ActionRun } from './model';

export interface Link {
  kind: 'run' | 'model' | 'endpoint' | 'build' | 'execution' | 'object' | 'page';
  /** `penguins run 4f2a` */
  title: string;
  /** An ARN, an id of a build, an S3 URI or an address. */
  target: string;
}

const arn = /arn:aws[\w-]*:(sagemaker|states|codebuild):[a-z0-9-]*:\d{12}:[^\s"'<>\\,;)\]}]+/g;

/** Every thing that a text names by its ARN. */
export function linksIn(text: string): Link[] {
  const found = new Map<string, Link>();
  for (const [whole] of text.matchAll(arn)) {
    const target = whole.replace(/[.:]+$/, '');
    const link = linkOf(target);
    if (link) found.set(target, link);
  }
  return [...found.values()];
}

function linkOf(target: string): Link | undefined {
  const [, , service = '', , , ...rest] = target.split(':');
  const resource = rest.join(':');
  const parts = resource.split('/');
  if (service === 'sagemaker') {
    if (parts[0] === 'pipeline' && parts[2] === 'execution')
      return { kind: 'run', title: `Run of ${parts[1]}`, target };
    if (parts[0] === 'model-package' && parts.length === 3)
      return { kind: 'model', title: `${parts[1]} version ${parts[2]}`, target };
    if (parts[0] === 'endpoint') return { kind: 'endpoint', title: `Endpoint ${parts[1]}`, target };
    return undefined;
  }
  if (service === 'states')
    return resource.startsWith('execution:')
      ? { kind: 'execution', title: `Execution ${resource.split(':').at(-1)}`, target }
      : undefined;
  return parts[0] === 'build'
    ? { kind: 'build', title: `Build of ${parts[1]?.split(':')[0]}`, target: parts[1] ?? '' }
    : undefined;
}

const buildId = /^[\w-]+:[0-9a-f-]{8,36}$/;

/** What an attempt at an action made. */
export function linksOf(run: ActionRun): Link[] {
  const text = JSON.stringify([run.variables, run.summary, run.configuration, run.externalId, run.externalUrl]);
  const links = linksIn(text);
  // Commands run in a build of the service's own.
  const isBuild = /^(CodeBuild|Commands)$/.test(run.provider ?? '') && buildId.test(run.externalId ?? '');
  return [
    ...(isBuild ? [{ kind: 'build' as const, title: 'Build', target: run.externalId ?? '' }] : []),
    ...links.filter(({ target }) => target !== run.externalId),
  ];
}

/** The page of AWS's console that finds a thing by its ARN. */
export function consoleAddress(target: string): string {
  return `https://console.aws.amazon.com/go/view?arn=${encodeURIComponent(target)}`;
}
