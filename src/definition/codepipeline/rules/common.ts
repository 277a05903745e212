import type { CommonExamples } from '../../shape/rules';

const build = (
  more: string,
  type = '"actionTypeId": {"category": "Build", "owner": "AWS", "provider": "CodeBuild", "version": "1"}',
): string =>
  `{"name": "Make", ${type}, "configuration": {"ProjectName": "p"}, "inputArtifacts": [{"name": "Code"}]${more}}`;

/** Examples of the rules that every language with shapes has; fragments are actions. */
export const commonExamples: CommonExamples = {
  frame: 'action',
  file: 'codepipeline.json',
  syntax: ['{"pipeline": {"roleArn": "r", "stages": [],}}', '{"pipeline": {"roleArn": "r", "stages": []}}'],
  duplicateKey: [
    '{"pipeline": {"name": "a", "name": "b", "roleArn": "r", "stages": []}}',
    '{"pipeline": {"name": "a", "roleArn": "r", "stages": []}}',
  ],
  unknownMember: [build(', "runOrdr": 2'), build(', "runOrder": 2')],
  missingMember: [build('').replace(', "version": "1"', ''), build('')],
  wrongType: [build(', "runOrder": "2"'), build(', "runOrder": 2')],
  unknownValue: [build('').replace('"Build"', '"build"'), build('')],
  invalidValue: [build('').replace('"Make"', '"Make it"'), build('')],
  outOfRange: [build(', "runOrder": 1000'), build(', "runOrder": 999')],
};
