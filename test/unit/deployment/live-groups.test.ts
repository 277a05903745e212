import { expect, test } from 'vitest';
import { liveGroups } from '../../../src/deployment/model/live-groups';

const arn = (group: string, version: number): string =>
  `arn:aws:sagemaker:eu-west-1:111122223333:model-package/${group}/${version}`;
const places = new Map([
  [arn('penguins', 2), [{ endpoint: 'penguins-production' }]],
  [arn('penguins', 3), [{ endpoint: 'penguins-staging' }, { endpoint: 'penguins-load' }]],
  [arn('seals', 9), [{ endpoint: 'seals' }]],
  ['arn:aws:sagemaker:eu-west-1:111122223333:model-package/alone', [{ endpoint: 'alone' }]],
]);

test('the versions of the groups that a definition names, newest first, with their endpoints', () => {
  const text = '{"Arguments": {"ModelPackageGroupName" : "penguins"}}';
  expect(liveGroups(text, places)).toEqual([
    { group: 'penguins', version: 3, endpoint: 'penguins-load' },
    { group: 'penguins', version: 3, endpoint: 'penguins-staging' },
    { group: 'penguins', version: 2, endpoint: 'penguins-production' },
  ]);
});

test('the default of a parameter names the group', () => {
  const parameters = [
    { Name: 'Epochs', Type: 'Integer', DefaultValue: 3 },
    { DefaultValue: 'seals', Name: 'ModelGroup', Type: 'String' },
    { Name: 'ModelGroup2', Type: 'String', DefaultValue: 'penguins' },
  ];
  const told = (name: string) =>
    liveGroups(
      JSON.stringify({ Parameters: parameters, ModelPackageGroupName: { Get: `Parameters.${name}` } }, null, 1),
      places,
    ).map(({ endpoint }) => endpoint);
  expect(told('ModelGroup')).toEqual(['seals']);
  expect(told('ModelGroup2')).toHaveLength(3);
  expect(told('Epochs')).toEqual([]);
  expect(told('Nowhere')).toEqual([]);
});

test('a group is named by its ARN, too; one that only begins alike is another', () => {
  const named = (name: string) => liveGroups(`{"ModelPackageGroupName": "${name}"}`, places);
  expect(named('arn:aws:sagemaker:eu-west-1:111122223333:model-package-group/seals')).toHaveLength(1);
  expect(named('arn:aws:sagemaker:eu-west-1:999922223333:model-package-group/seals')).toEqual([]);
  expect(named('seal')).toEqual([]);
  expect(liveGroups('{"Steps": []}', places)).toEqual([]);
});
