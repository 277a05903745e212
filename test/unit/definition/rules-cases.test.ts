/** Words, bounds and neighbours of rules: what is told of each, and what is not. */
import { describe, expect, test } from 'vitest';
import { type Diagnostic, type Position, validate } from '../../../src/definition';
import { frames } from '../../fixtures/frames';

const found = (text: string, rule: string): Diagnostic[] =>
  validate(text, { path: 'a.pipeline.json', levels: { [rule]: 'warning' } }).filter((one) => one.rule === rule);
const framed = (frame: string, fragment: unknown): string =>
  frames[frame]?.(typeof fragment === 'string' ? fragment : JSON.stringify(fragment)) ?? '';

/** The text of a place. */
function marked(text: string, { range }: Diagnostic): string {
  const lines = text.split('\n');
  const offset = ({ line, character }: Position): number =>
    lines.slice(0, line).reduce((sum, before) => sum + before.length + 1, 0) + character;
  return text.slice(offset(range.start), offset(range.end));
}

/** A step of a job with arguments beside those that it needs. */
const train = (more: object = {}, around: object = {}): object => ({
  Name: 'Train',
  Type: 'Training',
  ...around,
  Arguments: {
    AlgorithmSpecification: { TrainingImage: { Get: 'Parameters.Image' }, TrainingInputMode: 'File' },
    OutputDataConfig: { S3OutputPath: { Get: 'Parameters.Message' } },
    ResourceConfig: { InstanceType: { Get: 'Parameters.InstanceType' }, InstanceCount: 1, VolumeSizeInGB: 30 },
    StoppingCondition: { MaxRuntimeInSeconds: 3600 },
    ...more,
  },
});
const stop = (more: object = {}): object => ({ Name: 'Stop', Type: 'Fail', ...more, Arguments: { ErrorMessage: 'x' } });

describe('types of conditions', () => {
  test.each([
    ['=', 'Equals'],
    ['==', 'Equals'],
    ['!=', 'NotEquals'],
    ['>', 'GreaterThan'],
    ['>=', 'GreaterThanOrEqualTo'],
    ['<', 'LessThan'],
    ['<=', 'LessThanOrEqualTo'],
    ['Less', 'LessThan'],
    ['lowerThan', 'LessThan'],
    ['Below', 'LessThan'],
    ['lt', 'LessThan'],
    ['lte', 'LessThanOrEqualTo'],
    ['LessOrEqual', 'LessThanOrEqualTo'],
    ['Greater', 'GreaterThan'],
    ['More', 'GreaterThan'],
    ['above', 'GreaterThan'],
    ['gt', 'GreaterThan'],
    ['NumericGte', 'GreaterThanOrEqualTo'],
    ['GreaterEq', 'GreaterThanOrEqualTo'],
    ['Equal', 'Equals'],
    ['equals', 'Equals'],
    ['Altered', undefined],
    ['Smallten', undefined],
    ['Sgtx', undefined],
    ['Quantum', undefined],
  ])('%s is meant as %s', (Type, near) => {
    const [one, ...others] = found(
      framed('condition', { Type, LeftValue: { Get: 'Parameters.Count' }, RightValue: 1 }),
      'sm/condition-unknown-type',
    );
    expect(others).toEqual([]);
    expect(one?.message).toContain(`'${Type}'`);
    if (near === undefined) expect(one?.fixes.some(({ preferred }) => preferred)).toBe(false);
    else expect(one?.fixes[0]).toMatchObject({ title: `Change to '${near}'`, preferred: true });
  });
});

describe('numbers and texts that are compared', () => {
  const one = (Type: string, LeftValue: unknown, RightValue: unknown): Diagnostic | undefined =>
    found(framed('condition', { Type, LeftValue, RightValue }), 'sm/condition-compare-type-mismatch')[0];
  const count = { Get: 'Parameters.Count' };

  test.each<[right: unknown, message: string, fix: string | undefined]>([
    ['5', 'GreaterThan compares numbers; this is a string. Write 5 without quotes.', 'Change to 5'],
    [' 0.5 ', 'GreaterThan compares numbers; this is a string. Write 0.5 without quotes.', 'Change to 0.5'],
    ['five', 'GreaterThan compares numbers; this is a string. Compare with a number, or use Equals.', undefined],
    [' ', 'GreaterThan compares numbers; this is a string. Compare with a number, or use Equals.', undefined],
    [true, 'GreaterThan compares numbers; this is a boolean. Compare with a number, or use Equals.', undefined],
    [
      { Get: 'Parameters.Message' },
      'GreaterThan compares numbers; this is a string. Compare with a number, or use Equals.',
      undefined,
    ],
  ])('%j', (right, message, fix) => {
    expect(one('GreaterThan', count, right)?.message).toBe(message);
    expect(one('GreaterThan', right, count)?.message).toBe(message);
    expect(one('GreaterThan', count, right)?.fixes.map(({ title, preferred }) => [title, preferred === true])).toEqual(
      fix === undefined ? [] : [[fix, true]],
    );
  });

  test('what can never be equal', () => {
    expect(one('Equals', count, 'x')?.message).toBe(
      'The left value is of type Integer, this of type String: the condition is always false.',
    );
    expect(one('NotEquals', 'x', true)?.message).toBe(
      'The left value is of type String, this of type Boolean: the condition is always true.',
    );
  });
});

