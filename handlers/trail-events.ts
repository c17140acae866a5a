// EventBridge: API calls via CloudTrail, minutes before the archive has them.

import { trailEventsHandler } from '../src/live/trail-events.ts';

export const handler = trailEventsHandler(process.env);
