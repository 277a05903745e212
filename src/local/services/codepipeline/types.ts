import type {
  ActionOwner,
  ListActionTypesInput,
  ListActionTypesOutput,
  ListRuleTypesInput,
  ListRuleTypesOutput,
} from '@aws-sdk/client-codepipeline';
import { providerOf, ruleProviders as documented } from '../../../definition/codepipeline/providers';
import { actionTypes } from '../../engine/codepipeline/actions';
import { ruleProviders } from '../../engine/codepipeline/rules';
import type { Context } from '../../engine/context';
import type { Operations } from '../../wire/service';

/** The types of actions and rules: those that Local runs. */
export function typeOperations(_context: Context): Operations {
  return {
    ListActionTypes({ actionOwnerFilter }: ListActionTypesInput): ListActionTypesOutput {
      return {
        actionTypes: actionTypes()
          .filter(({ owner }) => actionOwnerFilter === undefined || owner === actionOwnerFilter)
          .map(({ category, owner, provider }) => {
            const known = providerOf(category, owner, provider);
            const [inputs, outputs] = [known?.inputs ?? [0, 5], known?.outputs ?? [0, 5]];
            return {
              id: { category: category as 'Build', owner: owner as ActionOwner, provider, version: '1' },
              actionConfigurationProperties: Object.entries(known?.configuration ?? {}).map(
                ([name, { required, doc }]) => ({
                  name,
                  required: required ?? false,
                  key: true,
                  secret: name === 'OAuthToken',
                  description: doc.slice(0, 160),
                }),
              ),
              inputArtifactDetails: { minimumCount: inputs[0], maximumCount: Math.min(5, inputs[1]) },
              outputArtifactDetails: { minimumCount: outputs[0], maximumCount: Math.min(5, outputs[1]) },
            };
          }),
      };
    },

    ListRuleTypes(_input: ListRuleTypesInput): ListRuleTypesOutput {
      return {
        ruleTypes: ruleProviders.map((provider) => ({
          id: { category: 'Rule', owner: 'AWS', provider, version: '1' },
          ruleConfigurationProperties: Object.entries(documented[provider] ?? {}).map(([name, { required, doc }]) => ({
            name,
            required: required ?? false,
            key: true,
            secret: false,
            description: doc.slice(0, 160),
          })),
          inputArtifactDetails: { minimumCount: 0, maximumCount: 5 },
        })),
      };
    },
  };
}