describe('sizes', () => {
  const definition = (more: object): string => JSON.stringify({ Version: '2020-12-01', Steps: [stop()], ...more });

  test.each<[metadata: object, reason: string | undefined]>([
    [{ ['k'.repeat(128)]: 'v' }, undefined],
    [{ ['k'.repeat(129)]: 'v' }, 'Keys have at most 128 letters, digits, hyphens and underscores.'],
    [{ 'a-B_9': '' }, undefined],
    [{ 'a b': 'v' }, 'Keys have at most 128 letters, digits, hyphens and underscores.'],
    [{ é: 'v' }, 'Keys have at most 128 letters, digits, hyphens and underscores.'],
    [{ '': 'v' }, 'Keys have at most 128 letters, digits, hyphens and underscores.'],
    [{ a: 1 }, 'Values are strings.'],
    [{ a: null }, 'Values are strings.'],
    [{ a: {} }, 'Values are strings.'],
    [{ a: 'v'.repeat(1024) }, undefined],
    [{ a: 'v'.repeat(1025) }, 'Values have at most 1,024 characters.'],
  ])('metadata %#', (Metadata, reason) => {
    expect(found(definition({ Metadata }), 'sm/metadata-invalid').map(({ message }) => message)).toEqual(
      reason === undefined ? [] : [`Metadata: ${reason}`],
    );
  });

  test('metadata without a value yet is let be', () => {
    const text = '{"Version": "2020-12-01", "Metadata": {"a": }, "Steps": []}';
    expect(found(text, 'sm/metadata-invalid')).toEqual([]);
  });

  test.each([
    ['sm/display-name-too-long', 'DisplayName', 256, 'DisplayName has 257 characters; at most 256 are allowed.'],
    ['sm/description-too-long', 'Description', 3072, 'Description has 3073 characters; at most 3,072 are allowed.'],
  ])('%s', (rule, member, most, message) => {
    const told = (length: number): string[] =>
      found(definition({ Steps: [stop({ [member]: 'x'.repeat(length) })] }), rule).map((one) => one.message);
    expect(told(most)).toEqual([]);
    expect(told(most + 1)).toEqual([message]);
    expect(found(definition({ Steps: [stop({ [member]: 7 })] }), rule)).toEqual([]);
  });

  test('parameters that one execution can be given', () => {
    const told = (length: number): string[] => {
      const Parameters = Array.from({ length }, (_, index) => ({ Name: `P${index}`, Type: 'String' }));
      return found(definition({ Parameters }), 'sm/too-many-parameters').map(({ message }) => message);
    };
    expect(told(200)).toEqual([]);
    expect(told(201)).toEqual(['There are 201 parameters; an execution can be given 200.']);
  });
});

describe('secrets', () => {
  const told = (name: string, value: string, place = 'Environment'): number =>
    found(framed('step', train({ [place]: { [name]: value } })), 'sm/secret-in-environment').length;

  test.each([
    'SECRET',
    'DB_PASSWORD',
    'dbPassword',
    'PASSWD',
    'MY_PWD',
    'GIT_TOKEN',
    'API_KEY',
    'apikey',
    'API-KEY',
    'SECRET_KEY',
    'AWS_SECRET_ACCESS_KEY',
    'ACCESS_KEY',
    'ACCESS_KEY_ID',
    'PRIVATE_KEY',
    'CREDENTIALS',
    'credential',
  ])('%s names one', (name) => {
    expect(told(name, 'abcd')).toBe(1);
    expect(told(name, 'abc')).toBe(0);
    expect(told(name, 'abcd', 'HyperParameters')).toBe(1);
  });

  test.each(['TOKENIZER', 'SECRET_NAME', 'KEYBOARD', 'NUM_KEYS', 'MONKEY', 'PRIMARY_KEY', 'MAXTOKENS'])(
    '%s names none',
    (name) => {
      expect(told(name, 'abcd')).toBe(0);
    },
  );

  test.each(['arn:aws:secretsmanager:x', 'ssm:/x/y', '/run/secrets/x', 'True', 'FALSE', 'none', 'null'])(
    '%s is where it lies, or none',
    (value) => {
      expect(told('DB_PASSWORD', value)).toBe(0);
    },
  );

  test.each([
    ['postgres://me:hidden@host/db', 1],
    ['a://b:cde@', 1],
    ['a://b:cd@', 0],
    ['postgres://me@host/db', 0],
    ['postgres://me:${PASSWORD}@host/db', 0],
    ['AKIAIOSFODNN7EXAMPLE', 1],
    ['ASIAIOSFODNN7EXAMPLE', 1],
    ['ABIAIOSFODNN7EXAMPLE', 0],
    ['AKIAIOSFODNN7EXAMPL', 0],
    ['xAKIAIOSFODNN7EXAMPLE', 0],
    ['-----BEGIN RSA PRIVATE KEY-----', 1],
    ['-----BEGIN PUBLIC KEY-----', 0],
    [`ghp_${'a'.repeat(36)}`, 1],
    [`ghp_${'a'.repeat(35)}`, 0],
    [`ghx_${'a'.repeat(36)}`, 0],
    ['xoxb-1234567890', 1],
    ['xoxb-123456789', 0],
  ])('%s under any name: %i', (value, count) => {
    expect(told('ANY', value)).toBe(count);
  });

  test('only the beginning of a long text is looked at', () => {
    const secret = ' AKIAIOSFODNN7EXAMPLE';
    expect(told('ANY', 'x'.repeat(4096 - secret.length) + secret)).toBe(1);
    expect(told('ANY', 'x'.repeat(4097 - secret.length) + secret)).toBe(0);
  });

  test('what a function or a worker is given is looked at, too, and what is no text is none', () => {
    const lambda = (Arguments: object): number =>
      found(
        framed('step', { Name: 'L', Type: 'Lambda', FunctionArn: { Get: 'Parameters.Message' }, Arguments }),
        'sm/secret-in-environment',
      ).length;
    expect(lambda({ api_key: 'abcd' })).toBe(1);
    expect(lambda({ api_key: 1234 })).toBe(0);
    expect(found(framed('step', train({ RoleArn: 'a://b:cde@ab' })), 'sm/secret-in-environment')).toEqual([]);
  });
});

