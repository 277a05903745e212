/**
 * What a buildspec asks for, read from its text. Scalars stay texts, as CodeBuild takes them: `1.10` is no number and
 * `yes` no truth value before someone asks for it.
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
 */
import { parseDocument } from 'yaml';
import { isRecord } from '../../wire/validate';

/** A buildspec that cannot be run; CodeBuild calls it `YAML_FILE_ERROR`. */
export class BuildspecError extends Error {
  override readonly name = 'BuildspecError';
}

/** The phases that a buildspec may have, in the order in which they run. */
export const phaseNames = ['install', 'pre_build', 'build', 'post_build'] as const;
export type PhaseName = (typeof phaseNames)[number];

/** What happens when a phase has failed, where the buildspec says so. */
export type OnFailure =
  | { kind: 'ABORT' }
  | { kind: 'CONTINUE' }
  /** Again, so many times at most, where the failure's message matches. */
  | { kind: 'RETRY'; times: number; pattern?: string };

export interface Phase {
  commands: readonly string[];
  /** Commands that run after the others in any case. */
  finally: readonly string[];
  onFailure?: OnFailure;
  runAs?: string;
}

/** Which files of the source become an artifact. */
export interface Artifact {
  files: readonly string[];
  excludes: readonly string[];
  /** A folder, or a pattern for one, that the patterns are relative to. */
  baseDirectory?: string;
  discardPaths: boolean;
  /** As it stands in the buildspec: the shell expands it when it is uploaded. */
  name?: string;
  keepLinks: boolean;
  s3Prefix?: string;
}

export interface ReportSource {
  /** A name, which makes the group `<project>-<name>`, or the ARN of a group. */
  group: string;
  files: readonly string[];
  baseDirectory?: string;
  format: ReportFormat;
}

export const reportFormats = [
  'JUNITXML',
  'NUNITXML',
  'NUNIT3XML',
  'TESTNGXML',
  'VISUALSTUDIOTRX',
  'CUCUMBERJSON',
  'CLOVERXML',
  'COBERTURAXML',
  'JACOCOXML',
  'SIMPLECOV',
] as const;
export type ReportFormat = (typeof reportFormats)[number];

export interface Cache {
  paths: readonly string[];
  key?: string;
  fallbackKeys: readonly string[];
  actions: readonly ('restore' | 'save')[];
}

/** One build of a batch. */
export interface BatchNode {
  identifier: string;
  buildspec?: string;
  dependsOn: readonly string[];
  ignoreFailure: boolean;
  variables: Readonly<Record<string, string>>;
}

export interface Batch {
  failFast: boolean;
  nodes: readonly BatchNode[];
}

export interface Buildspec {
  version: '0.1' | '0.2';
  runAs?: string;
  shell?: string;
  variables: Readonly<Record<string, string>>;
  /** Names of parameters by variable. */
  parameters: Readonly<Record<string, string>>;
  /** References to secrets by variable: `id:json-key:stage:version`. */
  secrets: Readonly<Record<string, string>>;
  exported: readonly string[];
  phases: Readonly<Partial<Record<PhaseName, Phase>>>;
  /** The runtimes that install asks for. */
  runtimes: Readonly<Record<string, string>>;
  artifacts?: Artifact;
  secondary: Readonly<Record<string, Artifact>>;
  reports: readonly ReportSource[];
  cache?: Cache;
  batch?: Batch;
}

const defaultRetries = 3;
const mostFallbackKeys = 5;

/** Reads a buildspec: YAML, or JSON, which is YAML too. @throws {BuildspecError} */
export function parseBuildspec(text: string): Buildspec {
  const document = parseDocument(text, { schema: 'failsafe', merge: true, logLevel: 'silent', uniqueKeys: false });
  const [problem] = document.errors;
  if (problem) throw new BuildspecError(`The buildspec is not YAML as it can be read: ${firstLine(problem.message)}`);
  const root: unknown = document.toJS();
  if (!isRecord(root)) throw new BuildspecError('The buildspec is empty or no mapping. Give version and phases.');
  return new Reader().read(root);
}

