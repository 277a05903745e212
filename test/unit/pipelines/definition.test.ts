import { describe, expect, it } from 'vitest';
import { readDefinition } from '../../../src/pipelines/definition';

describe('the definition of a run', () => {
  it.each([
    ['<html>Access denied</html>', 'The definition is not valid JSON in line 1, column 1: '],
    ['{"Steps": [}', 'The definition is not valid JSON in line 1, column 12: '],
    ['{"StartAt": "A", "States": {}}', 'Steps must be an array.'],
    ['"text"', 'The definition must be a JSON object.'],
  ])('%s is refused with a sentence instead of an empty graph', async (text, sentence) => {
    await expect(readDefinition(text)).rejects.toThrow(sentence);
  });

  it('has a node and the values of every step, in branches too', async () => {
    const inner = { Name: 'B', Type: 'Fail', Arguments: { ErrorMessage: 'no' }, Description: 'why' };
    const { graph, steps, parameters } = await readDefinition(
      JSON.stringify({
        Parameters: [{ Name: 'N', Type: 'Float', DefaultValue: 0.5, EnumValues: ['0.5', '1'], Description: 'of all' }],
        Steps: [{ Name: 'A', Type: 'Condition', Arguments: { Conditions: [], IfSteps: [inner] } }],
      }),
    );
    expect(graph.nodes.map(({ id }) => id)).toEqual(['A', 'B']);
    expect(steps.get('B')).toMatchObject({ description: 'why', arguments: { ErrorMessage: 'no' }, needs: ['A'] });
    expect(parameters).toEqual([
      { name: 'N', type: 'Float', default: '0.5', enum: ['0.5', '1'], description: 'of all' },
    ]);
  });
});
