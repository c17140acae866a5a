// SQS <- S3 ObjectCreated: CloudTrail and VPC flow objects as they are delivered.

import { archiveObjectsHandler } from '../src/live/archive-objects.ts';

export const handler = archiveObjectsHandler(process.env);