describe('placeholders', () => {
  const told = (place: object): string[] =>
    found(framed('step', train(place)), 'sm/placeholder-left').map(({ message }) => message);
  const path = (S3OutputPath: string): object => ({ OutputDataConfig: { S3OutputPath } });

  test.each([
    ['s3://<bucket>/x', true],
    ['s3://<Your bucket.name-1>/x', true],
    ['s3://<1>/x', false],
    ['s3://${Bucket}/x', true],
    ['s3://{{ bucket }}/x', true],
    ['s3://{bucket}/x', false],
    ['s3://bucket/TODO', true],
    ['s3://bucket/TODOS', false],
    ['s3://YOUR-BUCKET/x', true],
    ['s3://your_bucket/x', true],
    ['s3://yours/x', false],
    ['s3://CHANGEME/x', true],
    ['s3://change_me/x', true],
    ['s3://REPLACE_ME/x', true],
    ['s3://replacement/x', false],
  ])('%s: %s', (text, is) => {
    expect(told(path(text))).toEqual(
      is ? [`'${text}' still has a placeholder. Write the value, or refer to a parameter.`] : [],
    );
  });

  test.each([
    ['<YOUR KEY>', true],
    ['<insert it>', true],
    ['<ENTER>', true],
    ['<REPLACE this>', true],
    ['CHANGE_ME', true],
    ['<value>', false],
    ['${VALUE}', false],
    ['{{ value }}', false],
    ['TODO', false],
  ])('for a shell %s: %s', (text, is) => {
    for (const place of ['Environment', 'HyperParameters']) {
      expect(told({ [place]: { A: text } })).toHaveLength(is ? 1 : 0);
    }
  });
});

describe('images', () => {
  const told = (TrainingImage: string): string[] =>
    ['sm/image-tag-latest', 'sm/image-not-pinned'].flatMap((rule) =>
      found(framed('step', train({ AlgorithmSpecification: { TrainingImage, TrainingInputMode: 'File' } })), rule).map(
        ({ message }) => message,
      ),
    );
  const own = '111122223333.dkr.ecr.eu-west-1.amazonaws.com';
  const moved = 'can be moved to another image. A digest (@sha256:…) cannot.';
  const untagged =
    'Without a tag this names latest, that is another image from time to time. Name a version or a digest.';

  test.each<[image: string, messages: string[]]>([
    [`${own}/a:1.0`, [`The tag '1.0' ${moved}`]],
    [`${own}/a:1.0 `, [`The tag '1.0' ${moved}`]],
    [`${own}/a:latest`, ['The tag latest names another image from time to time. Name a version or a digest.']],
    [`${own}/a`, [untagged]],
    [`localhost:5000/a`, [untagged]],
    [`${own}/a@sha256:${'a'.repeat(64)}`, []],
    ['s3://bucket/image', []],
    [`${own}/sagemaker-scikit-learn:1.2`, []],
    [`${own}/pytorch-training:2.0`, []],
    [`${own}/pytorch`, [untagged]],
    [`${own}/xgboost:1`, []],
    [`${own}/xgboost`, []],
    [`${own}/xgboosted:1`, [`The tag '1' ${moved}`]],
    [`${own}/kmeans:1`, []],
    [`x${own}/kmeans:1`, [`The tag '1' ${moved}`]],
  ])('%s', (image, messages) => {
    expect(told(image)).toEqual(messages);
  });
});

