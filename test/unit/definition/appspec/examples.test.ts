import { appspec } from '../../../../src/definition/appspec';
import { testExamples } from '../examples';

testExamples(appspec);
