'use strict';
// One subscription a log group of the parameter logGroups: a list of any length, which plain YAML cannot say.
// A group may have two subscriptions: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutSubscriptionFilter.html

const { checked } = require('./parameters.cjs');

module.exports = async (variables) => {
  const { logGroups } = await checked(variables);
  const resources = {};
  for (const [index, group] of logGroups.entries()) {
    resources[`LogGroup${index + 1}Subscription`] = {
      Type: 'AWS::Logs::SubscriptionFilter',
      DependsOn: 'LogEventsPermission',
      Properties: {
        LogGroupName: group,
        // Everything: a secret has no fixed word that a filter could look for.
        FilterPattern: '',
        DestinationArn: { 'Fn::GetAtt': ['LogEventsLambdaFunction', 'Arn'] },
      },
    };
  }
  return { Resources: resources };
};