describe('places in lints', () => {
  const count = (rule: string, step: object): number => found(framed('step', step), rule).length;

  test.each([
    ['ml.m5.large', 1],
    ['m5.large', 0],
    ['xml.m5.large', 0],
  ])('an instance type %s could be a parameter', (InstanceType, expected) => {
    const config = { ResourceConfig: { InstanceType, InstanceCount: 1, VolumeSizeInGB: 30 } };
    expect(count('sm/literal-instance-type', train(config))).toBe(expected);
  });

  test.each([
    ['s3://bucket/x', 1],
    ['s3://sagemaker-us-east-1-000000000000/x', 0],
    ['/opt/ml', 0],
  ])('an output path %s is shared by all executions', (S3OutputPath, expected) => {
    expect(count('sm/output-path-without-execution-id', train({ OutputDataConfig: { S3OutputPath } }))).toBe(expected);
  });

  test.each([
    ['arn:aws:iam::111122223333:role/x', 1],
    ['s3://bucket-111122223333/x', 1],
    ['s3://bucket/111122223333/x', 0],
    ['111122223333', 0],
    ['s3://sagemaker-us-east-1-000000000000/x', 0],
    ['arn:aws:iam::11112222333:role/x', 0],
  ])('%s has the number of an account', (text, expected) => {
    expect(count('sm/account-id-hardcoded', train({ Environment: { A: text } }))).toBe(expected);
  });

  test.each([
    ['2026-11-29-21-45-10', 1],
    ['run-20261129T214510', 1],
    ['2026-11-29_21:45:10', 1],
    ['2026-11-29', 0],
    ['12345', 0],
  ])('%s is a time that keeps a step from its cache', (text, expected) => {
    const cached = { CacheConfig: { Enabled: true, ExpireAfter: 'P1D' } };
    expect(count('sm/cache-defeating-timestamp', train({ Environment: { A: text } }, cached))).toBe(expected);
    expect(count('sm/cache-defeating-timestamp', train({ Environment: { A: text } }))).toBe(0);
  });

  test('a profiler does so unless it is off', () => {
    const cached = { CacheConfig: { Enabled: true, ExpireAfter: 'P1D' } };
    const profiler = (ProfilerConfig: object, around: object = cached): number =>
      count('sm/profiler-defeats-cache', train({ ProfilerConfig }, around));
    expect(profiler({})).toBe(1);
    expect(profiler({ DisableProfiler: false })).toBe(1);
    expect(profiler({ DisableProfiler: true })).toBe(0);
    expect(profiler({}, {})).toBe(0);
    expect(profiler({}, { CacheConfig: { Enabled: false, ExpireAfter: 'P1D' } })).toBe(0);
  });

  test('what a step has not is told at its name', () => {
    for (const [rule, member, value] of [
      ['sm/no-retry-policy', 'RetryPolicies', []],
      ['sm/no-cache', 'CacheConfig', {}],
      ['sm/missing-display-name', 'DisplayName', 'A name'],
    ] as const) {
      const text = framed('step', train());
      const [one] = found(text, rule).filter((each) => marked(text, each) === '"Train"');
      expect(one, rule).toBeDefined();
      const with_ = framed('step', train({}, { [member]: value }));
      expect(found(with_, rule).filter((each) => marked(with_, each) === '"Train"')).toEqual([]);
    }
  });

  test.each(['Training', 'Processing', 'Transform', 'Tuning', 'AutoML', 'Model', 'QualityCheck'])(
    'of a step of type %s',
    (Type) => {
      const expected = ['Model', 'QualityCheck'].includes(Type) ? 0 : 1;
      const text = framed('step', { Name: 'Step', Type, Arguments: {} });
      for (const rule of ['sm/no-retry-policy', 'sm/no-cache'])
        expect(found(text, rule).filter((each) => marked(text, each) === '"Step"')).toHaveLength(expected);
    },
  );
});

