/**
 * The form of `.mlops/config.json`, said once: from this schema come the types, what the reader checks (`read.ts`), and
 * the JSON schema by which the editor completes, explains and checks the file (`npm run generate`).
 *
 * A member is a line here: its schema, and with `explained` what the editor says of it. Errors are written as the end of
 * a sentence that begins with the place: `gates.release.run` "must be an object".
 */
import { distance } from 'fastest-levenshtein';
import * as z from 'zod/mini';

/** Where the file lies, relative to the root of the working tree. */
export const configPath = '.mlops/config.json';

/** What the editor shows of a schema, or offers for it, in the words of JSON schema and of VS Code. */
type Help = Record<string, unknown>;

function explained<S extends z.core.$ZodType>(schema: S, description: string, help: Help = {}): S {
  z.globalRegistry.add(schema, { ...z.globalRegistry.get(schema), description, ...help });
  return schema;
}

/** An object with these members and no others. */
function members<S extends z.core.$ZodLooseShape>(shape: S): z.ZodMiniObject<S, z.core.$strict> {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    // One sentence a key, each in a line.
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? issue.keys.map((key) => unknownMember(key, known)).join('\n') : undefined,
  });
}

function unknownMember(name: string, known: readonly string[]): string {
  return `has no member "${name}".${nearest(name, known)}`;
}

/** The known name that is meant, or all of them. */
export function nearest(name: string, known: readonly string[]): string {
  const [best] = known
    .map((candidate) => ({ candidate, away: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, away }) => away <= Math.max(1, candidate.length / 3))
    .sort((a, b) => a.away - b.away);
  return best === undefined ? ` There are: ${known.join(', ')}.` : ` Did you mean '${best.candidate}'?`;
}

/** An object whose keys are names of the user's, read as a map. */
function named<S extends z.core.$ZodType>(value: S) {
  return z.pipe(
    z.record(z.string(), value),
    z.transform((read): ReadonlyMap<string, z.output<S>> => new Map(Object.entries(read))),
  );
}

/** A text of a form. `error` says what it must be. */
function matching(pattern: RegExp, error: string, help: Help = {}): z.ZodMiniString {
  const text = z.string().check(z.regex(pattern, { error }));
  z.globalRegistry.add(text, { patternErrorMessage: `It ${error}.`, ...help });
  return text;
}

const text = (help: Help = {}): z.ZodMiniString => matching(/\S/, 'must be a text that is not empty', help);

/** A relative path that stays inside the working tree. */
const path = (): z.ZodMiniString =>
  matching(
    /^(?![/\\]|[A-Za-z]:)(?!(.*[/\\])?\.\.([/\\]|$)).*\S/,
    'must be a path inside the repository, relative to its root',
  );

/** A value that a pipeline parameter is given in place of its default. */
const parameterValue = () =>
  z.union([z.string(), z.number(), z.boolean()], { error: 'must be a text, a number, true or false' });

const connection = explained(
  z.union(
    [
      explained(z.literal('Local'), 'The control plane on this machine.'),
      explained(
        members({
          profile: explained(text(), 'Name of a profile in `~/.aws/config`.'),
          region: z.exactOptional(
            explained(
              text({ examples: ['eu-west-1', 'us-east-1'] }),
              'AWS region; the profile’s own unless it is given.',
            ),
          ),
        }),
        'An AWS account, by a profile of your AWS configuration.',
        { defaultSnippets: [snippet('A profile', { profile: '${1:profile}', region: '${2:eu-west-1}' })] },
      ),
    ],
    { error: 'must be "Local", or an object with a profile and a region' },
  ),
  '`Local`, or a profile of your AWS configuration.',
);

function snippet(label: string, body: Help | string, description?: string): Help {
  return { label, ...(description !== undefined && { description }), body };
}

const count = (description: string, least: number) =>
  z.exactOptional(
    explained(
      z.number().check(
        z.refine((read) => Number.isInteger(read) && read >= least, {
          error: `must be a whole number of ${least} or more`,
        }),
      ),
      description,
    ),
  );

const s3Folder = (description: string) =>
  z.exactOptional(explained(matching(/^s3:\/\/[^/]+/, 'must be an S3 URI: "s3://bucket/folder"'), description));