class Reader {
  read(root: Record<string, unknown>): Buildspec {
    const version = this.text(root.version, 'version');
    if (version === undefined) throw new BuildspecError('version is missing. Begin with version: 0.2.');
    if (version !== '0.1' && version !== '0.2')
      throw new BuildspecError(`The version ${version} is not known. Use 0.2.`);
    const batch = this.batch(root.batch);
    const phases = this.phases(root.phases, batch !== undefined);
    const env = this.mapping(root.env, 'env');
    const artifacts = this.mapping(root.artifacts, 'artifacts');
    const runAs = this.text(root['run-as'], 'run-as');
    const shell = this.text(env['shell'], 'env.shell');
    const cache = this.cache(root.cache);
    const hasArtifacts = Object.keys(artifacts).length > 0;
    return {
      version,
      ...(runAs === undefined ? {} : { runAs }),
      ...(shell === undefined ? {} : { shell }),
      variables: this.variables(version === '0.1' ? (root.environment_variables ?? env) : env, 'variables'),
      parameters: this.variables(env, 'parameter-store'),
      secrets: this.variables(env, 'secrets-manager'),
      exported: this.list(env['exported-variables'], 'env.exported-variables'),
      runtimes: this.texts(
        this.mapping(
          this.mapping(this.mapping(root.phases, 'phases').install, 'install')['runtime-versions'],
          'runtime-versions',
        ),
      ),
      phases,
      ...(hasArtifacts ? { artifacts: this.artifact(artifacts, 'artifacts') } : {}),
      secondary: Object.fromEntries(
        Object.entries(this.mapping(artifacts['secondary-artifacts'], 'secondary-artifacts')).map(([id, value]) => [
          id,
          this.artifact(this.mapping(value, id), `secondary-artifacts.${id}`),
        ]),
      ),
      reports: Object.entries(this.mapping(root.reports, 'reports')).map(([group, value]) => this.report(group, value)),
      ...(cache ? { cache } : {}),
      ...(batch ? { batch } : {}),
    };
  }

  private phases(value: unknown, optional: boolean): Buildspec['phases'] {
    if (value === undefined && !optional) throw new BuildspecError('phases is missing. Give at least one phase.');
    const phases: Partial<Record<PhaseName, Phase>> = {};
    for (const [key, body] of Object.entries(this.mapping(value, 'phases'))) {
      const name = phaseNames.find((candidate) => candidate === key);
      if (name === undefined) {
        throw new BuildspecError(`The phase '${key}' is not known. Phases are ${phaseNames.join(', ')}.`);
      }
      phases[name] = this.phase(name, this.mapping(body, `phases.${name}`));
    }
    return phases;
  }

  private phase(name: PhaseName, body: Record<string, unknown>): Phase {
    const onFailure = this.onFailure(name, this.text(body['on-failure'], `${name}.on-failure`));
    const runAs = this.text(body['run-as'], `${name}.run-as`);
    return {
      commands: this.list(body.commands, `phases.${name}.commands`),
      finally: this.list(body.finally, `phases.${name}.finally`),
      ...(onFailure ? { onFailure } : {}),
      ...(runAs === undefined ? {} : { runAs }),
    };
  }

  private onFailure(phase: string, text: string | undefined): OnFailure | undefined {
    if (text === undefined) return undefined;
    if (text === 'ABORT' || text === 'CONTINUE') return { kind: text };
    const match = /^RETRY(?:-(\d{1,3})(?=-|$))?(?:-(.+))?$/.exec(text);
    const times = Number(match?.[1] ?? defaultRetries);
    if (!match || times > 100) {
      throw new BuildspecError(`on-failure of ${phase} is ABORT, CONTINUE or RETRY, not '${text}'.`);
    }
    return { kind: 'RETRY', times, ...(match[2] === undefined ? {} : { pattern: match[2] }) };
  }