describe('arguments', () => {
  const one = (rule: string, step: object): Diagnostic | undefined => found(framed('step', step), rule)[0];
  const fixes = (diagnostic: Diagnostic | undefined): unknown[] =>
    (diagnostic?.fixes ?? []).map(({ title, preferred, edits }) => [
      title,
      preferred === true,
      ...edits.map((e) => e.newText),
    ]);

  test.each<[what: string, args: object, message: string, fix: unknown[]]>([
    [
      'a number as a text',
      { ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: ' 2 ', VolumeSizeInGB: 30 } },
      'InstanceCount is an integer; this is a string.',
      ['Change to 2', true, '2'],
    ],
    [
      'a truth value as a text',
      { EnableManagedSpotTraining: 'TRUE' },
      'EnableManagedSpotTraining is a boolean; this is a string.',
      ['Change to true', true, 'true'],
    ],
    [
      'no truth value',
      { EnableManagedSpotTraining: 'untrue' },
      'EnableManagedSpotTraining is a boolean; this is a string.',
      [],
    ],
    [
      'no number',
      { StoppingCondition: { MaxRuntimeInSeconds: '' } },
      'MaxRuntimeInSeconds is an integer; this is a string.',
      [],
    ],
    ['a number for a text', { RoleArn: 7 }, 'RoleArn is a string; this is a number.', ['Change to "7"', true, '"7"']],
    ['a list for a text', { RoleArn: [] }, 'RoleArn is a string; this is an array.', []],
    [
      'an object for a list',
      { Tags: { Key: 'k', Value: 'v' } },
      'Tags is an array; this is an object.',
      ['Put it into an array', true, '[{"Key":"k","Value":"v"}]'],
    ],
    [
      'a text for a list',
      { Tags: 'k' },
      'Tags is an array; this is a string.',
      ['Put it into an array', false, '["k"]'],
    ],
    ['a list for an object', { StoppingCondition: [] }, 'StoppingCondition is an object; this is an array.', []],
    [
      'a fraction',
      { StoppingCondition: { MaxRuntimeInSeconds: 1.5 } },
      'MaxRuntimeInSeconds is an integer; 1.5 is not.',
      [],
    ],
    ['a list in a map of texts', { Environment: { A: [] } }, '', []],
  ])('%s', (_, args, message, fix) => {
    const diagnostic = one('sm/arg-wrong-type', train(args));
    expect(diagnostic?.message ?? '').toBe(message);
    expect(fixes(diagnostic)).toEqual(fix.length === 0 ? [] : [fix]);
  });

  test.each([
    [-1, 'MaxRuntimeInSeconds is at least 1; this is -1.', 'Change to 1'],
    [0, 'MaxRuntimeInSeconds is at least 1; this is 0.', 'Change to 1'],
    [1, undefined, undefined],
  ])('the bounds of a number: %s', (MaxRuntimeInSeconds, message, fix) => {
    const diagnostic = one('sm/number-out-of-range', train({ StoppingCondition: { MaxRuntimeInSeconds } }));
    expect(diagnostic?.message).toBe(message);
    expect(diagnostic?.fixes.map(({ title, preferred }) => [title, preferred === true])).toEqual(
      fix === undefined ? undefined : [[fix, false]],
    );
  });

  test('the number of items', () => {
    const tags = (length: number): Diagnostic | undefined =>
      one(
        'sm/too-many-items',
        train({ Tags: Array.from({ length }, (_, index) => ({ Key: `k${index}`, Value: '' })) }),
      );
    expect(tags(50)).toBeUndefined();
    expect(tags(51)?.message).toBe('Tags holds at most 50 items; these are 51.');
  });

  test.each<[place: string, value: unknown, rule: string, message: string, fix: unknown[]]>([
    [
      'HyperParameters',
      0.1,
      'sm/hyperparameter-not-string',
      'HyperParameters is a map of strings; this is a number. Write "0.1".',
      ['Put it in quotes', true, '"0.1"'],
    ],
    [
      'Environment',
      true,
      'sm/environment-not-string',
      'Environment is a map of strings; this is a boolean. Write "true".',
      ['Put it in quotes', true, '"true"'],
    ],
    ['Environment', [1], 'sm/environment-not-string', 'Environment is a map of strings; this is an array.', []],
  ])('%s of %j', (place, value, rule, message, fix) => {
    const diagnostic = one(rule, train({ [place]: { a: value } }));
    expect(diagnostic?.message).toBe(message);
    expect(fixes(diagnostic)).toEqual(fix.length === 0 ? [] : [fix]);
  });

  test.each<[value: string, fix: string | undefined, isSure: boolean]>([
    ['m5.large', 'ml.m5.large', true],
    ['ml.m5.larg', 'ml.m5.large', true],
    ['ml.zz9.plural', undefined, false],
  ])('an instance type %s', (InstanceType, fix, isSure) => {
    const config = { ResourceConfig: { InstanceType, InstanceCount: 1, VolumeSizeInGB: 30 } };
    const diagnostic = one('sm/instance-type-invalid', train(config));
    expect(diagnostic?.message).toContain(`'${InstanceType}' is not a known value of InstanceType.`);
    expect(diagnostic?.fixes.map(({ title, preferred }) => [title, preferred === true])).toEqual(
      fix === undefined ? [] : [[`Change to '${fix}'`, isSure]],
    );
  });

  const register = (ModelApprovalStatus: string): object => ({
    Name: 'Register',
    Type: 'RegisterModel',
    Arguments: { ModelPackageGroupName: 'g', ModelApprovalStatus },
  });
  test.each([
    ['PendingApproval', 'PendingManualApproval'],
    ['approved', 'Approved'],
    ['PenApproval', 'PendingManualApproval'],
    ['PeApproval', undefined],
    ['Pending', undefined],
    ['Nonsense', undefined],
  ])('a status %s is meant as %s', (status, near) => {
    const diagnostic = one('sm/enum-invalid', register(status));
    const preferred = diagnostic?.fixes.filter((fix) => fix.preferred).map(({ title }) => title);
    expect(preferred).toEqual(near === undefined ? [] : [`Change to '${near}'`]);
    if (near === undefined) {
      expect(diagnostic?.severity).toBe('warning');
      expect(diagnostic?.fixes.map(({ title }) => title)).toEqual([
        "Change to 'Approved'",
        "Change to 'Rejected'",
        "Change to 'PendingManualApproval'",
      ]);
    }
  });

  test('members that a pipeline does not take can be removed', () => {
    const deploy = { Name: 'D', Type: 'Endpoint', Arguments: { EndpointConfigName: 'c', DeploymentConfig: {} } };
    const diagnostic = one('sm/argument-not-supported-in-pipelines', deploy);
    expect(diagnostic?.message).toMatch(/^'DeploymentConfig' is not supported in a pipeline: .+\.$/);
    expect(fixes(diagnostic)).toEqual([["Remove 'DeploymentConfig'", true, '']]);
  });

  const bedrock = (Type: string, Arguments: object): object => ({ Name: 'B', Type, Arguments });
  test('names of arguments of Bedrock are errors only where the case of the first letter is wrong', () => {
    const message = { Get: 'Parameters.Message' };
    const severities = (args: object): unknown[] => {
      const step = bedrock('BedrockCustomModelDeployment', { ModelDeploymentName: message, ...args });
      return validate(framed('step', step))
        .filter(({ rule }) => rule === 'sm/arguments-unknown-member')
        .map(({ severity, message: text }) => [severity, text]);
    };
    expect(severities({ ModelArn: message })).toEqual([]);
    expect(severities({ modelArn: message })).toEqual([['error', expect.stringContaining("'modelArn'") as string]]);
    expect(severities({ Quantum: message })).toEqual([
      ['warning', expect.stringContaining('BedrockCustomModelDeployment') as string],
    ]);
  });

  test('a deployment of Bedrock has a name from a parameter', () => {
    const named = (Type: string, ModelDeploymentName: unknown): Diagnostic | undefined =>
      one('sm/bedrock-literal-name', bedrock(Type, { ModelDeploymentName }));
    expect(named('BedrockCustomModelDeployment', 'fixed')).toBeDefined();
    expect(named('BedrockCustomModelDeployment', { Get: 'Parameters.Message' })).toBeUndefined();
    expect(named('BedrockCustomModel', 'fixed')).toBeUndefined();
  });

  test('what is missing is added with what it needs inside', () => {
    const { Arguments } = train() as { Arguments: Record<string, unknown> };
    const { OutputDataConfig: _output, ...rest } = Arguments;
    const diagnostic = one('sm/arguments-missing-member', { Name: 'Train', Type: 'Training', Arguments: rest });
    expect(diagnostic?.message).toBe("A Training step needs 'OutputDataConfig'. Add it.");
    expect(diagnostic?.fixes[0]?.edits[0]?.newText.replaceAll(/\s/g, '')).toContain(
      '"OutputDataConfig":{"S3OutputPath":""}',
    );
  });

  test.each([
    [{ 'Std:Concat': [] }, 'sm/arg-wrong-type', undefined],
    [
      { Get: 'Parameters.Message' },
      'sm/function-for-array',
      'Tags is an array, which a function cannot give. Write its elements; each may be a function.',
    ],
    [
      { 'Fn::Sub': 'x' },
      'sm/function-for-array',
      'Tags is an array, which a function cannot give. Write its elements; each may be a function.',
    ],
  ])('a function for a list: %j', (Tags, rule, message) => {
    const diagnostic = one(rule, train({ Tags }));
    expect(diagnostic).toBeDefined();
    if (message !== undefined) expect(diagnostic?.message).toBe(message);
  });
});