/** How a model is deployed to an environment. What is left out is asked in the form, and has the form's default. */
const deployment = explained(
  members({
    endpoint: z.exactOptional(
      explained(
        matching(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/, 'must be letters, digits and hyphens, 63 at most'),
        'Name of the endpoint; that of the model group unless it is given.',
      ),
    ),
    kind: z.exactOptional(
      explained(z.enum(['real-time', 'serverless', 'asynchronous']), 'What answers requests.', {
        default: 'real-time',
      }),
    ),
    role: z.exactOptional(
      explained(matching(/^arn:/, 'must be the ARN of a role'), 'The role that the model runs with.'),
    ),
    instanceType: z.exactOptional(explained(text({ examples: ['ml.m5.large'] }), 'Type of the instances.')),
    instances: count('Number of instances.', 1),
    memory: count('Memory of a serverless endpoint, in MB.', 1024),
    concurrency: count('Requests that a serverless endpoint answers at a time.', 1),
    output: s3Folder('Where an asynchronous endpoint puts its results.'),
    strategy: z.exactOptional(
      explained(z.enum(['all-at-once', 'canary', 'linear', 'rolling']), 'How an update moves the traffic.', {
        default: 'canary',
      }),
    ),
    percent: count('The canary, the step or the batch, in percent of the fleet.', 1),
    interval: count('Seconds that each step but the last is watched.', 0),
    bake: count('Seconds that the old fleet stays after all traffic has moved.', 0),
    timeout: count('Seconds after which an update is rolled back.', 600),
    alarms: z.exactOptional(
      explained(
        members({
          errors: z.exactOptional(explained(z.number(), 'The most 5xx errors, as a share of the requests: 0.05.')),
          modelErrors: z.exactOptional(
            explained(z.number(), 'The most errors of the model, as a share of the requests.'),
          ),
          latency: z.exactOptional(
            explained(z.number(), 'The longest latency at the 99th percentile, in milliseconds.'),
          ),
          period: count('Seconds that one value of an alarm covers.', 10),
        }),
        'What rolls an update back.',
      ),
    ),
    capture: z.exactOptional(
      explained(
        members({
          percent: explained(z.number(), 'The share of the requests that are kept, in percent.'),
          destination: explained(
            matching(/^s3:\/\/[^/]+/, 'must be an S3 URI: "s3://bucket/folder"'),
            'Where they are kept.',
          ),
        }),
        'Requests and answers that are kept, for Model Monitor.',
      ),
    ),
    scaling: z.exactOptional(
      explained(
        members({
          min: explained(z.number(), 'The fewest instances.'),
          max: explained(z.number(), 'The most instances.'),
          target: explained(z.number(), 'Requests a minute that one instance shall have; of a queue, its length.'),
        }),
        'How the number of instances follows the load.',
      ),
    ),
    sample: z.exactOptional(explained(path(), 'A file with a request, for the dry run: JSON or CSV.')),
    requires: z.exactOptional(
      explained(
        members({
          approval: z.exactOptional(explained(z.boolean(), 'The version is approved.', { default: true })),
          dryRun: z.exactOptional(explained(z.boolean(), 'A dry run on this machine has succeeded.')),
          alarms: z.exactOptional(explained(z.boolean(), 'At least one alarm watches the update.')),
        }),
        'What must hold before a model is deployed here.',
      ),
    ),
  }),
  'How models are deployed to this environment.',
  {
    defaultSnippets: [
      snippet('A canary', {
        endpoint: '${1:endpoint}',
        instances: '^${2:2}',
        strategy: 'canary',
        alarms: { errors: '^${3:0.05}' },
      }),
    ],
  },
);

const environment = (description: string) =>
  explained(
    members({
      connection,
      account: z.exactOptional(
        explained(
          matching(/^\d{12}$/, 'must be a text of twelve digits: "111122223333"'),
          'The account that the connection must lead to: runs of another account are no evidence for a release.',
        ),
      ),
      pipeline: z.exactOptional(explained(text(), 'Name of the pipeline in the account.')),
      definition: z.exactOptional(
        explained(path(), 'Path of the pipeline definition, relative to the root of the repository.'),
      ),
      parameters: z._default(
        explained(
          z.record(z.string(), parameterValue()),
          'Values of pipeline parameters that differ from their defaults in this environment.',
        ),
        {},
      ),
      deployment: z.exactOptional(deployment),
    }),
    description,
    {
      defaultSnippets: [
        snippet('On this machine', { connection: 'Local' }),
        snippet('In an AWS account', { connection: { profile: '${1:profile}', region: '${2:eu-west-1}' } }),
      ],
    },
  );

