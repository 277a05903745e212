import { buildspec } from '../../../../src/definition/codebuild';
import { testExamples } from '../examples';

testExamples(buildspec);
