import { GraphWidget, type IMetric, type IWidget } from 'aws-cdk-lib/aws-cloudwatch';

/** What a {@link graph} shows. */
export interface GraphProps {
  readonly title: string;
  readonly metrics: IMetric[];

  /**
   * Metrics of another order of magnitude, with an axis of their own.
   *
   * @default - none
   */
  readonly right?: IMetric[];

  /**
   * In columns, of which there are 24.
   *
   * @default 8
   */
  readonly width?: number;
}

/** Metrics over time, from zero up. */
export function graph({ title, metrics, right = [], width = 8 }: GraphProps): IWidget {
  const axis = { min: 0 };
  return new GraphWidget({ title, left: metrics, right, leftYAxis: axis, rightYAxis: axis, width });
}