/**
 * What a branch can be, with the environment that it goes to unless the file says otherwise. `base` is any other branch
 * that stays, `topic` any other that comes and goes, and `tag` a version tag that is checked out.
 */
export const branchRoles = {
  main: ['production', 'The production branch.'],
  develop: ['staging', 'The branch where features come together.'],
  base: ['dev', 'Any other branch that stays. One with the name of an environment goes there.'],
  feature: ['dev', 'Feature branches.'],
  bugfix: ['dev', 'Bugfix branches.'],
  release: ['production', 'Release branches.'],
  hotfix: ['production', 'Hotfix branches.'],
  support: ['production', 'Support branches.'],
  topic: ['dev', 'Topics of any other type, and topics where no branching model is set up.'],
  tag: ['production', 'A version tag that is checked out.'],
  other: ['dev', 'Any other branch.'],
} as const;

const branches = members(
  Object.fromEntries(
    Object.entries(branchRoles).map(([role, [environmentName, description]]) => [
      role,
      z.exactOptional(
        explained(text({ examples: ['dev', 'staging', 'production'] }), description, { default: environmentName }),
      ),
    ]),
  ) as Record<keyof typeof branchRoles, z.ZodMiniExactOptional<z.ZodMiniString>>,
);

/** The bounds of a number, both inclusive; at least one of them is set. */
const bounds = (what: string) => {
  const schema = members({
    min: z.exactOptional(explained(z.number(), `The ${what} must be at least this.`)),
    max: z.exactOptional(explained(z.number(), `The ${what} must be at most this.`)),
  }).check(z.refine((read) => Object.keys(read).length > 0, { error: 'needs a min or a max' }));
  z.globalRegistry.add(schema, {
    minProperties: 1,
    defaultSnippets: [snippet('At least', { min: '^${1:0.9}' }), snippet('At most', { max: '^${1:0.1}' })],
  });
  return schema;
};

const atLeastOne = z.array(parameterValue()).check(z.minLength(1));

/** What a parameter of a run may be: one of these values, a number within bounds, or anything. */
const parameterRule = z.union(
  [
    explained(
      z.pipe(
        parameterValue(),
        z.transform((value) => ({ values: [value] })),
      ),
      'The value that the run must have.',
    ),
    explained(
      z.pipe(
        atLeastOne,
        z.transform((values) => ({ values })),
      ),
      'The values that the run may have.',
    ),
    members({ any: explained(z.literal(true), 'Any value will do.') }),
    bounds('parameter'),
  ],
  { error: 'must be a value, a list of values, or an object with min, max, or "any": true' },
);

/** Files of the repository, or objects in S3 that are there already. */
const pathOrUri = () =>
  z.union([path(), matching(/^s3:\/\/[^/]+\/./, 'must be an S3 URI')], {
    error: 'must be a path inside the repository, relative to its root, or an S3 URI',
  });

const stub = members({
  status: z.exactOptional(
    explained(z.enum(['Succeeded', 'Failed']), 'How the step ends; `Succeeded` unless it is given.'),
  ),
  reason: z.exactOptional(explained(text(), 'Why it failed.')),
  outputs: z.exactOptional(
    explained(
      z.record(z.string(), parameterValue()),
      'Values of the outputs that a Lambda or Callback step declares; `Outcome` of a Condition step; of others what references read, by path.',
      { defaultSnippets: [snippet('An output', { '${1:name}': '${2:value}' })] },
    ),
  ),
  metrics: z.exactOptional(explained(z.record(z.string(), z.number()), 'Final metrics of a Training step.')),
  artifacts: z.exactOptional(
    explained(
      z.record(z.string(), pathOrUri()),
      'Files that the step leaves: by the names of the outputs of a Processing step, or `model` and `output` of a Training step.',
      { defaultSnippets: [snippet('A model', { model: '${1:model.tar.gz}' })] },
    ),
  ),
});

