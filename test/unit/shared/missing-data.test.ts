import { expect, test } from 'vitest';
import { insteadOfAdvice, missingData, missingObject, noObject } from '../../../src/shared/missing-data';

test('the locations of a refusal are read as it lists them', () => {
  const refusal =
    "Local cannot run 3 of the 4 steps: 'A': it reads s3://b/x, s3://b/salt and pepper.csv and s3://b/z, which are not there;" +
    " 'B': Local has no EMR clusters, and it reads s3://b/x, which is not there; 'C': it reads s3://b/1 and s3://b/2, which are not there.";
  expect(missingData(refusal)).toEqual(['s3://b/x', 's3://b/salt and pepper.csv', 's3://b/z', 's3://b/1', 's3://b/2']);
});

test('the location of a failed step is read from its reason', () => {
  const reason = `ClientError: ${noObject('s3://b/salt and pepper.csv')}`;
  expect(missingData(reason)).toEqual(['s3://b/salt and pepper.csv']);
  expect(missingData('AlgorithmError: exit code 1')).toEqual([]);
});

test('where another sentence says what to do, no data is asked for', () => {
  const reason = insteadOfAdvice(noObject('s3://b/x'), "Step 'A' succeeded and wrote nothing there: see its log.");
  expect(reason).toBe(
    "No object was found at s3://b/x on Local. Step 'A' succeeded and wrote nothing there: see its log.",
  );
  expect(missingObject(reason)).toBeUndefined();
});