describe('names that two steps have', () => {
  const steps = (...list: object[]): string => framed('steps', list.map((one) => JSON.stringify(one)).join(','));
  const named = (Name: string, more: object = {}): object => ({ ...stop(), Name, ...more });
  const decide = (...IfSteps: object[]): object => ({
    Name: 'Decide',
    Type: 'Condition',
    Arguments: {
      Conditions: [{ Type: 'Equals', LeftValue: { Get: 'Parameters.Message' }, RightValue: 'x' }],
      IfSteps,
      ElseSteps: [],
    },
  });

  test('the later one is told', () => {
    const text = steps(named('A'), named('B'), named('A'), named('A'));
    const all = found(text, 'sm/step-duplicate-name');
    expect(all.map(({ message }) => message)).toEqual([
      "There is a step 'A' already. Rename one.",
      "There is a step 'A' already. Rename one.",
    ]);
    expect(all[0]?.fixes).toEqual([]);
    expect(all[0]?.related?.map(({ message }) => message)).toEqual(['The other one.']);
  });

  test('of one in a branch and one outside the outer one is to go, wherever it stands', () => {
    for (const text of [steps(named('A'), decide(named('A'))), steps(decide(named('A')), named('A'))]) {
      const [one, ...others] = found(text, 'sm/step-also-in-condition');
      expect(others).toEqual([]);
      expect(one?.message).toBe("The step 'A' is also in a branch of a Condition step. Remove it here.");
      expect(one?.fixes.map(({ title }) => title)).toEqual(['Remove this step']);
      expect(found(text, 'sm/step-duplicate-name')).toEqual([]);
    }
  });

  test('a third one is told beside them', () => {
    const text = steps(named('A'), decide(named('A')), named('A'));
    expect(found(text, 'sm/step-also-in-condition')).toHaveLength(1);
    expect(found(text, 'sm/step-duplicate-name')).toHaveLength(1);
  });
});

