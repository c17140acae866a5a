// Schedule: judges windows that no later event will close; daily digest and heartbeat.

import { windowCloserHandler } from '../src/live/window-closer.ts';

export const handler = windowCloserHandler(process.env);