const gates = (description: string) =>
  explained(
    members({
      cleanTree: z.exactOptional(
        explained(z.boolean(), 'No uncommitted change and no untracked file.', { default: true }),
      ),
      definitions: z.exactOptional(explained(z.array(path()), 'Definitions that must have no error.')),
      run: z.exactOptional(
        explained(
          members({ pipeline: explained(text(), 'Name of the pipeline.') }),
          'A succeeded run of exactly what is tagged: its definition, files and parameters, without uncommitted changes. The newest such run counts.',
          { defaultSnippets: [snippet('A pipeline', { pipeline: '${1:pipeline}' })] },
        ),
      ),
      parameters: z.exactOptional(
        explained(
          named(parameterRule),
          'Parameters of that run that may be other than what the definition and the environment say.',
          { defaultSnippets: [snippet('Any value', { '${1:Parameter}': { any: true } })] },
        ),
      ),
      model: z.exactOptional(
        explained(
          members({
            group: z.exactOptional(explained(text(), 'Model package group; all groups unless it is given.')),
            step: z.exactOptional(explained(text(), 'The RegisterModel step that made the version.')),
            version: z.exactOptional(explained(z.number(), 'Number of the version in its group.')),
          }),
          'Every model version that the run made is approved; of those that are named here.',
          {
            defaultSnippets: [snippet('All versions of the run', {}), snippet('One group', { group: '${1:group}' })],
          },
        ),
      ),
      metrics: z.exactOptional(
        explained(named(bounds('metric')), 'Bounds for metrics of that run, both inclusive.', {
          defaultSnippets: [snippet('A lower bound', { '${1:accuracy}': { min: '^${2:0.9}' } })],
        }),
      ),
    }),
    description,
  );