  private variables(env: unknown, group: string): Record<string, string> {
    const variables = this.texts(this.mapping(this.mapping(env, 'env')[group], `env.${group}`));
    for (const name of Object.keys(variables)) {
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
        throw new BuildspecError(`'${name}' is not a variable name: use letters, digits and _.`);
      }
    }
    return variables;
  }

  private artifact(body: Record<string, unknown>, place: string): Artifact {
    const files = this.list(body.files, `${place}.files`);
    if (files.length === 0) {
      throw new BuildspecError(`${place} needs files. Say which files, as paths or patterns.`);
    }
    const baseDirectory = this.text(body['base-directory'], `${place}.base-directory`);
    const name = this.text(body.name, `${place}.name`);
    const s3Prefix = this.text(body['s3-prefix'], `${place}.s3-prefix`);
    return {
      files,
      excludes: this.list(body['exclude-paths'], `${place}.exclude-paths`),
      ...(baseDirectory === undefined ? {} : { baseDirectory }),
      discardPaths: this.flag(body['discard-paths'], `${place}.discard-paths`),
      ...(name === undefined ? {} : { name }),
      keepLinks: this.flag(body['enable-symlinks'], `${place}.enable-symlinks`),
      ...(s3Prefix === undefined ? {} : { s3Prefix }),
    };
  }

  private report(group: string, value: unknown): ReportSource {
    const body = this.mapping(value, `reports.${group}`);
    const files = this.list(body.files, `reports.${group}.files`);
    if (files.length === 0) throw new BuildspecError(`The report '${group}' needs files.`);
    const asked = (this.text(body['file-format'], 'file-format') ?? 'JUNITXML').toUpperCase();
    const format = reportFormats.find((candidate) => candidate === asked);
    if (!format) {
      throw new BuildspecError(
        `The file-format of the report '${group}' is one of ${reportFormats.join(', ')}, not ${asked}.`,
      );
    }
    const baseDirectory = this.text(body['base-directory'], 'base-directory');
    return { group, files, format, ...(baseDirectory === undefined ? {} : { baseDirectory }) };
  }

  private cache(value: unknown): Cache | undefined {
    const body = this.mapping(value, 'cache');
    const paths = this.list(body.paths, 'cache.paths');
    if (paths.length === 0) return undefined;
    const key = this.text(body.key, 'cache.key');
    const fallbackKeys = this.list(body['fallback-keys'], 'cache.fallback-keys');
    if (fallbackKeys.length > 0 && key === undefined) throw new BuildspecError('fallback-keys of the cache need key.');
    if (fallbackKeys.length > mostFallbackKeys) {
      throw new BuildspecError(
        `The cache has ${fallbackKeys.length} fallback-keys; at most ${mostFallbackKeys} are allowed.`,
      );
    }
    const action = this.text(body.action, 'cache.action');
    if (action !== undefined && action !== 'restore' && action !== 'save')
      throw new BuildspecError(`action of the cache is restore or save, not '${action}'.`);
    return {
      paths,
      ...(key === undefined ? {} : { key }),
      fallbackKeys,
      actions: action === undefined ? ['restore', 'save'] : [action],
    };
  }

  private batch(value: unknown): Batch | undefined {
    if (value === undefined || value === '') return undefined;
    const body = this.mapping(value, 'batch');
    const failFast = this.flag(body['fast-fail'], 'batch.fast-fail');
    const nodes = [
      ...this.items(body['build-list'], 'batch.build-list').map((item) => this.node(item)),
      ...this.items(body['build-graph'], 'batch.build-graph').map((item) => this.node(item)),
      ...this.matrix(body['build-matrix']),
    ];
    if (nodes.length === 0) return undefined;
    const seen = new Set<string>();
    for (const { identifier } of nodes) {
      if (seen.has(identifier)) throw new BuildspecError(`Two builds of the batch are called '${identifier}'.`);
      seen.add(identifier);
    }
    for (const { identifier, dependsOn } of nodes) {
      for (const name of dependsOn) {
        if (!seen.has(name))
          throw new BuildspecError(`The build '${identifier}' depends on '${name}', which does not exist.`);
      }
    }
    const [circular] = circularIn(nodes);
    if (circular) throw new BuildspecError(`The build '${circular.identifier}' depends on itself, over others.`);
    return { failFast, nodes };
  }

  private node(item: Record<string, unknown>): BatchNode {
    const identifier = this.text(item.identifier, 'identifier');
    if (identifier === undefined) throw new BuildspecError('A build of the batch has no identifier.');
    const buildspec = this.text(item.buildspec, 'buildspec');
    return {
      identifier,
      ...(buildspec === undefined ? {} : { buildspec }),
      dependsOn: this.list(item['depend-on'], 'depend-on'),
      ignoreFailure: this.flag(item['ignore-failure'], 'ignore-failure'),
      variables: this.texts(this.mapping(this.mapping(item.env, 'env').variables, 'variables')),
    };
  }

  /** All combinations of the dynamic values, each a build of its own. */
  private matrix(value: unknown): BatchNode[] {
    const body = this.mapping(value, 'batch.build-matrix');
    if (Object.keys(body).length === 0) return [];
    const fixed = this.mapping(body.static, 'static');
    const dynamic = this.mapping(body.dynamic, 'dynamic');
    const buildspecs = this.list(dynamic.buildspec, 'dynamic.buildspec');
    const lists = Object.entries(this.mapping(this.mapping(dynamic.env, 'env').variables, 'variables'));
    let rows: { buildspec?: string; variables: Record<string, string> }[] =
      buildspecs.length === 0 ? [{ variables: {} }] : buildspecs.map((buildspec) => ({ buildspec, variables: {} }));
    for (const [name, choices] of lists) {
      rows = rows.flatMap((row) =>
        this.list(choices, name).map((choice) => ({ ...row, variables: { ...row.variables, [name]: choice } })),
      );
    }
    const shared = this.texts(this.mapping(this.mapping(fixed.env, 'env').variables, 'variables'));
    return rows.map(({ buildspec, variables }, index) => ({
      identifier: `build${index}`,
      ...(buildspec === undefined ? {} : { buildspec }),
      dependsOn: [],
      ignoreFailure: this.flag(fixed['ignore-failure'], 'ignore-failure'),
      variables: { ...shared, ...variables },
    }));
  }

  private items(value: unknown, place: string): Record<string, unknown>[] {
    if (value === undefined || value === '') return [];
    if (!Array.isArray(value)) throw new BuildspecError(`${place} is not a list.`);
    return value.map((item) => this.mapping(item, place));
  }

  private mapping(value: unknown, place: string): Record<string, unknown> {
    if (value === undefined || value === '' || value === '~' || value === 'null') return {};
    if (!isRecord(value)) throw new BuildspecError(`${place} is not a mapping. Indent its members below it.`);
    return value;
  }

  private texts(value: Record<string, unknown>): Record<string, string> {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.text(item, key) ?? '']));
  }

  private text(value: unknown, place: string): string | undefined {
    if (value === undefined || typeof value === 'string') return value;
    throw new BuildspecError(`${place} is not text.`);
  }

  /** A list of texts, or one text alone. */
  private list(value: unknown, place: string): string[] {
    if (value === undefined || value === '') return [];
    if (typeof value === 'string') return [value];
    if (!Array.isArray(value)) throw new BuildspecError(`${place} is not a list.`);
    // Lists of lists are what YAML anchors make of shared commands.
    return value.flat(9).map((item: unknown, index) => {
      if (typeof item === 'string') return item;
      const key = isRecord(item) ? Object.keys(item)[0] : undefined;
      throw new BuildspecError(
        `${place}[${index}] is a mapping, not text${key === undefined ? '' : ` of '${key}'`}. Quote the whole command: ": " in it makes it a mapping.`,
      );
    });
  }

  private flag(value: unknown, place: string): boolean {
    const text = this.text(value, place)?.toLowerCase();
    if (text === undefined || ['', 'no', 'false', 'off', 'n'].includes(text)) return false;
    if (['yes', 'true', 'on', 'y'].includes(text)) return true;
    throw new BuildspecError(`${place} is yes or no, not '${text}'.`);
  }
}

/** The builds that can never begin, because each waits for another of them. */
function circularIn(nodes: readonly BatchNode[]): readonly BatchNode[] {
  const isFree = ({ dependsOn }: BatchNode): boolean =>
    !dependsOn.some((name) => nodes.some(({ identifier }) => identifier === name));
  const left = nodes.filter((node) => !isFree(node));
  return left.length === nodes.length ? left : circularIn(left);
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? text;
}
