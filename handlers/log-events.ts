// CloudWatch Logs subscription: application logs, flow lines, CloudTrail lines.

import { logEventsHandler } from '../src/live/log-events.ts';

export const handler = logEventsHandler(process.env);
