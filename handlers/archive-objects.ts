// SQS <- S3 ObjectCreated: CloudTrail and VPC flow objects as they are delivered.

import { handlerFromEnvironment } from '../src/replay/notified-objects.ts';

export const handler = handlerFromEnvironment(process.env);
