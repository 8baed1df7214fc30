import { elementIn, type Json } from '../aws.ts';
import { NameTaken, type Translation, text } from './translation.ts';

/** The HTTP API, alarms and dashboards. */
export const API_AND_ALARMS: Readonly<Record<string, Translation>> = {
  'AWS::ApiGatewayV2::Api': {
    async create(aws, { properties }) {
      const api = await aws.rest('apigateway', 'POST', '/v2/apis', camelCased(properties));
      const { apiId, apiEndpoint } = api;
      return { ref: String(apiId), attributes: { ApiEndpoint: String(apiEndpoint) } };
    },
  },
  'AWS::ApiGatewayV2::Stage': partOfApi('stages', 'stageName'),
  'AWS::ApiGatewayV2::Integration': partOfApi('integrations', 'integrationId'),
  'AWS::ApiGatewayV2::Route': partOfApi('routes', 'routeId'),
  'AWS::ApiGatewayV2::Authorizer': partOfApi('authorizers', 'authorizerId'),
  'AWS::CloudWatch::Alarm': {
    async create(aws, { properties }) {
      const AlarmName = text(properties, 'AlarmName');
      const there = await aws.query('monitoring', 'DescribeAlarms', { AlarmNames: [AlarmName] });
      if (elementIn(there, 'AlarmName')) throw new NameTaken(`There is an alarm ${AlarmName}.`);
      await aws.query('monitoring', 'PutMetricAlarm', properties);
      return { ref: AlarmName, attributes: { Arn: alarmArn(aws.region, AlarmName) } };
    },
  },
  'AWS::CloudWatch::Dashboard': {
    async create(aws, { properties }) {
      const DashboardName = text(properties, 'DashboardName');
      const there = await aws.query('monitoring', 'ListDashboards', {
        DashboardNamePrefix: DashboardName,
      });
      if (elementIn(there, 'DashboardName')) {
        throw new NameTaken(`There is a dashboard ${DashboardName}.`);
      }
      await aws.query('monitoring', 'PutDashboard', properties);
      return { ref: DashboardName };
    },
  },
};

function partOfApi(collection: string, id: string): Translation {
  return {
    turned: 'names that begin with a small letter',
    async create(aws, { properties }) {
      const { ApiId, ...part } = properties;
      const path = `/v2/apis/${ApiId}/${collection}`;
      const made = await aws.rest('apigateway', 'POST', path, camelCased(part));
      return { ref: String(made[id]) };
    },
  };
}

/** Account ids of an emulator are all the same. */
function alarmArn(region: string, name: string): string {
  return `arn:aws:cloudwatch:${region}:123456789012:alarm:${name}`;
}

/** The API of API Gateway writes the names of properties small; keys of maps such as routes stay. */
function camelCased(value: unknown): Json {
  const small = (each: unknown): unknown => {
    if (Array.isArray(each)) return each.map(small);
    if (typeof each !== 'object' || each === null) return each;
    return camelCased(each);
  };
  return Object.fromEntries(
    Object.entries(value as Json).map(([key, each]) => [
      key.charAt(0).toLowerCase() + key.slice(1),
      small(each),
    ]),
  );
}