describe('dependencies', () => {
  const lambda = (Name: string, more: object = {}): object => ({
    Name,
    Type: 'Lambda',
    FunctionArn: { Get: 'Parameters.Message' },
    Arguments: {},
    ...more,
  });
  const told = (rule: string, DependsOn: unknown, more: object = {}): Diagnostic[] =>
    found(
      framed(
        'steps',
        [lambda('Other'), lambda('This', { DependsOn, ...more })].map((one) => JSON.stringify(one)).join(','),
      ),
      rule,
    );

  test.each<[element: unknown, message: string | undefined]>([
    ['Other', undefined],
    [{ Step: 'Other' }, undefined],
    [{ Step: 'Other', Trigger: 'Failed' }, undefined],
    [
      { Trigger: 'Failed' },
      'DependsOn holds names of steps, or objects with Step and Trigger; this is an object without Step.',
    ],
    [7, 'DependsOn holds names of steps, or objects with Step and Trigger; this is a number.'],
    [['Other'], 'DependsOn holds names of steps, or objects with Step and Trigger; this is an array.'],
  ])('%j', (element, message) => {
    expect(told('sm/dependson-malformed', [element]).map((one) => one.message)).toEqual(
      message === undefined ? [] : [message],
    );
  });

  test('one that there is not, or twice, or of itself, or that a reference makes', () => {
    const [near] = told('sm/dependson-unknown-step', ['Othr']);
    expect(near?.message).toBe("There is no step 'Othr'. Did you mean 'Other'?");
    expect(near?.fixes.map(({ title, preferred }) => [title, preferred === true])).toEqual([
      ["Change to 'Other'", true],
      ['Remove the dependency', false],
    ]);
    const [far] = told('sm/dependson-unknown-step', ['Quantum']);
    expect(far?.message).toBe("There is no step 'Quantum'.");
    expect(far?.fixes.map(({ title }) => title)).toEqual(['Remove the dependency']);
    const [twice] = told('sm/redundant-dependson', ['Other', 'Other']);
    expect(twice).toMatchObject({ message: "DependsOn names 'Other' already.", unnecessary: true });
    expect(told('sm/redundant-dependson', [{ Step: 'Other', Trigger: 'Failed' }, 'Other'])).toEqual([]);
    const [self] = told('sm/dependson-self', ['This']);
    expect(self?.fixes.map(({ title, preferred }) => [title, preferred === true])).toEqual([
      ['Remove the dependency', true],
    ]);
    const reads = { Arguments: { a: { Get: "Steps.Other.OutputParameters['x']" } } };
    const [made] = told('sm/redundant-dependson', ['Other'], reads);
    expect(made).toMatchObject({
      message: "A reference in this step makes it wait for 'Other' already.",
      unnecessary: true,
    });
    expect(told('sm/redundant-dependson', ['Other'], { Arguments: { a: { Get: 'Parameters.Message' } } })).toEqual([]);
  });
});

test('a file system is told of the training jobs of a Tuning step, too', () => {
  const job = { InputDataConfig: [{ DataSource: { FileSystemDataSource: {} } }] };
  const told = (more: object): number =>
    found(
      framed('step', {
        Name: 'Tune',
        Type: 'Tuning',
        Arguments: { TrainingJobDefinitions: [{ ...job, ...more }, job] },
      }),
      'sm/file-system-without-vpc',
    ).length;
  expect([told({}), told({ VpcConfig: {} })]).toEqual([2, 1]);
});

