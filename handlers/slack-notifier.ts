// FIFO queue of alerts -> Slack: one sender.

import { slackNotifierHandler } from '../src/live/tell-slack.ts';

export const handler = slackNotifierHandler(process.env);
