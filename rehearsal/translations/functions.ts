import { elementIn } from '../aws.ts';
import { pick, type Translation, text } from './translation.ts';

/** A zip archive without a file: its end record alone. */
const EMPTY_ZIP = Buffer.from(`504b0506${'00'.repeat(18)}`, 'hex').toString('base64');

/** Roles, functions, and what invokes them. */
export const FUNCTIONS: Readonly<Record<string, Translation>> = {
  'AWS::IAM::Role': {
    async create(aws, { name, properties }) {
      // IAM takes no more, and CloudFormation cuts it so.
      const RoleName = name.slice(-64);
      const AssumeRolePolicyDocument = text(properties, 'AssumeRolePolicyDocument');
      const answer = await aws.query('iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument });
      return { ref: RoleName, attributes: { Arn: elementIn(answer, 'Arn') } };
    },
  },
  'AWS::IAM::Policy': {
    turned: 'an inline policy of each of its roles',
    async create(aws, { name, properties }) {
      for (const RoleName of properties.Roles as readonly string[]) {
        const { PolicyName } = properties;
        const PolicyDocument = text(properties, 'PolicyDocument');
        await aws.query('iam', 'PutRolePolicy', { RoleName, PolicyName, PolicyDocument });
      }
      return { ref: name };
    },
  },
  'AWS::Lambda::Function': {
    turned: 'without its code, which runs in a thread of this process',
    async create(aws, { name, properties }) {
      const FunctionName = name.slice(-64);
      const { FunctionArn } = await aws.rest('lambda', 'POST', '/2015-03-31/functions', {
        ...properties,
        FunctionName,
        Code: { ZipFile: EMPTY_ZIP },
      });
      return { ref: FunctionName, attributes: { Arn: String(FunctionArn) } };
    },
    async update(aws, { ref }, _, { Code: __, Architectures: ___, ...configuration }) {
      await aws.rest('lambda', 'PUT', `/2015-03-31/functions/${ref}/configuration`, configuration);
    },
  },
  'AWS::Lambda::Permission': {
    async create(aws, { name, properties }) {
      const path = `/2015-03-31/functions/${text(properties, 'FunctionName')}/policy`;
      const statement = pick(properties, 'Action', 'Principal', 'SourceArn');
      await aws.rest('lambda', 'POST', path, { StatementId: name.slice(-100), ...statement });
      return { ref: name };
    },
  },
  'AWS::Lambda::EventSourceMapping': {
    turned: 'switched off, since the function runs in a thread of this process',
    async create(aws, { properties }) {
      const mapping = { ...properties, Enabled: false };
      const path = '/2015-03-31/event-source-mappings/';
      const { UUID } = await aws.rest('lambda', 'POST', path, mapping);
      return { ref: String(UUID) };
    },
  },
  'AWS::Lambda::EventInvokeConfig': {
    async create(aws, { name, properties }) {
      const { FunctionName, Qualifier: _, ...configuration } = properties;
      const path = `/2019-09-25/functions/${FunctionName}/event-invoke-config`;
      await aws.rest('lambda', 'PUT', path, configuration);
      return { ref: name };
    },
  },
  'AWS::Scheduler::ScheduleGroup': {
    async create(aws, { properties }) {
      const name = text(properties, 'Name');
      const { ScheduleGroupArn } = await aws.rest(
        'scheduler',
        'POST',
        `/schedule-groups/${name}`,
        {},
      );
      return { ref: name, attributes: { Arn: String(ScheduleGroupArn) } };
    },
  },
  'AWS::Scheduler::Schedule': {
    async create(aws, { name, properties }) {
      const own = name.slice(-64);
      await aws.rest('scheduler', 'POST', `/schedules/${own}`, properties);
      return { ref: own };
    },
  },
};