describe('ranges of hyperparameters', () => {
  const told = (range: object, kind = 'ContinuousParameterRanges', several = false): string[] => {
    const ranges = { [kind]: [{ Name: 'x', ...range }] };
    const job = { AlgorithmSpecification: {}, RoleArn: 'r' };
    const Arguments = several
      ? { TrainingJobDefinitions: [{ ...job, HyperParameterRanges: ranges }] }
      : { HyperParameterTuningJobConfig: { ParameterRanges: ranges }, TrainingJobDefinition: job };
    const step = JSON.stringify({ Name: 'Tune', Type: 'Tuning', Arguments });
    return found(framed('step', step), 'sm/tuning-range').map(({ message }) => message);
  };

  test.each<[range: object, messages: string[]]>([
    [{ MinValue: '1', MaxValue: '1' }, []],
    [{ MinValue: '1', MaxValue: '0.5' }, ['MinValue is 1, and MaxValue is less: 0.5. Exchange them.']],
    [{ MinValue: { Get: 'Parameters.Count' }, MaxValue: '0.5' }, []],
    [{ MinValue: '', MaxValue: '-1' }, []],
    [
      { MinValue: '0', MaxValue: '1', ScalingType: 'Logarithmic' },
      ['Logarithmic scaling takes values greater than 0; MinValue is 0.'],
    ],
    [{ MinValue: '0.001', MaxValue: '1', ScalingType: 'Logarithmic' }, []],
    [{ MinValue: '0', MaxValue: '0.999', ScalingType: 'ReverseLogarithmic' }, []],
    [
      { MinValue: '-0.1', MaxValue: '1', ScalingType: 'ReverseLogarithmic' },
      [
        'ReverseLogarithmic scaling takes values from 0 to less than 1; MinValue is -0.1.',
        'ReverseLogarithmic scaling takes values from 0 to less than 1; MaxValue is 1.',
      ],
    ],
    [{ MinValue: '0', MaxValue: '1', ScalingType: 'Linear' }, []],
  ])('%j', (range, messages) => {
    expect(told(range)).toEqual(messages);
    expect(told(range, 'IntegerParameterRanges', true)).toEqual(messages);
  });
});

describe('spot', () => {
  const told = (StoppingCondition: unknown): string[] =>
    found(framed('step', train({ EnableManagedSpotTraining: true, StoppingCondition })), 'sm/spot-wait').map(
      ({ message, fixes }) =>
        [message, ...fixes.map(({ title, edits }) => `${title}: ${edits[0]?.newText.trim() ?? ''}`)].join(' | '),
    );

  test.each<[condition: unknown, lines: unknown[]]>([
    [{ MaxRuntimeInSeconds: 10, MaxWaitTimeInSeconds: 10 }, []],
    [
      { MaxRuntimeInSeconds: 10, MaxWaitTimeInSeconds: 9 },
      [
        'MaxWaitTimeInSeconds includes the running time, and must be at least 10, which is MaxRuntimeInSeconds. | Change to 10: 10',
      ],
    ],
    [
      { MaxWaitTimeInSeconds: 86_399 },
      ['MaxWaitTimeInSeconds includes the running time, and must be at least 86400. | Change to 86400: 86400'],
    ],
    [
      { MaxRuntimeInSeconds: 10 },
      [expect.stringMatching(/needs MaxWaitTimeInSeconds: .*"MaxWaitTimeInSeconds": ?10\b/)],
    ],
    [{}, [expect.stringMatching(/needs MaxWaitTimeInSeconds: .*"MaxWaitTimeInSeconds": ?86400\b/)]],
    [{ Get: 'Parameters.Message' }, []],
    ['text', []],
  ])('%j', (condition, lines) => {
    expect(told(condition)).toEqual(lines);
  });
});

describe('ARNs of functions and URLs of queues', () => {
  const arn = (FunctionArn: unknown): number =>
    found(framed('step', { Name: 'L', Type: 'Lambda', FunctionArn, Arguments: {} }), 'sm/lambda-arn-invalid').length;
  const url = (SqsQueueUrl: unknown): number =>
    found(framed('step', { Name: 'C', Type: 'Callback', SqsQueueUrl, Arguments: {} }), 'sm/callback-queue-url-invalid')
      .length;

  test.each([
    ['arn:aws:lambda:eu-west-1:111122223333:function:f-1_x', 0],
    ['arn:aws-cn:lambda:cn-north-1:111122223333:function:f:$LATEST', 0],
    ['arn:aws:lambda:eu-west-1:111122223333:function:f:prod:x', 1],
    ['arn:aws:lambda:eu-west-1:11112222333:function:f', 1],
    ['arn:aws:lambda:eu-west-1:111122223333:layer:f', 1],
    ['xarn:aws:lambda:eu-west-1:111122223333:function:f', 1],
    ['f', 1],
    ['', 1],
    ['<your function>', 0],
    [{ Get: 'Parameters.Message' }, 0],
  ])('%j', (text, count) => {
    expect(arn(text)).toBe(count);
  });

  test.each([
    ['https://sqs.eu-west-1.amazonaws.com/111122223333/q', 0],
    ['http://localhost:4566/000000000000/q.fifo', 0],
    ['https://sqs.eu-west-1.amazonaws.com/q', 1],
    ['https://sqs.eu-west-1.amazonaws.com/1/q/x', 1],
    ['see https://sqs.eu-west-1.amazonaws.com/1/q', 1],
    ['arn:aws:sqs:eu-west-1:111122223333:q', 1],
    ['', 1],
    ['<your queue>', 0],
  ])('%j', (text, count) => {
    expect(url(text)).toBe(count);
  });
});