/** The whole file. Every member is optional. */
export const configFile = explained(
  members({
    $schema: z.exactOptional(explained(z.string(), 'Address of this schema.')),
    version: z.exactOptional(explained(z.literal(1), 'Version of this file’s format.')),
    environments: z.exactOptional(
      explained(
        z.pipe(
          z.catchall(
            z.object({
              dev: z.exactOptional(environment('Where features and bugfixes run unless `branches` says otherwise.')),
              staging: z.exactOptional(environment('Where develop runs unless `branches` says otherwise.')),
              production: z.exactOptional(
                environment(
                  'Where main, releases, hotfixes and support branches run unless `branches` says otherwise.',
                ),
              ),
            }),
            environment('Where the branches run that `branches` sends here.'),
          ),
          z.transform((read): ReadonlyMap<string, EnvironmentConfig> => new Map(Object.entries(read))),
        ),
        'Environments by name. `dev` is the control plane on this machine unless it is set up here.',
        { default: { staging: { connection: { profile: 'staging' } } } },
      ),
    ),
    branches: z.exactOptional(explained(branches, 'Which environment each kind of branch goes to.')),
    uploads: z.exactOptional(
      explained(
        named(path()),
        'Files and folders that a run needs, by the pipeline parameter that holds the S3 URI where the pipeline reads them. They are copied there before a run.',
        { defaultSnippets: [snippet('A folder of scripts', { '${1:CodeUri}': '${2:src}' })] },
      ),
    ),
    fixtures: z.exactOptional(
      explained(
        z.pipe(
          z.record(matching(/^s3:\/\/[^/]+\/./, 'must be an S3 URI'), path()),
          z.transform((read): ReadonlyMap<string, string> => new Map(Object.entries(read))),
        ),
        'Files and folders by the S3 URI that they stand for in a run on this machine: public data sets, or what lies in a bucket of an account. They are copied to that very place of Local before a run.',
        { defaultSnippets: [snippet('A data set', { 's3://${1:bucket}/${2:data.csv}': '${3:data.csv}' })] },
      ),
    ),
    arguments: z.exactOptional(
      explained(
        z.pipe(
          z.record(path(), z.record(z.string(), z.unknown(), { error: 'must be an object' })),
          z.transform((read): ReadonlyMap<string, Readonly<Record<string, unknown>>> => new Map(Object.entries(read))),
        ),
        'What the function that makes a pipeline is called with, by the path of its Python script. It goes before what the project’s own automation calls it with.',
        { defaultSnippets: [snippet('A script', { '${1:pipelines/pipeline.py}': { '${2:name}': '${3:value}' } })] },
      ),
    ),
    stubs: z.exactOptional(
      explained(
        named(stub),
        'Steps that end as they are told here in a run on this machine instead of being run, by the name of a step, or by a step type for all of them. The run says so.',
        {
          defaultSnippets: [
            snippet('A step', { '${1:Step}': { outputs: { '${2:name}': '${3:value}' } } }),
            snippet('All steps of a type', { '${1|EMR,Callback,Lambda,AutoML|}': {} }),
          ],
        },
      ),
    ),
    mlflow: z.exactOptional(
      explained(
        members({
          server: explained(
            matching(
              /^(https?:\/\/[^/\s@]+(\/\S*)?|arn:aws[a-z-]*:sagemaker:[a-z0-9-]+:\d{12}:mlflow-(tracking-server|app)\/[\w-]+)$/,
              'must be an address without a password ("https://mlflow.example.com"), or the ARN of a tracking server of SageMaker AI',
              { examples: ['http://127.0.0.1:5000'] },
            ),
            'Its address, or the ARN of a tracking server or an MLflow app of SageMaker AI.',
          ),
          experiment: z.exactOptional(explained(text(), 'The experiment that runs are looked for in first.')),
        }),
        'The MLflow tracking server that jobs log to. Runs whose definition or jobs name another are read there.',
        { defaultSnippets: [snippet('A tracking server', { server: '${1:http://127.0.0.1:5000}' })] },
      ),
    ),
    gates: z.exactOptional(
      explained(
        members({
          release: z.exactOptional(gates('Gates of Finish Release.')),
          hotfix: z.exactOptional(gates('Gates of Finish Hotfix.')),
        }),
        'What must hold before a release or a hotfix is finished.',
      ),
    ),
  }),
  'Environments of this repository’s branches, and the gates of its releases.',
  {
    title: 'MLOps Flow configuration',
    defaultSnippets: [
      snippet(
        'Environments and release gates',
        {
          version: 1,
          environments: {
            dev: { connection: 'Local', pipeline: '${1:pipeline}', definition: '${2:pipeline.json}' },
            staging: {
              connection: { profile: '${3:staging}', region: '${4:eu-west-1}' },
              pipeline: '${1:pipeline}',
            },
            production: {
              connection: { profile: '${5:production}', region: '${4:eu-west-1}' },
              pipeline: '${1:pipeline}',
            },
          },
          gates: {
            release: {
              cleanTree: true,
              definitions: ['${2:pipeline.json}'],
              run: { pipeline: '${1:pipeline}' },
              model: {},
            },
          },
        },
        'Local for features, staging for develop, production for releases',
      ),
    ],
  },
);

export type ParameterValue = z.output<ReturnType<typeof parameterValue>>;
/** One environment as written. Its definition is a path relative to the root, with forward slashes. */
export type EnvironmentConfig = z.output<ReturnType<typeof environment>>;
/** How models are deployed to an environment, as written. */
export type DeploymentConfig = z.output<typeof deployment>;
export type Threshold = z.output<ReturnType<typeof bounds>>;
export type ParameterRule = z.output<typeof parameterRule>;
/** What must hold before a release or a hotfix is finished. An absent member asks for nothing. */
export type GateConfig = z.output<ReturnType<typeof gates>>;
/** Which model versions of a run have to be approved: all of them, or those that this names. */
export type ModelChoice = NonNullable<GateConfig['model']>;
export type StubConfig = z.output<typeof stub>;
/** What a file says that is valid. */
export type ConfigFile = z.output<typeof configFile>;
/** The members of the file, which are the parts of it that something can depend on. */
export type ConfigPart = keyof ConfigFile;

/** What no schema can say: where a place of the file does not fit another. Each is a path and the end of a sentence. */
export function misfits(file: ConfigFile, environments: readonly string[]): [path: string[], error: string][] {
  return Object.entries(file.branches ?? {}).flatMap(([role, name]): [string[], string][] =>
    environments.includes(name)
      ? []
      : [[['branches', role], `names the environment '${name}', which is not there.${nearest(name, environments)}`]],
  );
}
