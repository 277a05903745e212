import { describe, expect, it } from 'vitest';
import { validate } from '../../../src/definition';
import { parseJson } from '../../../src/definition/json';
import { PipelineSession } from '../../../src/definition/sagemaker/session';

const definition = (...messages: string[]): string =>
  JSON.stringify({
    Version: '2020-12-01',
    Steps: messages.map((ErrorMessage, at) => ({ Name: `Step${at}`, Type: 'Fail', Arguments: { ErrorMessage } })),
  });

describe('placeholders', () => {
  const told = (text: string): string[] =>
    validate(text, { path: 'a.pipeline.json' })
      .filter(({ rule }) => rule === 'sm/placeholder-left')
      .map(
        ({ pointer, message, related = [] }) =>
          `${pointer} ${/\d+ more|One more/.exec(message)?.[0] ?? ''} ${related.length}`,
      );

  it('are told once, at the first, with the others beside it', () => {
    expect(told(definition('<YOUR_BUCKET>'))).toEqual(['/Steps/0/Arguments/ErrorMessage  0']);
    expect(told(definition('fine', '{{ a }}', '{{ b }}'))).toEqual(['/Steps/1/Arguments/ErrorMessage One more 1']);
    expect(told(definition(...Array.from({ length: 30 }, (_, at) => `{{ p${at} }}`)))).toEqual([
      '/Steps/0/Arguments/ErrorMessage 29 more 20',
    ]);
  });

  it('between stars are no values', () => {
    const lambda = (arn: string): string[] =>
      validate(
        JSON.stringify({
          Version: '2020-12-01',
          Steps: [{ Name: 'Call', Type: 'Lambda', FunctionArn: arn, Arguments: {} }],
        }),
        { path: 'a.pipeline.json' },
      )
        .filter(({ severity }) => severity !== 'hint')
        .map(({ rule }) => rule);
    expect(lambda('*FUNCTION_ARN*')).toEqual([]);
    expect(lambda('*function_arn*')).toEqual(['sm/lambda-arn-invalid']);
    expect(told(definition('*ROLE_ARN*'))).toHaveLength(1);
    expect(told(definition('*', '*_data_*', '*.CSV*', 'a *B_C* d'))).toEqual([]);
  });

  it('are told once after an edit too', () => {
    const session = new PipelineSession(parseJson(definition('{{ a }}', '{{ b }}', '{{ c }}'), 'Steps'));
    const count = (): number => session.findings().filter(({ rule }) => rule === 'sm/placeholder-left').length;
    expect(count()).toBe(1);
    session.update(definition('done', '{{ b }}', '{{ c }}'));
    const [finding] = session.findings().filter(({ rule }) => rule === 'sm/placeholder-left');
    expect(finding?.node.text).toBe('{{ b }}');
    expect(finding?.related).toHaveLength(1);
    expect(count()).toBe(1);
  });
});
