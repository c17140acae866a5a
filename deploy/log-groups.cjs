'use strict';
// For each log group of the parameter logGroups a subscription, and the permission that lets this group and no other invoke the function: a
// list of any length, which plain YAML cannot say.
// A group may have two subscriptions: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutSubscriptionFilter.html

const { checked } = require('./parameters.cjs');

const FUNCTION = { 'Fn::GetAtt': ['LogEventsLambdaFunction', 'Arn'] };

module.exports = async (variables) => {
  const { logGroups } = await checked(variables);
  const resources = {};
  for (const [index, group] of logGroups.entries()) {
    const id = `LogGroup${index + 1}`;
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
    resources[`${id}Permission`] = {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        FunctionName: FUNCTION,
        Action: 'lambda:InvokeFunction',
        Principal: 'logs.amazonaws.com',
        SourceAccount: { Ref: 'AWS::AccountId' },
        SourceArn: {
          'Fn::Sub': `arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:${group}:*`,
        },
      },
    };
    resources[`${id}Subscription`] = {
      Type: 'AWS::Logs::SubscriptionFilter',
      DependsOn: `${id}Permission`,
      Properties: {
        LogGroupName: group,
        // Everything: a secret has no fixed word that a filter could look for.
        FilterPattern: '',
        DestinationArn: FUNCTION,
      },
    };
  }
  return { Resources: resources };
};
