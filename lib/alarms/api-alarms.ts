import type { IHttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmSpecs } from './alarm-spec.ts';

/** Does the API answer? */
export function apiAlarms(stage: IHttpStage): AlarmSpecs {
  return {
    // A registration that comes to nothing is a run that nobody watches: one is enough.
    ApiServerErrors: {
      meaning: 'The API answered with a 5xx: a job may not have been registered.',
      metric: stage.metricServerError(),
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    },
  };
}
