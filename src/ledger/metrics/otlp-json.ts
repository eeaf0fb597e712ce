/** What was measured, in the JSON of the OpenTelemetry protocol (OTLP 1.x); the same as the official exporter sends. */
import { type DataPoint, DataPointType, type MetricData, type ResourceMetrics } from '@opentelemetry/sdk-metrics';

/** The body of `POST /v1/metrics`. The official one can only be sent through `node:http`, which knows no proxy of VS Code's. */
export function otlpJson({ resource, scopeMetrics }: ResourceMetrics): string {
  return JSON.stringify({
    resourceMetrics: [
      {
        resource: { attributes: attributesOf(resource.attributes), droppedAttributesCount: 0 },
        scopeMetrics: scopeMetrics.map(({ scope, metrics }) => ({
          scope: { name: scope.name, version: scope.version },
          metrics: metrics.flatMap(metricOf),
        })),
      },
    ],
  });
}

function metricOf(metric: MetricData): readonly object[] {
  const { name, description, unit } = metric.descriptor;
  // The numbers of the protocol are one above those of the SDK, whose 0 is the protocol's "unspecified".
  const aggregationTemporality = metric.aggregationTemporality + 1;
  switch (metric.dataPointType) {
    case DataPointType.HISTOGRAM:
      return [
        {
          name,
          description,
          unit,
          histogram: {
            aggregationTemporality,
            dataPoints: metric.dataPoints.map((point) => ({
              attributes: attributesOf(point.attributes),
              bucketCounts: point.value.buckets.counts,
              explicitBounds: point.value.buckets.boundaries,
              count: point.value.count,
              sum: point.value.sum,
              min: point.value.min,
              max: point.value.max,
              ...timesOf(point),
            })),
          },
        },
      ];
    case DataPointType.SUM: {
      const dataPoints = metric.dataPoints.map((point) => ({
        attributes: attributesOf(point.attributes),
        ...timesOf(point),
        asDouble: point.value,
      }));
      return [
        { name, description, unit, sum: { aggregationTemporality, isMonotonic: metric.isMonotonic, dataPoints } },
      ];
    }
    // Reaper has no such instruments.
    case DataPointType.GAUGE:
    case DataPointType.EXPONENTIAL_HISTOGRAM:
      return [];
  }
}

function timesOf({ startTime, endTime }: DataPoint<unknown>): object {
  return { startTimeUnixNano: nanoseconds(startTime), timeUnixNano: nanoseconds(endTime) };
}

function nanoseconds([seconds, rest]: readonly [number, number]): string {
  return (BigInt(seconds) * 1_000_000_000n + BigInt(rest)).toString();
}

function attributesOf(attributes: Readonly<Record<string, unknown>>): readonly object[] {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === 'boolean' ? { boolValue: value } : { stringValue: String(value) },
  }));
}
