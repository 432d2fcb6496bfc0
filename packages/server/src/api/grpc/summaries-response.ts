import { type FieldType, field, type Message, message } from '@sightline/wire';

/** Of `JaegerSummary`s. @param id how a trace's id is written, which is all that the versions differ in */
export function summariesResponse(packageName: string, id: FieldType): Message {
  const service = message(
    `${packageName}.ServiceSummary`,
    field(1, 'name', 'string'),
    field(2, 'spanCount', 'int32'),
    field(3, 'errorSpanCount', 'int32'),
  );
  const summary = message(
    `${packageName}.TraceSummary`,
    field(1, 'traceId', id),
    field(2, 'rootServiceName', 'string'),
    field(3, 'rootOperationName', 'string'),
    field(4, 'minStartTimeUnixNano', 'fixed64'),
    field(5, 'maxEndTimeUnixNano', 'fixed64'),
    field(6, 'spanCount', 'int32'),
    field(7, 'errorSpanCount', 'int32'),
    field(8, 'orphanSpanCount', 'int32'),
    field(9, 'services', 'message', { repeated: true, message: service }),
  );
  return message(
    `${packageName}.FindTraceSummariesResponse`,
    field(1, 'summaries', 'message', { repeated: true, message: summary }),
  );
}
